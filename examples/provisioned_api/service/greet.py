"""Answers a request with a greeting."""

from __future__ import annotations

from dataclasses import dataclass

from best_practice_constructs.runtime import ApiRequest, ApiResponse, api_handler


@dataclass(frozen=True, kw_only=True)
class Greeting:
    """Whom to greet."""

    name: str


@api_handler(body=Greeting)
def handler(request: ApiRequest[Greeting]) -> ApiResponse:
    """Greet."""
    return ApiResponse(status=200, body={"greeting": f"Hello, {request.body.name}!"})
