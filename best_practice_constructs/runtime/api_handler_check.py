"""Check, when it is declared, that an API handler takes what it will be given."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from types import FunctionType, SimpleNamespace

from best_practice_constructs.runtime.api_request import ApiRequest
from best_practice_constructs.runtime.errors import InvalidHandlerError


def check_api_handler(handler: Callable[..., object]) -> None:
    """Refuse a handler that does not take one :class:`ApiRequest`.

    :raises InvalidHandlerError: the error names handler and parameter, and what to write.
    """
    function = inspect.unwrap(handler)
    if not isinstance(function, FunctionType):
        return
    name = f"{function.__module__}.{function.__qualname__}"
    if inspect.iscoroutinefunction(function):
        raise InvalidHandlerError(f"{name} is async, and Lambda calls handlers synchronously: write def.")
    code = function.__code__
    required = code.co_argcount - len(function.__defaults__ or ())
    if required > 1 or code.co_argcount == 0:
        raise InvalidHandlerError(
            f"The API handler {name} takes {required} parameters, and it is given one: write "
            "def handler(request: ApiRequest[…]) -> ApiResponse."
        )
    parameter = code.co_varnames[0]
    annotation = _annotation(function, parameter)
    if annotation is not None and (typing.get_origin(annotation) or annotation) not in (ApiRequest, typing.Any, object):
        text = annotation.__qualname__ if isinstance(annotation, type) else str(annotation)
        raise InvalidHandlerError(
            f"The parameter {parameter!r} of the API handler {name} is of the type {text}, and it is given the "
            f"request: write request: ApiRequest[{text}], and take request.body."
        )


def _annotation(function: FunctionType, parameter: str) -> object:
    """Give the parameter's type, or ``None`` where it is not said or only type checkers can find it."""
    try:
        written = function.__annotations__.get(parameter)
        holder = SimpleNamespace(__annotations__={"it": written})
        names = {"ApiRequest": ApiRequest} | function.__globals__
        return None if written is None else typing.get_type_hints(holder, globalns=names)["it"]
    except NameError:
        return None
