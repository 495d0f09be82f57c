"""What decorators of handlers are given by mistake, and what they say to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pytest

from best_practice_constructs.runtime import (
    ApiRequest,
    ApiResponse,
    Change,
    InvalidHandlerError,
    UndeclaredEventError,
    api_handler,
    async_event_consumer,
    change_publisher,
    queue_consumer,
    stream_consumer,
)
from tests.unit.runtime.support import OrderPlaced, orders

Decorator = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a meter says."""

    meter: str


Readings = list[Reading]


def note(body: dict[str, object]) -> None:
    print(body)


def answer(request: ApiRequest[None]) -> ApiResponse:
    return ApiResponse(status=200, body=request.path)


DECORATORS: dict[str, tuple[Decorator, str, Callable[..., object]]] = {
    "queue_consumer": (queue_consumer, "event", note),
    "async_event_consumer": (async_event_consumer, "event", note),
    "stream_consumer": (stream_consumer, "record", note),
    "api_handler": (api_handler, "body", answer),
}


def refusal(decorate: Callable[[], object]) -> str:
    with pytest.raises(InvalidHandlerError) as raised:
        decorate()
    return str(raised.value)


@pytest.mark.parametrize("name", DECORATORS)
class TestEachDecorator:
    def test_a_class_in_the_place_of_the_function(self, name: str) -> None:
        decorator, parameter, _ = DECORATORS[name]
        message = refusal(lambda: decorator(OrderPlaced))
        assert f"{name} is given the class OrderPlaced in the place of the handler" in message
        assert f"write @{name}({parameter}=OrderPlaced), and the function below it" in message

    @pytest.mark.parametrize("given", ["OrderPlaced", {"event": OrderPlaced}, orders, 3])
    def test_what_is_no_function(self, name: str, given: object) -> None:
        decorator, parameter, _ = DECORATORS[name]
        message = refusal(lambda: decorator(given))
        assert repr(given) in message
        assert f"write @{name} or @{name}({parameter}=" in message

    def test_a_handler_that_is_decorated_already(self, name: str) -> None:
        decorator, _, handler = DECORATORS[name]
        assert "decorate each handler once" in refusal(lambda: decorator(decorator(handler)))

    @pytest.mark.parametrize(
        "given", ["OrderPlaced", {"order_id": str}, orders, OrderPlaced(order_id="1"), 3], ids=type
    )
    def test_what_is_no_class(self, name: str, given: object) -> None:
        decorator, parameter, handler = DECORATORS[name]
        message = refusal(lambda: decorator(**{parameter: given})(handler))
        assert f"{name}({parameter}={given!r}) names no class: write the class itself" in message
        assert f"as in @{name}({parameter}=" in message

    def test_several_classes(self, name: str) -> None:
        decorator, parameter, handler = DECORATORS[name]
        message = refusal(lambda: decorator(**{parameter: [OrderPlaced, Reading]})(handler))
        assert "a handler reads one class" in message
        assert f"@{name}({parameter}=OrderPlaced)" in message


@pytest.mark.parametrize("name", ["queue_consumer", "async_event_consumer", "stream_consumer"])
@pytest.mark.parametrize("given", [dict, Mapping, dict[str, object], Mapping[str, Any]])
def test_json_objects_are_what_a_consumer_gets_without_a_class(name: str, given: object) -> None:
    decorator, parameter, handler = DECORATORS[name]
    assert f"leave {parameter} out" in refusal(lambda: decorator(**{parameter: given})(handler))
    assert decorator(handler).__wrapped__ is handler


@pytest.mark.parametrize("name", ["queue_consumer", "async_event_consumer", "stream_consumer"])
def test_a_handler_of_an_event_that_its_decorator_does_not_name(name: str) -> None:
    def handler(placed: OrderPlaced) -> None:
        print(placed)

    decorator, parameter, _ = DECORATORS[name]
    message = refusal(lambda: decorator(handler))
    assert "'placed'" in message
    assert f"write @{name}({parameter}=OrderPlaced)" in message


@pytest.mark.parametrize("decorator", [queue_consumer, async_event_consumer])
def test_a_class_that_is_no_event(decorator: Decorator) -> None:
    with pytest.raises(UndeclaredEventError, match=r"Reading is not declared as an event"):
        decorator(event=Reading)(note)


def test_types_that_are_no_classes_are_read_from_streams_and_apis() -> None:
    def of_records(readings: Readings) -> None:
        print(readings)

    def of_requests(request: ApiRequest[Readings]) -> ApiResponse:
        return ApiResponse(status=200, body=request.body)

    assert stream_consumer(record=cast("type", Readings))(of_records).__wrapped__ is of_records
    assert api_handler(body=Readings)(of_requests).__wrapped__ is of_requests


class TestChangePublisher:
    def test_it_takes_a_class_or_a_function(self) -> None:
        decorator: Decorator = change_publisher
        for given in ("OrderPlaced", {"event": OrderPlaced}, orders):
            message = refusal(lambda given=given: decorator(given))  # type: ignore[misc] # bound on purpose
            assert (
                "write change_publisher(OrderPlaced) with the class, or @change_publisher and the function" in message
            )

    def test_above_a_function_it_takes_no_class(self) -> None:
        decorator: Decorator = change_publisher

        def publish(change: Change) -> OrderPlaced:
            return OrderPlaced(order_id=str(change.keys["order_id"]))

        message = refusal(lambda: decorator(OrderPlaced)(publish))
        assert "write handler = change_publisher(OrderPlaced), or @change_publisher above a function" in message

    @pytest.mark.parametrize("given", ["", 3, ["correlation_id"], OrderPlaced])
    def test_the_attribute_of_the_correlation_id_is_a_text(self, given: object) -> None:
        decorator: Decorator = change_publisher
        message = refusal(lambda: decorator(OrderPlaced, correlation_id_attribute=given))
        assert "write a text, as in correlation_id_attribute='correlation_id'" in message

    def test_a_parameter_that_cannot_be_given(self) -> None:
        def publish(placed: OrderPlaced) -> OrderPlaced:
            return placed

        message = refusal(lambda: change_publisher(publish))
        assert "of the change publisher" in message
        assert "annotated with Change, StreamPosition or LambdaContext" in message
