"""Pages of other origins: what the construct tells the functions, and what the gateway's own answers say."""

from __future__ import annotations

from typing import cast

import pytest
from aws_cdk import App, CfnParameter, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk.assertions import Template

from best_practice_constructs import InvalidArgumentError, NoAuthorization, ProvisionedApi
from tests.unit.api.support import function, methods, new_app, variables
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.templates import resources_of_type

SHOP, DESK = "https://shop.example", "http://localhost:3000"


def _template(stack: Stack, cors: apigateway.CorsOptions | None) -> Template:
    ProvisionedApi(stack, "Api", default_cors_preflight_options=cors).get("/orders", function(stack))
    return Template.from_stack(stack)


def _gateway_headers(template: Template) -> dict[str, str]:
    """Give the header fields that every answer of the gateway has, without those that it has besides."""
    every = [
        cast("dict[str, str]", response["ResponseParameters"])
        for response in resources_of_type(template, "AWS::ApiGateway::GatewayResponse").values()
    ]
    common = set.intersection(*(set(headers.items()) for headers in every))
    found = {name.removeprefix("gatewayresponse.header."): value for name, value in common}
    return {name: value for name, value in found.items() if name != "Content-Type"}


def _of_cors(template: Template) -> dict[str, str]:
    return {name: value for name, value in variables(template).items() if name.startswith("CORS_")}


def test_without_cors_nobody_hears_of_it(stack: Stack) -> None:
    template = _template(stack, None)
    assert _of_cors(template) == _gateway_headers(template) == {}
    assert "OPTIONS" not in methods(template)


def test_one_origin_is_told_to_the_function_and_said_by_the_gateway(stack: Stack) -> None:
    template = _template(stack, apigateway.CorsOptions(allow_origins=[SHOP]))
    assert "OPTIONS" in methods(template)
    assert _of_cors(template) == {"CORS_ALLOW_ORIGINS": SHOP, "CORS_EXPOSE_HEADERS": "Location,Retry-After"}
    assert _gateway_headers(template) == {
        "Access-Control-Allow-Origin": f"'{SHOP}'",
        "Access-Control-Expose-Headers": "'Location,Retry-After'",
    }


def test_of_several_origins_the_function_chooses_and_the_gateway_gives_back_which_asks(stack: Stack) -> None:
    cors = apigateway.CorsOptions(allow_origins=[SHOP, DESK], allow_credentials=True, expose_headers=["ETag"])
    template = _template(stack, cors)
    assert _of_cors(template) == {
        "CORS_ALLOW_ORIGINS": f"{DESK},{SHOP}",
        "CORS_ALLOW_CREDENTIALS": "true",
        "CORS_EXPOSE_HEADERS": "ETag",
    }
    assert _gateway_headers(template) == {
        "Access-Control-Allow-Origin": "method.request.header.Origin",
        "Access-Control-Allow-Credentials": "'true'",
        "Access-Control-Expose-Headers": "'ETag'",
        "Vary": "'Origin'",
    }


def test_all_origins_and_no_exposed_headers(stack: Stack) -> None:
    template = _template(stack, apigateway.CorsOptions(allow_origins=["*"], expose_headers=[]))
    assert _of_cors(template) == {"CORS_ALLOW_ORIGINS": "*"}
    assert _gateway_headers(template) == {"Access-Control-Allow-Origin": "'*'"}


def test_an_origin_may_be_known_at_deployment_only(stack: Stack) -> None:
    origin = CfnParameter(stack, "Origin").value_as_string
    template = _template(stack, apigateway.CorsOptions(allow_origins=[origin]))
    assert str(_of_cors(template)["CORS_ALLOW_ORIGINS"]) == "{'Ref': 'Origin'}"


def test_two_apis_with_the_same_cors_share_a_function(stack: Stack) -> None:
    get = function(stack)
    for name, origins in (("A", [SHOP, DESK]), ("B", [DESK, SHOP])):
        cors = apigateway.CorsOptions(allow_origins=origins)
        api = ProvisionedApi(stack, name, default_cors_preflight_options=cors)
        api.get("/orders", get)
        api.get("/orders/{order_id}", get)
    assert _of_cors(Template.from_stack(stack))["CORS_ALLOW_ORIGINS"] == f"{DESK},{SHOP}"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (None, apigateway.CorsOptions(allow_origins=[SHOP])),
        (apigateway.CorsOptions(allow_origins=[SHOP]), None),
        (apigateway.CorsOptions(allow_origins=[SHOP]), apigateway.CorsOptions(allow_origins=[DESK])),
        (
            apigateway.CorsOptions(allow_origins=[SHOP]),
            apigateway.CorsOptions(allow_origins=[SHOP], allow_credentials=True),
        ),
    ],
)
def test_two_apis_with_other_cors_cannot_share_a_function(
    stack: Stack, first: apigateway.CorsOptions | None, second: apigateway.CorsOptions | None
) -> None:
    get = function(stack)
    ProvisionedApi(stack, "A", default_cors_preflight_options=first).get("/orders", get)
    api = ProvisionedApi(stack, "B", default_cors_preflight_options=second)
    with pytest.raises(InvalidArgumentError, match="Stack/B: GET /orders to Stack/F, which Stack/A routes to"):
        api.get("/orders", get)
    assert api.routes == []


@pytest.mark.parametrize(
    ("cors", "message"),
    [
        (apigateway.CorsOptions(allow_origins=["*"], allow_credentials=True), "it would trust every site"),
        (apigateway.CorsOptions(allow_origins=[]), "it lets nobody in"),
        (apigateway.CorsOptions(allow_origins=["*", SHOP]), "it stands for all of them"),
        (apigateway.CorsOptions(allow_origins=[SHOP, f"{DESK}/"]), "without a slash at the end"),
        (apigateway.CorsOptions(allow_origins=["shop.example"]), "a scheme, a host and perhaps a port"),
        (apigateway.CorsOptions(allow_origins=["https://*.shop.example"]), "without patterns"),
        (apigateway.CorsOptions(allow_origins=["https://a.example,https://b.example"]), "a scheme, a host"),
        (apigateway.CorsOptions(allow_origins=["https://Shop.example"]), "in small letters"),
        (apigateway.CorsOptions(allow_origins=["null"]), "a scheme, a host"),
    ],
)
def test_origins_that_let_in_all_or_none_are_refused(stack: Stack, cors: apigateway.CorsOptions, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match="cannot work") as error:
        ProvisionedApi(stack, "Api", default_cors_preflight_options=cors)
    assert message in str(error.value)


def test_an_api_for_browsers_with_a_cache_is_compliant() -> None:
    app: App = new_app()
    stack = Stack(app, "S")
    cors = apigateway.CorsOptions(allow_origins=[SHOP, DESK], allow_credentials=True)
    api = ProvisionedApi(stack, "Api", default_cors_preflight_options=cors)
    api.get("/hours", function(stack), authorization=NoAuthorization(reason="Opening hours are public."))
    assert findings(app).open == frozenset()
