"""What an API and its routes cannot be, checked before they are made."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from best_practice_constructs.api.api_route import METHODS_WITH_BODY, ApiRoute, path_problem
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction

_GATEWAY_TIMEOUT_SECONDS = 29


def check_cors(scope: Construct, cors: apigateway.CorsOptions) -> None:
    """Refuse what browsers refuse."""
    if cors.allow_credentials and "*" in cors.allow_origins:
        raise InvalidArgumentError(
            scope,
            given="allow_credentials with the origin '*'",
            reason="browsers refuse credentials for any origin, and it would trust every site",
            remedy="name the origins",
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
    function: SinglePurposeFunction,
    *,
    existing: Sequence[ApiRoute],
    has_body: bool,
    is_cached: bool,
    api_has_cache: bool,
) -> None:
    """Refuse a route that exists, or could not work."""
    given = f"{http_method} {path}"

    def refusal(given: str, reason: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError(scope, given=given, reason=reason, remedy=remedy)

    if problem := path_problem(path):
        raise refusal(given, problem, "write a path such as '/orders/{order_id}'")
    if any((route.http_method, route.path) == (http_method, path) for route in existing):
        raise refusal(f"{given} a second time", "one request has one handler", "route it once")
    if has_body and http_method not in METHODS_WITH_BODY:
        raise refusal(
            f"{given} with a body", f"{http_method} requests have none", "leave body out, or use POST, PUT or PATCH"
        )
    if not function.timeout.is_unresolved() and function.timeout.to_seconds() > _GATEWAY_TIMEOUT_SECONDS:
        raise refusal(
            f"{given} to a function with a timeout of {function.timeout.to_seconds():g} s",
            "API Gateway waits 29 s at most, so the caller would get an error while the work goes on (E1)",
            "shorten the function's timeout, or accept the request at once and do the work behind a queue",
        )
    if is_cached and (http_method != "GET" or not api_has_cache):
        raise refusal(
            f"{given} with cache_ttl",
            "only GET is cached" if api_has_cache else "the API has no cache",
            "leave cache_ttl out" if api_has_cache else "pass cache_cluster_size='0.5' to the API",
        )
