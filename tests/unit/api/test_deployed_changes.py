"""What changes in an API reaches its stage: by a new deployment, which is one of another logical id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, make_dataclass
from typing import Annotated, cast

import msgspec
import pytest
from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Template

from best_practice_constructs import CognitoAuthorization, InvalidArgumentError, ProvisionedApi
from tests.unit.api.support import function, methods, new_app
from tests.unit.helpers.templates import resources_of_type

Route = Callable[[Stack, ProvisionedApi], object]


@dataclass(frozen=True, kw_only=True)
class NewOrder:
    sku: str


FirstOrder = NewOrder
SameOrder = make_dataclass("NewOrder", [("sku", str)])
LongerOrder = make_dataclass("NewOrder", [("sku", Annotated[str, msgspec.Meta(min_length=3)])])


def _template(route: Route) -> Template:
    stack = Stack(new_app(), "S")
    route(stack, ProvisionedApi(stack, "Api"))
    return Template.from_stack(stack)


def _deployment(template: Template) -> tuple[str, list[str]]:
    ((logical_id, deployment),) = template.find_resources("AWS::ApiGateway::Deployment").items()
    return logical_id, cast("list[str]", deployment["DependsOn"])


def _posting(body: type) -> Route:
    return lambda stack, api: api.post("/orders", function(stack), body=body)


def _for_pool(user_pool_id: str) -> Route:
    def route(stack: Stack, api: ProvisionedApi) -> None:
        pool = cognito.UserPool.from_user_pool_id(stack, "Pool", user_pool_id)
        api.get("/orders", function(stack), authorization=CognitoAuthorization(user_pools=[pool]))

    return route


def test_another_schema_of_a_body_is_deployed() -> None:
    first, _ = _deployment(_template(_posting(FirstOrder)))
    same, _ = _deployment(_template(_posting(SameOrder)))
    longer, _ = _deployment(_template(_posting(LongerOrder)))
    assert first == same != longer


def test_another_user_pool_is_deployed() -> None:
    first, dependencies = _deployment(template := _template(_for_pool("eu-west-1_a")))
    (authorizer,) = resources_of_type(template, "AWS::ApiGateway::Authorizer")
    assert authorizer in dependencies
    assert first == _deployment(_template(_for_pool("eu-west-1_a")))[0]
    assert first != _deployment(_template(_for_pool("eu-west-1_b")))[0]


def test_the_deployment_waits_for_the_model() -> None:
    template = _template(_posting(NewOrder))
    (model,) = resources_of_type(template, "AWS::ApiGateway::Model")
    assert model in _deployment(template)[1]


def test_classes_of_one_name_have_models_of_their_own() -> None:
    stack = Stack(new_app(), "S")
    api = ProvisionedApi(stack, "Api")
    place = function(stack)
    for path, body in {"/a": FirstOrder, "/b": LongerOrder, "/c": SameOrder, "/d": LongerOrder}.items():
        api.post(path, place, body=body)
    found = resources_of_type(template := Template.from_stack(stack), "AWS::ApiGateway::Model")
    # FirstOrder and SameOrder say the same.
    assert len(found) == 2
    assert set(api.models) == {FirstOrder, LongerOrder, SameOrder}
    assert api.models[FirstOrder] is api.models[SameOrder] is not api.models[LongerOrder]
    lengths = {
        cast("dict[str, dict[str, dict[str, object]]]", model["Schema"])["properties"]["sku"].get("minLength"): name
        for name, model in found.items()
    }
    assert set(lengths) == {None, 3}
    used = {str(method["RequestModels"]) for method in resources_of_type(template, "AWS::ApiGateway::Method").values()}
    assert used == {str({"application/json": {"Ref": name}}) for name in found}


def test_the_second_class_of_a_name_has_the_same_logical_id_whenever_it_is_synthesized() -> None:
    def both(stack: Stack, api: ProvisionedApi) -> None:
        post = function(stack)
        api.post("/orders", post, body=FirstOrder)
        api.put("/orders", post, body=LongerOrder)

    ends = [resources_of_type(_template(both), "AWS::ApiGateway::Model").keys() for _ in range(2)]
    assert ends[0] == ends[1]
    alone = resources_of_type(_template(_posting(FirstOrder)), "AWS::ApiGateway::Model")
    assert alone.keys() < ends[0], "a second class does not replace the model of the first"


def test_each_set_of_user_pools_has_its_authorizer() -> None:
    stack = Stack(new_app(), "S")
    api = ProvisionedApi(stack, "Api")
    get = function(stack)
    pools = [cognito.UserPool.from_user_pool_id(stack, name, f"eu-west-1_{name}") for name in ("a", "b")]
    # Each authorization is forgotten by its caller at once, as is its identity.
    for path, pool, scopes in (("/1", pools[0], ("read",)), ("/2", pools[1], ()), ("/3", pools[0], ("write",))):
        api.get(path, get, authorization=CognitoAuthorization(user_pools=[pool], scopes=scopes))
    template = Template.from_stack(stack)
    authorizers = resources_of_type(template, "AWS::ApiGateway::Authorizer")
    assert len(authorizers) == len(api.authorizers) == 2
    assert len({str(authorizer["ProviderARNs"]) for authorizer in authorizers.values()}) == 2
    used = [
        (method["AuthorizerId"], method.get("AuthorizationScopes"))
        for method in resources_of_type(template, "AWS::ApiGateway::Method").values()
    ]
    assert [scopes for _, scopes in used] == [["read"], None, ["write"]]
    assert used[0][0] == used[2][0] != used[1][0]


def test_a_class_without_a_schema_leaves_the_function_as_it_was() -> None:
    stack = Stack(new_app(), "S")
    place = function(stack)
    api = ProvisionedApi(stack, "Api")
    with pytest.raises(InvalidArgumentError, match=r"NewOrder\.sku"):
        api.post("/orders", place, body=make_dataclass("NewOrder", [("sku", complex)]), provisioned_concurrency=1)
    assert place.alias is None
    api.post("/orders", place, body=NewOrder)
    assert set(methods(Template.from_stack(stack))) == {"POST"}
