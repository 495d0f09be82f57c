"""What all direct routes have in common: answers to pages of other origins, caches, deployments, compliance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk.assertions import Template

from best_practice_constructs import (
    GetItem,
    InvalidArgumentError,
    NoAuthorization,
    PathParameter,
    ProvisionedApi,
    PutItem,
    QueryItems,
)
from examples.direct_integrations.stack import CatalogueStack
from tests.unit.api.direct.support import DeployedRoute, deployed, request
from tests.unit.api.support import methods, new_app
from tests.unit.helpers.compliance import findings

TEXT = dynamodb.AttributeType.STRING
EVERYBODY = NoAuthorization(reason="Products are public.")


@dataclass(frozen=True, kw_only=True)
class Product:
    name: str


def _table(stack: Stack) -> dynamodb.Table:
    return dynamodb.Table(
        stack,
        "T",
        partition_key=dynamodb.Attribute(name="shop", type=TEXT),
        sort_key=dynamodb.Attribute(name="product", type=TEXT),
    )


KEY = {"shop": PathParameter("shop"), "product": PathParameter("product")}
PATH = "/shops/{shop}/products/{product}"


def _route(origins: Sequence[str] | None, *, credentials: bool = False) -> DeployedRoute:
    def build(stack: Stack) -> None:
        cors = apigateway.CorsOptions(allow_origins=list(origins), allow_credentials=credentials) if origins else None
        api = ProvisionedApi(stack, "Api", default_cors_preflight_options=cors)
        api.get(PATH, GetItem(_table(stack), key=KEY, answer=Product))

    return deployed(build, "GET")


FOUND = {"Item": {"name": {"S": "Lamp"}}}
ORIGIN = "Access-Control-Allow-Origin"


class TestCrossOriginAnswers:
    def test_without_cors_nothing_is_said(self) -> None:
        assert not [
            name for name in _route(None).answer(200, FOUND, request()).headers if name.startswith("Access-Control")
        ]

    def test_one_origin_is_named_in_every_answer(self) -> None:
        route = _route(["https://shop.example"], credentials=True)
        for status, body in ((200, FOUND), (200, {}), (400, {"__type": "x"}), (500, {})):
            headers = route.answer(status, body, request()).headers
            assert headers[ORIGIN] == "https://shop.example"
            assert headers["Access-Control-Allow-Credentials"] == "true"
            assert headers["Access-Control-Expose-Headers"] == "Location,Retry-After"

    @pytest.mark.parametrize("name", ["Origin", "origin"])
    def test_of_several_the_one_that_asks_is_named_if_it_is_allowed(self, name: str) -> None:
        route = _route(["https://shop.example", "https://admin.example"])
        for status, body in ((200, FOUND), (200, {}), (400, {"__type": "x"}), (500, {})):
            allowed = route.answer(status, body, request(header={name: "https://admin.example"})).headers
            assert allowed[ORIGIN] == "https://admin.example"
            assert allowed["Vary"] == "Origin"
            assert ORIGIN not in route.answer(status, body, request(header={name: "https://evil.example"})).headers
            assert ORIGIN not in route.answer(status, body, request()).headers


class TestCache:
    def test_answers_are_told_apart_by_what_is_mapped(self) -> None:
        def build(stack: Stack) -> None:
            api = ProvisionedApi(stack, "Api", cache_cluster_size="0.5")
            direct = QueryItems(_table(stack), key={"shop": PathParameter("shop")}, answer=Product)
            api.get("/shops/{shop}/products", direct, cache_ttl=Duration.minutes(1), authorization=EVERYBODY)

        assert set(cast("list[str]", deployed(build, "GET").integration["CacheKeyParameters"])) == {
            "method.request.path.shop",
            "method.request.querystring.after",
        }


class TestDeployment:
    def test_a_changed_template_makes_a_new_deployment(self) -> None:
        def deployment(*, consistent_read: bool) -> str:
            stack = Stack(new_app(), "S")
            direct = GetItem(_table(stack), key=KEY, answer=Product, consistent_read=consistent_read)
            ProvisionedApi(stack, "Api").get(PATH, direct)
            (name,) = Template.from_stack(stack).find_resources("AWS::ApiGateway::Deployment")
            return name

        assert deployment(consistent_read=True) == deployment(consistent_read=True)
        assert deployment(consistent_read=True) != deployment(consistent_read=False)

    def test_two_apis_in_one_stack(self) -> None:
        stack = Stack(new_app(), "S")
        table = _table(stack)
        for name in ("One", "Two"):
            api = ProvisionedApi(stack, name)
            api.put(PATH, PutItem(table, key=KEY), body=Product)
        assert len(Template.from_stack(stack).find_resources("AWS::ApiGateway::Method")) == 2


class TestExample:
    def test_it_has_no_function_and_nothing_of_the_api_is_open(self) -> None:
        app = new_app()
        CatalogueStack(app, "Catalogue")
        # The table and the queues are of aws-cdk-lib.
        assert {path for _, path in findings(app).open if "/Api/" in path} == set()
        template = Template.from_stack(CatalogueStack(new_app(), "Catalogue"))
        template.resource_count_is("AWS::Lambda::Function", 0)
        integrations = [cast("dict[str, str]", method["Integration"]) for method in methods(template).values()]
        assert {integration["Type"] for integration in integrations} == {"AWS"}


def test_what_is_no_target_is_refused(stack: Stack) -> None:
    with pytest.raises(InvalidArgumentError, match="SendMessage"):
        ProvisionedApi(stack, "Api").get("/x", _table(stack))  # type: ignore[arg-type] # wrong on purpose
