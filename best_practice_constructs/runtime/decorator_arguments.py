"""What a decorator of handlers cannot be given, checked when it decorates."""

from __future__ import annotations

import collections.abc
import typing
from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from best_practice_constructs.runtime.errors import InvalidHandlerError

_PACKAGE = "best_practice_constructs.runtime."
_BODIES = (dict, collections.abc.Mapping)


@dataclass(frozen=True, kw_only=True)
class HandlerDecorator:
    """A decorator of handlers, as errors call it.

    :param name: its name, as it is written.
    :param parameter: the parameter that takes the class of what the handler reads; empty where it is the first.
    :param example: such a class.
    :param takes_any_type: whether it takes types that are no classes, such as ``list[Reading]``.
    :param gives_objects: whether a handler without a class gets JSON objects.
    """

    name: str
    parameter: str
    example: str
    takes_any_type: bool = False
    gives_objects: bool = True

    def with_class(self, given: object = None) -> str:
        """Return how the decorator is written with a class, the given one if it is a class."""
        name = given.__name__ if isinstance(given, type) else self.example
        return f"@{self.name}({self.parameter}={name})" if self.parameter else f"{self.name}({name})"

    def check_handler(self, given: object) -> None:
        """Refuse what stands in the place of the function and is none.

        :raises InvalidHandlerError: it says what to write.
        """
        if isinstance(given, type):
            raise InvalidHandlerError(
                f"{self.name} is given the class {given.__qualname__} in the place of the handler: write "
                f"{self.with_class(given)}, and the function below it."
            )
        if type(given).__module__.startswith(_PACKAGE) and hasattr(given, "__wrapped__"):
            raise InvalidHandlerError(
                f"{self.name} is given what {type(given).__name__} made of a function, and it decorates the function "
                "itself: decorate each handler once."
            )
        if not callable(given) or not hasattr(given, "__qualname__"):
            raise InvalidHandlerError(
                f"{self.name} is given {given!r} in the place of the handler, and it decorates functions: write "
                + (
                    f"@{self.name} or {self.with_class()}, and the function below it."
                    if self.parameter
                    else f"{self.with_class()} with the class, or @{self.name} and the function below it."
                )
            )

    def check_class(self, given: object) -> None:
        """Refuse what stands in the place of the class and is none; ``None`` is no class, and right.

        :raises InvalidHandlerError: it says what to write.
        """
        if given is None:
            return
        written = f"{self.name}({self.parameter}={given.__qualname__ if isinstance(given, type) else repr(given)})"
        if self.gives_objects and _is_json_object(given):
            raise InvalidHandlerError(
                f"{written} names no class with fields, and a JSON object is what a handler gets without: leave "
                f"{self.parameter} out."
            )
        if isinstance(given, type) or (self.takes_any_type and typing.get_origin(given) is not None):
            return
        if isinstance(given, list | tuple | set):
            several = cast("Collection[object]", given)
            raise InvalidHandlerError(
                f"{written} names several, and a handler reads one class: write a handler for each, as in "
                f"{self.with_class(next(iter(several), None))}."
            )
        known = type(given) if hasattr(given, "__dataclass_fields__") else None
        raise InvalidHandlerError(f"{written} names no class: write the class itself, as in {self.with_class(known)}.")


def _is_json_object(given: object) -> bool:
    return given in _BODIES or (
        typing.get_origin(given) in _BODIES and typing.get_args(given) in ((str, object), (str, typing.Any))
    )


QUEUE_CONSUMER = HandlerDecorator(name="queue_consumer", parameter="event", example="OrderPlaced")
ASYNC_EVENT_CONSUMER = HandlerDecorator(name="async_event_consumer", parameter="event", example="OrderPlaced")
STREAM_CONSUMER = HandlerDecorator(name="stream_consumer", parameter="record", example="Reading", takes_any_type=True)
CHANGE_PUBLISHER = HandlerDecorator(name="change_publisher", parameter="", example="OrderPlaced")
API_HANDLER = HandlerDecorator(
    name="api_handler", parameter="body", example="NewOrder", takes_any_type=True, gives_objects=False
)
