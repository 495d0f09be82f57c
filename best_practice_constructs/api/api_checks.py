"""What an API and its routes cannot be, checked before they are made."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from best_practice_constructs.api.api_path import METHODS_WITH_BODY, path_problem
from best_practice_constructs.api.api_route import ApiRoute
from best_practice_constructs.api.authorization import Authorization, NoAuthorization
from best_practice_constructs.api.direct.service_call import DirectIntegration
from best_practice_constructs.api.route_options import RouteOptions
from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.durations import seconds_of
from best_practice_constructs.errors import InvalidArgumentError, named
from best_practice_constructs.functions.handler_kind import check_handler_of_api
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction

_GATEWAY_TIMEOUT_SECONDS = 29
_LONGEST_CACHE_SECONDS = 3600
_CACHE_CLUSTER_SIZES = ("0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237")
_STAGE_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[a-z0-9._~:\[\]-]+")


def check_stage(scope: Construct, *, stage_name: str, cache_cluster_size: str | None) -> None:
    """Refuse a stage that API Gateway would refuse at deployment."""
    if not _STAGE_NAME.fullmatch(stage_name) and not is_deploy_time_value(stage_name):
        raise InvalidArgumentError(
            scope,
            given=f"stage_name={stage_name!r}",
            reason="a stage's name has 1 to 128 letters, digits, hyphens and underscores",
            remedy="write a name such as 'v1'",
        )
    if (
        cache_cluster_size is not None
        and cache_cluster_size not in _CACHE_CLUSTER_SIZES
        and not is_deploy_time_value(cache_cluster_size)
    ):
        raise InvalidArgumentError(
            scope,
            given=f"cache_cluster_size={cache_cluster_size!r}",
            reason=f"API Gateway has caches of {', '.join(_CACHE_CLUSTER_SIZES)} GB",
            remedy="pass one of these sizes as a string",
        )


def check_cors(scope: Construct, cors: apigateway.CorsOptions) -> None:
    """Refuse what browsers refuse, and origins that none of them sends."""

    def refusal(given: str, reason: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError(scope, given=given, reason=reason, remedy=remedy)

    if not cors.allow_origins:
        raise refusal("allow_origins=[]", "it lets nobody in", "name the origins, or leave CORS out")
    if cors.allow_credentials and "*" in cors.allow_origins:
        raise refusal(
            "allow_credentials with the origin '*'",
            "browsers refuse credentials for any origin, and it would trust every site",
            "name the origins",
        )
    if "*" in cors.allow_origins:
        if len(cors.allow_origins) > 1:
            raise refusal("the origin '*' with others", "it stands for all of them", "name the origins, or '*' alone")
        return
    for origin in cors.allow_origins:
        if not _ORIGIN.fullmatch(origin) and not is_deploy_time_value(origin):
            raise refusal(
                f"the origin {origin!r}",
                "browsers send a scheme, a host and perhaps a port, in small letters, and it is compared as it is",
                "write it as in 'https://shop.example', without a slash at the end and without patterns",
            )


def check_throttling(scope: Construct, rate: float, burst: float, *, given: str = "") -> None:
    """Refuse limits that are no number of requests."""
    if rate < 0 or burst < 0:
        raise InvalidArgumentError(
            scope,
            given=f"{given}throttling_rate_limit={rate:g}, throttling_burst_limit={burst:g}",
            reason="they are numbers of requests",
            remedy="pass 0 (which closes the route) or more",
        )


def check_route(
    scope: Construct,
    http_method: str,
    path: str,
    to: SinglePurposeFunction | DirectIntegration,
    *,
    existing: Sequence[ApiRoute],
    has_body: bool,
) -> None:
    """Refuse a route that exists, or could not work."""
    given = f"{http_method} {path}"

    def refusal(given: str, reason: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError(scope, given=given, reason=reason, remedy=remedy)

    given_target: object = to
    if not isinstance(given_target, SinglePurposeFunction | DirectIntegration):
        raise refusal(
            f"{given} to {named(given_target)}",
            "a route calls a function of its own (S2), or a service directly (S1)",
            "pass a SinglePurposeFunction, or SendMessage(queue), PutEvent(bus, event=…), GetItem(table, …) or another",
        )
    if problem := path_problem(path):
        raise refusal(given, problem, "write a path such as '/orders/{order_id}'")
    if any((route.http_method, route.path) == (http_method, path) for route in existing):
        raise refusal(f"{given} a second time", "one request has one handler", "route it once")
    if has_body and http_method not in METHODS_WITH_BODY:
        raise refusal(
            f"{given} with a body", f"{http_method} requests have none", "leave body out, or use POST, PUT or PATCH"
        )
    if isinstance(to, SinglePurposeFunction):
        _check_function(scope, to, given=given)


def _check_function(scope: Construct, function: SinglePurposeFunction, *, given: str) -> None:
    check_handler_of_api(scope, function.handler_kind, handler=function.handler)
    seconds = seconds_of(function.timeout)
    if seconds is not None and seconds > _GATEWAY_TIMEOUT_SECONDS:
        raise InvalidArgumentError(
            scope,
            given=f"{given} to a function with a timeout of {seconds:g} s",
            reason="API Gateway waits 29 s at most, so the caller would get an error while the work goes on (E1)",
            remedy="shorten the function's timeout, or accept the request at once and do the work behind a queue",
        )


def check_function_options(scope: Construct, given: str, options: RouteOptions) -> None:
    """Refuse what only functions have on a route without one."""
    for name in ("provisioned_concurrency", "scaling"):
        if options.get(name) is not None:
            raise InvalidArgumentError(
                scope,
                given=f"{given} with {name}",
                reason="no function is called, so none can be kept ready",
                remedy=f"leave {name} out",
            )


def check_cache(
    scope: Construct, http_method: str, path: str, options: RouteOptions, *, authorization: Authorization, api_has: bool
) -> None:
    """Refuse a cache that could not work, or would show one caller's answers to another.

    :param authorization: the route's.
    :param api_has: whether the API has a cache.
    """
    given = f"{http_method} {path}"

    def refusal(given: str, reason: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError(scope, given=given, reason=reason, remedy=remedy)

    if "cache_ttl" not in options:
        if options.get("cached_for_all_callers"):
            raise refusal(
                f"{given} with cached_for_all_callers", "nothing is cached", "pass cache_ttl, or leave it out"
            )
        return
    if not api_has:
        raise refusal(f"{given} with cache_ttl", "the API has no cache", "pass cache_cluster_size='0.5' to the API")
    if http_method != "GET":
        raise refusal(f"{given} with cache_ttl", "only GET is cached", "leave cache_ttl out")
    seconds = seconds_of(options["cache_ttl"])
    if seconds is not None and (seconds > _LONGEST_CACHE_SECONDS or seconds < 0 or seconds != int(seconds)):
        raise refusal(
            f"{given} with a cache_ttl of {seconds:g} s",
            "API Gateway keeps answers for an hour at most, in whole seconds",
            f"pass a duration of 0 to {_LONGEST_CACHE_SECONDS} s",
        )
    if not isinstance(authorization, NoAuthorization) and not options.get("cached_for_all_callers"):
        raise refusal(
            f"{given} with cache_ttl and authorized callers",
            "the cache does not know callers: what one was answered, the next one gets",
            "say cached_for_all_callers=True if everybody is answered the same, or leave cache_ttl out",
        )


def check_endpoint(scope: Construct, *, has_types: bool, has_configuration: bool) -> None:
    """Refuse two ways to say where the API is reached."""
    if has_types and has_configuration:
        raise InvalidArgumentError(
            scope,
            given="endpoint_types with endpoint_configuration",
            reason="the configuration has the types in it",
            remedy="leave endpoint_types out",
        )
