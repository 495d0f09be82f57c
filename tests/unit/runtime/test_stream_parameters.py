"""What a stream consumer's handler may ask for, found out at import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ForwardRef

import pytest

from best_practice_constructs.runtime import InvalidHandlerError, stream_consumer
from best_practice_constructs.runtime.stream_parameters import Given, given_parameters, source_of
from tests.unit.runtime.support import OrderCancelled, OrderPlaced

if TYPE_CHECKING:
    from best_practice_constructs.runtime import Change, EventMetadata, LambdaContext, StreamPosition


def test_parameters_are_known_by_their_types_even_when_imported_for_type_checkers_only() -> None:
    def of_kinesis(
        placed: OrderPlaced,
        meta: EventMetadata,
        *,
        raw: bytes,
        at: StreamPosition,
        context: LambdaContext,
        own: int = 1,
    ) -> None:
        print(placed, meta, raw, at, context, own)

    def of_a_table(change: Change) -> None:
        print(change)

    found = given_parameters(of_kinesis, record=OrderPlaced)
    assert found == {
        "placed": Given.RECORD,
        "meta": Given.METADATA,
        "raw": Given.DATA,
        "at": Given.POSITION,
        "context": Given.CONTEXT,
    }
    assert source_of(found, record=OrderPlaced) == "aws:kinesis"
    changes = given_parameters(of_a_table, record=None)
    assert source_of(changes, record=None) == "aws:dynamodb"
    assert source_of({"at": Given.POSITION}, record=None) is None


def test_annotations_that_are_evaluated_late_are_found() -> None:
    """Python 3.14 gives a reference where a name is unknown at run time."""

    def handler(change: object) -> None:
        print(change)

    handler.__annotations__["change"] = ForwardRef("Change")
    assert given_parameters(handler, record=None) == {"change": Given.CHANGE}
    handler.__annotations__["change"] = ForwardRef("Nowhere")
    with pytest.raises(InvalidHandlerError, match="Nowhere"):
        given_parameters(handler, record=None)


def test_a_json_object_is_a_mapping() -> None:
    def plain(data: dict[str, object]) -> None:
        print(data)

    def mapping(data: Mapping[str, object]) -> None:
        print(data)

    for handler in (plain, mapping):
        assert given_parameters(handler, record=None) == {"data": Given.BODY}


def without_annotation(order) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 -- the fault
    print(order)


def other_class(order: OrderCancelled) -> None:
    print(order)


def any_number(*orders: OrderPlaced) -> None:
    print(orders)


def by_position(order: OrderPlaced, /) -> None:
    print(order)


def optional(order: OrderPlaced | None) -> None:
    print(order)


async def later(order: OrderPlaced) -> None:
    print(order)


def both(order: OrderPlaced, change: Change) -> None:
    print(order, change)


@pytest.mark.parametrize(
    ("handler", "named"),
    [
        (without_annotation, ["'order'", "without_annotation", "no annotation"]),
        (other_class, ["'order'", "OrderCancelled", "OrderPlaced (the data)"]),
        (any_number, ["'orders'", "without *"]),
        (by_position, ["'order'", "without *"]),
        (optional, ["'order'", "OrderPlaced | None"]),
        (later, ["later is async"]),
        (both, ["both", "one handler reads one stream"]),
    ],
)
def test_what_cannot_be_given_is_named_with_what_can(handler: Callable[..., object], named: list[str]) -> None:
    with pytest.raises(InvalidHandlerError) as raised:
        stream_consumer(record=OrderPlaced)(handler)
    for each in named:
        assert each in str(raised.value)


class Opaque:
    """A class that says nothing of its parts."""


@dataclass
class Lost:
    """A class whose field nobody finds."""

    when: Nowhere  # type: ignore[name-defined]  # noqa: F821 -- the fault


@pytest.mark.parametrize(("record", "named"), [(Opaque, "no JSON form"), (Lost, "Nowhere")])
def test_a_class_that_cannot_be_read_from_json_is_refused_at_import(record: type, named: str) -> None:
    def handler(position: StreamPosition) -> None:
        print(position)

    with pytest.raises(InvalidHandlerError, match=named):
        stream_consumer(record=record)(handler)
