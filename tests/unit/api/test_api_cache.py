"""The cache of an API, which knows no callers."""

from __future__ import annotations

from typing import cast

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Template

from best_practice_constructs import (
    CognitoAuthorization,
    IamAuthorization,
    InvalidArgumentError,
    NoAuthorization,
    ProvisionedApi,
)
from best_practice_constructs.api.route_options import RouteOptions
from tests.unit.api.support import function, methods
from tests.unit.helpers.templates import only_resource, resources_of_type

OPEN = NoAuthorization(reason="Opening hours are public.")
MINUTE = Duration.minutes(1)


def _cached(stack: Stack, options: RouteOptions) -> Template:
    ProvisionedApi(stack, "Api", cache_cluster_size="0.5").get("/hours/{day}", function(stack), **options)
    return Template.from_stack(stack)


def _cache_key(template: Template) -> list[str]:
    return cast("dict[str, list[str]]", methods(template)["GET"]["Integration"])["CacheKeyParameters"]


def _authorizations(stack: Stack) -> list[RouteOptions]:
    pool = cognito.UserPool.from_user_pool_id(stack, "Pool", "eu-west-1_abc")
    return [
        {},
        {"authorization": IamAuthorization()},
        {"authorization": CognitoAuthorization(user_pools=[pool])},
    ]


def test_answers_to_one_caller_are_not_given_to_another_unless_it_is_said(stack: Stack) -> None:
    api = ProvisionedApi(stack, "Api", cache_cluster_size="0.5")
    get = function(stack)
    for number, authorization in enumerate(_authorizations(stack)):
        cached: RouteOptions = {"cache_ttl": MINUTE, **authorization}
        unsure: RouteOptions = {**cached, "cached_for_all_callers": False}
        said: RouteOptions = {**cached, "cached_for_all_callers": True}
        for unsaid in (cached, unsure):
            with pytest.raises(InvalidArgumentError, match="Say cached_for_all_callers=True if everybody") as error:
                api.get("/hours", get, **unsaid)
            assert "what one was answered, the next one gets" in str(error.value)
        api.get(f"/{number}/{{day}}", get, **said)
    keys = [
        cast("dict[str, list[str]]", method["Integration"])["CacheKeyParameters"]
        for method in resources_of_type(Template.from_stack(stack), "AWS::ApiGateway::Method").values()
    ]
    assert keys == [["method.request.path.day"]] * 3


def test_everybody_is_answered_the_same_where_everybody_may_call(stack: Stack) -> None:
    template = _cached(
        stack,
        {
            "cache_ttl": MINUTE,
            "authorization": OPEN,
            "query": {"holidays": False},
            "headers": {"Accept-Language": False},
        },
    )
    assert _cache_key(template) == [
        "method.request.path.day",
        "method.request.querystring.holidays",
        "method.request.header.Accept-Language",
    ]


@pytest.mark.parametrize("seconds", [0, 3600])
def test_answers_are_kept_for_an_hour_at_most(stack: Stack, seconds: int) -> None:
    template = _cached(stack, {"cache_ttl": Duration.seconds(seconds), "authorization": OPEN})
    stage = only_resource(template, "AWS::ApiGateway::Stage")
    assert cast("list[dict[str, object]]", stage["MethodSettings"])[1]["CacheTtlInSeconds"] == seconds


@pytest.mark.parametrize("ttl", [Duration.seconds(3601), Duration.millis(500), Duration.days(1)])
def test_other_times_are_refused(stack: Stack, ttl: Duration) -> None:
    with pytest.raises(InvalidArgumentError, match="an hour at most, in whole seconds"):
        _cached(stack, {"cache_ttl": ttl, "authorization": OPEN})


@pytest.mark.parametrize("size", ["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"])
def test_the_sizes_of_api_gateway_are_taken(stack: Stack, size: str) -> None:
    ProvisionedApi(stack, "Api", cache_cluster_size=size)


@pytest.mark.parametrize("size", ["", "1", "0.50", "238"])
def test_other_sizes_are_refused(stack: Stack, size: str) -> None:
    with pytest.raises(InvalidArgumentError, match="API Gateway has caches of"):
        ProvisionedApi(stack, "Api", cache_cluster_size=size)


def test_a_cache_that_is_none_is_refused(stack: Stack) -> None:
    without, having = ProvisionedApi(stack, "A"), ProvisionedApi(stack, "B", cache_cluster_size="0.5")
    get = function(stack)
    with pytest.raises(InvalidArgumentError, match="the API has no cache"):
        without.get("/hours", get, cache_ttl=MINUTE, authorization=OPEN)
    with pytest.raises(InvalidArgumentError, match="only GET is cached"):
        having.post("/hours", get, cache_ttl=MINUTE, authorization=OPEN)
    with pytest.raises(InvalidArgumentError, match="nothing is cached"):
        having.get("/hours", get, cached_for_all_callers=True)


@pytest.mark.parametrize(
    ("origins", "key"), [(["https://shop.example"], ["method.request.header.Origin"]), (["*"], None)]
)
def test_pages_of_one_origin_do_not_get_what_was_answered_to_another(
    stack: Stack, origins: list[str], key: list[str] | None
) -> None:
    cors = apigateway.CorsOptions(allow_origins=origins)
    api = ProvisionedApi(stack, "Api", cache_cluster_size="0.5", default_cors_preflight_options=cors)
    get = function(stack)
    api.get("/hours", get, cache_ttl=MINUTE, authorization=OPEN)
    template = Template.from_stack(stack)
    integration = cast("dict[str, object]", methods(template)["GET"]["Integration"])
    assert (integration.get("CacheKeyParameters") or None) == key
