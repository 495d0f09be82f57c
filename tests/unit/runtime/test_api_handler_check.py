"""What an API handler must take is checked when it is declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import pytest

from best_practice_constructs.runtime import ApiHandler, ApiRequest, ApiResponse, InvalidHandlerError, api_handler


@dataclass(frozen=True, kw_only=True)
class NewOrder:
    """An order as a client writes it."""

    product: str


def wants_the_body(order: NewOrder) -> ApiResponse:
    return ApiResponse(status=204, body=order)


def wants_two(request: ApiRequest[NewOrder], context: object) -> ApiResponse:
    return ApiResponse(status=204, body=(request, context))


def wants_nothing() -> ApiResponse:
    return ApiResponse(status=204)


async def is_async(request: ApiRequest[NewOrder]) -> ApiResponse:
    return ApiResponse(status=204, body=request)


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        (wants_the_body, r"write request: ApiRequest\[NewOrder\], and take request.body"),
        (wants_two, "takes 2 parameters"),
        (wants_nothing, "takes 0 parameters"),
        (is_async, "write def"),
    ],
)
def test_a_handler_that_does_not_take_the_request_is_refused(handler: Callable[..., object], message: str) -> None:
    decorate = cast("Callable[[object], object]", api_handler(body=NewOrder))
    with pytest.raises(InvalidHandlerError, match=message):
        decorate(handler)


def test_a_handler_whose_types_cannot_be_found_is_taken() -> None:
    scope: dict[str, object] = {}
    exec("def untyped(request): ...\ndef unfindable(request: 'Elsewhere'): ...", scope)  # noqa: S102 -- what checkers would refuse
    decorate = cast("Callable[[object], object]", api_handler(body=NewOrder))
    for name in ("untyped", "unfindable"):
        assert isinstance(decorate(scope[name]), ApiHandler)
