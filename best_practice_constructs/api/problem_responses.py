"""The answers that API Gateway gives itself, as problem documents (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway

from best_practice_constructs.api.cross_origin_answers import CrossOriginAnswers

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER_SECONDS = 1


@dataclass(frozen=True, kw_only=True)
class ProblemResponse:
    """One answer of the gateway: its type, status, title, and its detail or the gateway's own message."""

    type: apigateway.ResponseType
    status: int | None
    title: str
    detail: str | None = None

    @property
    def template(self) -> str:
        """The body: valid JSON once the gateway has put its values in; ``messageString`` comes with its quotes."""
        detail = json.dumps(self.detail) if self.detail else "$context.error.messageString"
        status = f'"status":{self.status},' if self.status else ""
        return (
            f'{{"type":"about:blank","title":{json.dumps(self.title)},{status}'
            f'"detail":{detail},"instance":"urn:request:$context.requestId"}}'
        )

    def headers(self, cross_origin: CrossOriginAnswers | None) -> Mapping[str, str]:
        """The headers, in the gateway's quotes."""
        headers = {"Content-Type": f"'{MEDIA_TYPE}'"}
        if self.status == 429:
            headers["Retry-After"] = f"'{_RETRY_AFTER_SECONDS}'"
        if cross_origin:
            headers |= cross_origin.gateway_headers()
        return headers


_TYPES = apigateway.ResponseType
# The default ones stand for several statuses, which stay what they are.
PROBLEM_RESPONSES: Mapping[str, ProblemResponse] = {
    "Default4xx": ProblemResponse(type=_TYPES.DEFAULT_4_XX, status=None, title="Client Error"),
    "Default5xx": ProblemResponse(
        type=_TYPES.DEFAULT_5_XX,
        status=None,
        title="Server Error",
        detail="The request could not be handled. Trying again later may help.",
    ),
    "BadRequestBody": ProblemResponse(type=_TYPES.BAD_REQUEST_BODY, status=400, title="Bad Request"),
    "BadRequestParameters": ProblemResponse(type=_TYPES.BAD_REQUEST_PARAMETERS, status=400, title="Bad Request"),
    "Unauthorized": ProblemResponse(type=_TYPES.UNAUTHORIZED, status=401, title="Unauthorized"),
    "AccessDenied": ProblemResponse(type=_TYPES.ACCESS_DENIED, status=403, title="Forbidden"),
    "InvalidSignature": ProblemResponse(type=_TYPES.INVALID_SIGNATURE, status=403, title="Forbidden"),
    "ExpiredToken": ProblemResponse(type=_TYPES.EXPIRED_TOKEN, status=403, title="Forbidden"),
    # What API Gateway says of a path or method that it does not know.
    "UnknownRoute": ProblemResponse(
        type=_TYPES.MISSING_AUTHENTICATION_TOKEN,
        status=404,
        title="Not Found",
        detail="There is nothing at this path and method, or the request is not signed.",
    ),
    "ResourceNotFound": ProblemResponse(type=_TYPES.RESOURCE_NOT_FOUND, status=404, title="Not Found"),
    "RequestTooLarge": ProblemResponse(type=_TYPES.REQUEST_TOO_LARGE, status=413, title="Content Too Large"),
    "UnsupportedMediaType": ProblemResponse(
        type=_TYPES.UNSUPPORTED_MEDIA_TYPE, status=415, title="Unsupported Media Type"
    ),
    "Throttled": ProblemResponse(type=_TYPES.THROTTLED, status=429, title="Too Many Requests"),
    "QuotaExceeded": ProblemResponse(type=_TYPES.QUOTA_EXCEEDED, status=429, title="Too Many Requests"),
    "WafFiltered": ProblemResponse(type=_TYPES.WAF_FILTERED, status=403, title="Forbidden"),
    "IntegrationTimeout": ProblemResponse(
        type=_TYPES.INTEGRATION_TIMEOUT,
        status=504,
        title="Gateway Timeout",
        detail="The answer took too long. The request may have been handled: ask for its state before sending it "
        "again.",
    ),
}


def add_problem_responses(
    rest_api: apigateway.RestApi, *, cross_origin: CrossOriginAnswers | None
) -> dict[str, apigateway.GatewayResponse]:
    """Make every answer that the gateway gives itself a problem document; give them by their names here."""
    return {
        response_id: rest_api.add_gateway_response(
            response_id,
            type=response.type,
            status_code=str(response.status) if response.status else None,
            response_headers=response.headers(cross_origin),
            templates={"application/json": response.template},
        )
        for response_id, response in PROBLEM_RESPONSES.items()
    }
