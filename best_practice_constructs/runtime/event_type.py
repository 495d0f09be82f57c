"""Events, each declared once as a class: an immutable fact, named in the past tense (E3, E4)."""

from __future__ import annotations

import dataclasses
import os
import re
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast, dataclass_transform, overload

from best_practice_constructs.runtime import environment
from best_practice_constructs.runtime.errors import InvalidEventError, UndeclaredEventError
from best_practice_constructs.runtime.pydantic_models import is_pydantic_model

if TYPE_CHECKING:
    from best_practice_constructs.runtime.event_filter import EventFilter

_Event = TypeVar("_Event")
_ATTRIBUTE = "__event_declaration__"
_FILTER = "where"
_SOURCE_NAME = re.compile(r"[A-Za-z0-9._/-]{1,256}")
MAXIMUM_EVENT_BYTES = 1024 * 1024
"""What EventBridge takes, and SQS, and Lambda asynchronously."""


@dataclass(frozen=True, kw_only=True)
class EventDeclaration:
    """What EventBridge knows of an event class.

    :param source: the name of the event's source.
    :param detail_type: the event's ``detail-type``.
    :param version: the version of the event's schema; it grows with each change.
    :param compatible_since: the oldest version whose consumers can read this one.
    :param type: the class.
    :param changed: what a fact of this type changes, as the metadata tells it unless the publisher says more.
    :param claim_check: the fields that may be put aside, into S3, when the event is large.
    """

    source: str
    detail_type: str
    version: int
    type: type
    changed: tuple[str, ...] = ()
    compatible_since: int = 1
    claim_check: tuple[str, ...] = ()


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Event:
    """An optional base class of events, for type checkers that do not follow ``@source.event`` (mypy).

    It adds nothing at run time: ``@source.event`` makes the class a frozen, keyword-only dataclass with ``where``, with
    the base or without.
    """

    __slots__ = ()

    @classmethod
    def where(cls, **conditions: object) -> EventFilter:
        """Give the events of this class whose data fulfil ``conditions``; see :func:`runtime.where`.

        :raises InvalidFilterError: a condition that cannot work.
        """
        return _where(cls, **conditions)


class EventSource:
    """The source of events, a service: it declares the events that it publishes.

    :param name: the ``source`` of the events, by custom a reversed domain name; it does not begin with ``aws.``.

    :raises InvalidEventError: the name is none that EventBridge takes.

    ```python
    from decimal import Decimal

    from best_practice_constructs.runtime import EventSource, event_declaration

    orders = EventSource("com.example.orders")


    @orders.event
    class OrderPlaced:
        order_id: str
        total: Decimal


    placed = OrderPlaced(order_id="1", total=Decimal("9.90"))
    assert event_declaration(OrderPlaced).detail_type == "OrderPlaced"
    ```
    """

    def __init__(self, name: str) -> None:
        if not isinstance(cast("object", name), str) or not _SOURCE_NAME.fullmatch(name) or name.startswith("aws."):
            raise InvalidEventError(
                f"The event source {name!r} is none: write 1 to 256 letters, digits and . _ / -, not beginning with "
                "'aws.', such as 'com.example.orders'."
            )
        self.name = name
        self._declarations: dict[tuple[str, int], EventDeclaration] = {}

    @property
    def events(self) -> tuple[EventDeclaration, ...]:
        """All events declared so far, in their order."""
        return tuple(self._declarations.values())

    @overload
    @dataclass_transform(frozen_default=True, kw_only_default=True)
    def event(self, cls: type[_Event], /) -> type[_Event]: ...

    @overload
    @dataclass_transform(frozen_default=True, kw_only_default=True)
    def event(
        self,
        /,
        *,
        version: int = 1,
        compatible_since: int | None = None,
        detail_type: str | None = None,
        changed: Sequence[str] = (),
        name_is_past_tense: bool = False,
        not_secret: Sequence[str] = (),
        claim_check: Sequence[str] = (),
    ) -> Callable[[type[_Event]], type[_Event]]: ...

    def event(
        self,
        cls: type[_Event] | None = None,
        /,
        *,
        version: int = 1,
        compatible_since: int | None = None,
        detail_type: str | None = None,
        changed: Sequence[str] = (),
        name_is_past_tense: bool = False,
        not_secret: Sequence[str] = (),
        claim_check: Sequence[str] = (),
    ) -> type[_Event] | Callable[[type[_Event]], type[_Event]]:
        """Declare the class as an event of this source and make it a frozen, keyword-only dataclass.

        A class that is a dataclass already, or a Pydantic model, is taken as it is, when it is frozen.

        :param version: the version of the event's schema, from 1.
        :param compatible_since: the oldest version whose consumers can read this one: what came since are fields with
            a default. By default the version itself: consumers of others refuse it.
        :param detail_type: the event's ``detail-type``; by default the name of the class.
        :param changed: what a fact of this type changes, such as ``("order.state",)``.
        :param name_is_past_tense: say so where the check does not know the verb.
        :param not_secret: the fields that only look like secrets, such as ``("page_token",)``.
        :param claim_check: the fields that may be put aside, into S3, when the event is large, such as ``("lines",)``
            (E7). Rules cannot ask for them; all others always stay in the event.

        :raises InvalidEventError: the name is not in the past tense, a field would not arrive as it was sent or looks
            like a secret, a class can be changed, the event is too large even when it is empty, no field would stay in
            it, or it is declared twice. :class:`LargeEventWarning` says that it may become too large.
        """

        def declare(cls: type[_Event]) -> type[_Event]:
            name = cls.__name__ if detail_type is None else detail_type
            since = version if compatible_since is None else compatible_since
            if _is_outside_of_lambda():
                from best_practice_constructs.runtime.declaration_arguments import check_arguments

                check_arguments(
                    cls.__qualname__,
                    detail_type=name,
                    name_is_past_tense=name_is_past_tense,
                    version=version,
                    compatible_since=since,
                    names={"changed": changed, "not_secret": not_secret, "claim_check": claim_check},
                )
            if (name, version) in self._declarations:
                raise InvalidEventError(f"{self.name} declares version {version} of the event {name!r} twice.")
            event_class = _as_frozen_class(cls)
            if _is_outside_of_lambda():
                from best_practice_constructs.runtime.event_checks import check_fields

                check_fields(event_class, not_secret=not_secret, claim_check=claim_check)
            declaration = EventDeclaration(
                source=self.name,
                detail_type=name,
                version=version,
                type=event_class,
                changed=tuple(changed),
                compatible_since=since,
                claim_check=tuple(dict.fromkeys(claim_check)),
            )
            setattr(event_class, _ATTRIBUTE, declaration)
            if not hasattr(event_class, _FILTER) and _FILTER not in typing.get_type_hints(event_class):
                setattr(event_class, _FILTER, classmethod(_where))
            self._declarations[name, version] = declaration
            return event_class

        return declare if cls is None else declare(cls)

    def __repr__(self) -> str:
        return f"EventSource({self.name!r})"


def event_declaration(event_class: type) -> EventDeclaration:
    """Return what was declared of an event class.

    :raises UndeclaredEventError: the class is no event (an event's subclass is none by itself).
    """
    declaration = event_class.__dict__.get(_ATTRIBUTE)
    if not isinstance(declaration, EventDeclaration):
        name = getattr(event_class, "__qualname__", repr(event_class))
        raise UndeclaredEventError(f"{name} is not declared as an event: put @source.event above it.")
    return declaration


def _where(cls: type, /, **conditions: object) -> EventFilter:
    # Stacks filter events, handlers do not.
    from best_practice_constructs.runtime.event_filter import where

    return where(cls, **conditions)


def _is_outside_of_lambda() -> bool:
    # What is wrong with a class is told where it is written: in its tests and at synth. Lambda would only load the
    # checks at every cold start, for a class that has passed them.
    return environment.IN_LAMBDA not in os.environ


def _as_frozen_class(cls: type[_Event]) -> type[_Event]:
    model: object = cls
    if is_pydantic_model(model):
        if not model.model_config.get("frozen"):
            raise InvalidEventError(
                f"The event {cls.__qualname__} can be changed, and facts cannot: write "
                "model_config = ConfigDict(frozen=True)."
            )
        return cls
    if "__dataclass_fields__" not in cls.__dict__:
        return dataclasses.dataclass(frozen=True, kw_only=True)(cls)
    parameters = cls.__dict__["__dataclass_params__"]
    if not parameters.frozen:
        raise InvalidEventError(
            f"The event {cls.__qualname__} can be changed, and facts cannot: write @dataclass(frozen=True)."
        )
    return cls
