"""What a queue consumer's handler may ask for, found out at import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ForwardRef

import pytest
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext as PowertoolsLambdaContext

from best_practice_constructs.runtime import InvalidHandlerError
from best_practice_constructs.runtime.handler_parameters import Injected, injected_parameters
from tests.unit.runtime.support import OrderCancelled, OrderPlaced

Message = SQSRecord

if TYPE_CHECKING:
    from decimal import Decimal

    from best_practice_constructs.runtime import EventMetadata, IdempotentTransaction, LambdaContext


def test_parameters_are_known_by_their_types_even_when_imported_for_type_checkers_only() -> None:
    def handler(
        placed: OrderPlaced,
        meta: EventMetadata,
        tx: IdempotentTransaction,
        *,
        record: SQSRecord,
        context: LambdaContext,
        other: PowertoolsLambdaContext,
        retries: int = 3,
    ) -> None:
        print(placed, meta, tx, record, context, other, retries)

    assert injected_parameters(handler, event=OrderPlaced) == {
        "placed": Injected.EVENT,
        "meta": Injected.METADATA,
        "tx": Injected.TRANSACTION,
        "record": Injected.RECORD,
        "context": Injected.CONTEXT,
        "other": Injected.CONTEXT,
    }


def test_annotations_that_are_evaluated_late_are_found() -> None:
    """Python 3.14 gives a reference where a name is unknown at run time."""

    def handler(placed: object, meta: object) -> None:
        print(placed, meta)

    handler.__annotations__ |= {"placed": OrderPlaced, "meta": ForwardRef("EventMetadata")}
    assert injected_parameters(handler, event=OrderPlaced) == {"placed": Injected.EVENT, "meta": Injected.METADATA}
    handler.__annotations__["meta"] = ForwardRef("Nowhere")
    with pytest.raises(InvalidHandlerError, match="Nowhere"):
        injected_parameters(handler, event=OrderPlaced)


def test_the_class_of_records_is_found_under_another_name_too() -> None:
    def of_class(message: object) -> None:
        print(message)

    def of_alias(message: Message) -> None:
        print(message)

    of_class.__annotations__["message"] = SQSRecord
    for handler in (of_class, of_alias):
        assert injected_parameters(handler, event=None) == {"message": Injected.RECORD}


def test_a_body_is_a_mapping() -> None:
    def plain(body: dict[str, object]) -> None:
        print(body)

    def mapping(body: Mapping[str, object]) -> None:
        print(body)

    def bare(body: dict) -> None:  # type: ignore[type-arg]  # as users write it
        print(body)

    for handler in (plain, mapping, bare):
        assert injected_parameters(handler, event=None) == {"body": Injected.BODY}


def without_annotation(order) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 -- the fault
    print(order)


def unknown_type(order: OrderPlaced, amount: Decimal) -> None:
    print(order, amount)


def unknown_class(order: OrderPlaced, amount: float) -> None:
    print(order, amount)


def other_event(order: OrderCancelled) -> None:
    print(order)


def any_number(*orders: OrderPlaced) -> None:
    print(orders)


def by_position(order: OrderPlaced, /) -> None:
    print(order)


def optional(order: OrderPlaced | None) -> None:
    print(order)


async def later(order: OrderPlaced) -> None:
    print(order)


@pytest.mark.parametrize(
    ("handler", "named"),
    [
        (without_annotation, ["'order'", "without_annotation", "no annotation"]),
        (unknown_type, ["'amount'", "unknown_type", "Decimal"]),
        (unknown_class, ["'amount'", "type float"]),
        (other_event, ["'order'", "OrderCancelled", "OrderPlaced (the event)"]),
        (any_number, ["'orders'", "without *"]),
        (by_position, ["'order'", "without *"]),
        (optional, ["'order'", "OrderPlaced | None"]),
        (later, ["later is async"]),
    ],
)
def test_what_cannot_be_given_is_named_with_what_can(handler: Callable[..., object], named: list[str]) -> None:
    with pytest.raises(InvalidHandlerError) as raised:
        injected_parameters(handler, event=OrderPlaced)
    for each in named:
        assert each in str(raised.value)


def test_without_an_event_a_handler_cannot_ask_for_one() -> None:
    with pytest.raises(InvalidHandlerError, match="the body"):
        injected_parameters(other_event, event=None)
