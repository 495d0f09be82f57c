"""A change publisher says the events that its handler publishes, as far as the handler's source tells."""

from __future__ import annotations

from pathlib import Path

import pytest
from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb

from best_practice_constructs import ChangePublisher, EnrichedEventBus, EventSource, InvalidArgumentError

orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced:
    """An order is there."""

    order_id: str


@orders.event
class OrderCancelled:
    """An order is not there any more."""

    order_id: str


class NoEvent:
    """Nothing that is declared."""


_EVENTS = """
from best_practice_constructs.runtime import EventSource
orders = EventSource("com.example.orders")
@orders.event
class OrderPlaced: ...
@orders.event(version=2)
class OrderCancelled: ...
class Plain: ...
"""
_IMPORT = "from best_practice_constructs.runtime import change_publisher\n"
_HERE = __name__


def _publisher(stack: Stack, directory: Path, source: str, *events: type) -> ChangePublisher:
    (directory / "order_events.py").write_text(_EVENTS, encoding="utf-8")
    (directory / "tell.py").write_text(_IMPORT + source, encoding="utf-8")
    key = dynamodb.Attribute(name="order_id", type=dynamodb.AttributeType.STRING)
    return ChangePublisher(
        stack,
        "Tell",
        table=dynamodb.Table(stack, "Table", partition_key=key, stream=dynamodb.StreamViewType.NEW_IMAGE),
        bus=EnrichedEventBus(stack, "Bus"),
        events=events,
        entry=str(directory),
        handler="tell.handler",
    )


@pytest.mark.parametrize(
    "source",
    [
        "from order_events import OrderCancelled\nhandler = change_publisher(OrderCancelled)\n",
        "import order_events\nhandler = change_publisher(order_events.OrderCancelled, correlation_id_attribute='c')\n",
        "from order_events import OrderCancelled as OrderPlaced\nhandler = change_publisher(OrderPlaced)\n",
        f"from {_HERE} import OrderCancelled\nhandler = change_publisher(OrderCancelled)\n",
        _EVENTS + "handler = change_publisher(OrderCancelled)\n",
    ],
)
def test_another_class_than_the_handlers_is_refused(stack: Stack, tmp_path: Path, source: str) -> None:
    with pytest.raises(InvalidArgumentError) as error:
        _publisher(stack, tmp_path, source, OrderPlaced)
    assert error.value.path == "Stack/Tell"
    assert (
        error.value.given
        == "events=[OrderPlaced] for handler='tell.handler', which is change_publisher(OrderCancelled),"
    )
    assert "who waits for OrderPlaced would wait for ever" in error.value.reason
    assert error.value.remedy.startswith("write events=[OrderCancelled]")


def test_a_class_beside_the_handlers_is_refused(stack: Stack, tmp_path: Path) -> None:
    source = "from order_events import OrderPlaced\nhandler = change_publisher(OrderPlaced)\n"
    with pytest.raises(InvalidArgumentError, match="it publishes OrderPlaced and nothing else") as error:
        _publisher(stack, tmp_path, source, OrderPlaced, OrderCancelled)
    assert "who waits for OrderCancelled" in error.value.reason


@pytest.mark.parametrize(
    "annotation",
    [
        "OrderPlaced | OrderCancelled",
        "'list[OrderCancelled]'",
        "tuple[OrderCancelled, ...] | None",
        "order_events.OrderCancelled",
    ],
)
def test_a_function_that_returns_another_event_is_refused(stack: Stack, tmp_path: Path, annotation: str) -> None:
    source = (
        "import order_events\nfrom order_events import OrderCancelled, OrderPlaced\n"
        f"@change_publisher\ndef handler(change) -> {annotation}: ...\n"
    )
    with pytest.raises(InvalidArgumentError, match=r"Stack/Tell: .*, which returns OrderCancelled") as error:
        _publisher(stack, tmp_path, source, OrderPlaced)
    assert "events=[OrderPlaced, OrderCancelled]" in error.value.remedy


@pytest.mark.parametrize(
    "source",
    [
        "from order_events import OrderPlaced\nhandler = change_publisher(OrderPlaced)\n",
        "from elsewhere import OrderCancelled\nhandler = change_publisher(OrderCancelled)\n",
        "from order_events import Plain\nhandler = change_publisher(Plain)\n",
        f"from {_HERE} import NoEvent\nhandler = change_publisher(NoEvent)\n",
        "import order_events\nhandler = change_publisher(order_events.of_the_day())\n",
        "import order_events\nhandler = change_publisher(getattr(order_events, 'OrderCancelled'))\n",
        "from order_events import OrderCancelled\nhandler = change_publisher(*[OrderCancelled])\n",
        "@change_publisher\ndef handler(change): ...\n",
        (
            "from best_practice_constructs.runtime import OutgoingEvent\nfrom order_events import Plain\n"
            "@change_publisher\ndef handler(change) -> list[OutgoingEvent] | Plain | 'not python' | None: ...\n"
        ),
        (
            "from order_events import OrderPlaced\n"
            "@change_publisher(correlation_id_attribute='c')\ndef handler(change) -> OrderPlaced | None: ...\n"
        ),
        "import wrappers\n@wrappers.logged\ndef handler(event, context): ...\n",
    ],
)
def test_what_agrees_or_cannot_be_known_raises_no_alarm(stack: Stack, tmp_path: Path, source: str) -> None:
    assert _publisher(stack, tmp_path, source, OrderPlaced).function.handler == "tell.handler"


def test_a_function_need_not_say_all_that_it_returns(stack: Stack, tmp_path: Path) -> None:
    source = "from order_events import OrderPlaced\n@change_publisher\ndef handler(change) -> OrderPlaced: ...\n"
    assert _publisher(stack, tmp_path, source, OrderPlaced, OrderCancelled).function is not None
