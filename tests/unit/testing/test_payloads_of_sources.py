"""Payloads of each source are what its consumer reads."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from best_practice_constructs.runtime import (
    ApiRequest,
    ApiResponse,
    Change,
    EventMetadata,
    EventSource,
    OutgoingEvent,
    StreamPosition,
    api_handler,
    stream_consumer,
)
from best_practice_constructs.runtime.codec import Decoder, encode
from best_practice_constructs.runtime.event_type import Event
from best_practice_constructs.runtime.object_created import object_created
from best_practice_constructs.runtime.queue_message import MessageReader
from best_practice_constructs.runtime.topic_entry import topic_entry
from best_practice_constructs.testing import (
    FakeLambdaContext,
    ItemChange,
    api_event,
    dynamodb_event,
    example,
    kinesis_event,
    object_created_event,
    sqs_event,
    topic_message,
)

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

orders = EventSource("com.example.orders")
_CONTEXT = cast("LambdaContext", FakeLambdaContext())


@orders.event
class OrderPlaced(Event):
    """An event."""

    order_id: str
    total: Decimal = Decimal("9.90")


@pytest.fixture
def consumer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "figures")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Shop")
    monkeypatch.setenv("STREAM_FAILURES_QUEUE_URL", "https://sqs/failures")


@pytest.mark.usefixtures("consumer")
def test_a_stream_consumer_reads_events_and_positions_of_kinesis() -> None:
    read: list[tuple[object, str, str | None]] = []

    @stream_consumer(record=OrderPlaced)
    def handler(placed: OrderPlaced, metadata: EventMetadata, position: StreamPosition) -> None:
        read.append((placed, metadata.event_id, position.partition_key))

    placed = OrderPlaced(order_id="1")
    handler(kinesis_event(OutgoingEvent(event=placed, event_id="17"), placed, partition_key="shop"), _CONTEXT)
    assert [each[0] for each in read] == [placed, placed]
    assert (read[0][1], read[0][2]) == ("17", "shop")


def test_records_of_kinesis_carry_what_they_are_given() -> None:
    records = cast("list[dict[str, Any]]", kinesis_event({"a": 1}, "text", b"\xff")["Records"])
    assert [each["kinesis"]["data"] for each in records] == ["eyJhIjogMX0=", "dGV4dA==", "/w=="]
    assert len({each["eventID"] for each in records}) == 3


@pytest.mark.usefixtures("consumer")
def test_a_stream_consumer_reads_changes_of_a_table() -> None:
    read: list[Change] = []

    @stream_consumer
    def handler(change: Change) -> None:
        read.append(change)

    item = {
        "order_id": "1", "total": Decimal("9.90"), "paid": True, "note": None, "raw": b"x", "tags": {"b", "a"},
        "sizes": {1, 2}, "lines": [{"sku": "A", "quantity": 2}],
    }  # fmt: skip
    handler(
        dynamodb_event(
            ItemChange(keys=["order_id"], after=item),
            ItemChange(keys=["order_id"], before=item, after={**item, "paid": False}),
            ItemChange(keys=["order_id"], before=item, is_expiry=True),
        ),
        _CONTEXT,
    )
    assert [each.event_name for each in read] == ["INSERT", "MODIFY", "REMOVE"]
    assert read[0].after == item
    assert read[1].before == item
    assert read[0].keys == {"order_id": "1"}
    assert [each.is_expiry for each in read] == [False, False, True]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (ItemChange(keys=["id"]), ValueError, "changes nothing"),
        (ItemChange(keys=["id"], after={}), ValueError, "has no 'id', which is a key"),
        (ItemChange(keys=[], after={"a": 1.5}), TypeError, "write a float as Decimal"),
        (ItemChange(keys=[], after={"a": set()}), TypeError, "no empty set"),
        (ItemChange(keys=[], after={"a": {1, "x"}}), TypeError, "all texts, all numbers or all bytes"),
    ],
)
def test_what_is_no_change_is_told(change: ItemChange, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        dynamodb_event(change)


def test_a_topics_message_is_what_its_publisher_sends() -> None:
    placed = OrderPlaced(order_id="1")
    text = topic_message(OutgoingEvent(event=placed, event_id="17"), correlation_id="request-1")
    sent = topic_entry(
        OutgoingEvent(event=placed, event_id="17"), resources=[], message_group_id=None, most_bytes=1_000
    ).message
    assert msgspec.json.decode(text).keys() == msgspec.json.decode(sent).keys()
    (record,) = cast("list[dict[str, str]]", sqs_event(text)["Records"])
    reader = MessageReader(event=OrderPlaced, wants_metadata=True)
    read = reader.typed(record["body"], body=reader.body(record["body"]))
    assert read.event == placed
    assert read.metadata is not None
    assert read.metadata.correlation_id == "request-1"


def test_an_object_that_was_created_is_read() -> None:
    created = object_created(object_created_event(bucket="documents", key="a/b c.pdf", size=3, version_id="v1"))
    assert (created.bucket, created.key, created.size, created.version_id, created.reason) == (
        "documents",
        "a/b c.pdf",
        3,
        "v1",
        "PutObject",
    )
    assert object_created(object_created_event(bucket="b", key="k")).version_id is None


def test_an_api_handler_reads_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "orders")
    requests: list[ApiRequest[OrderPlaced]] = []

    @api_handler(body=OrderPlaced)
    def handler(request: ApiRequest[OrderPlaced]) -> ApiResponse:
        requests.append(request)
        return ApiResponse(status=204)

    event = api_event(
        method="PUT",
        path="/orders/1",
        body={"order_id": "1"},
        path_parameters={"order_id": "1"},
        query_parameters={"verbose": "yes"},
        headers={"X-Trace": "t"},
        claims={"sub": "ada"},
    )
    assert cast("dict[str, object]", handler(event, _CONTEXT))["statusCode"] == 204
    (request,) = requests
    assert request.body == OrderPlaced(order_id="1")
    assert (request.method, request.path, request.path_parameters) == ("PUT", "/orders/1", {"order_id": "1"})
    assert request.query_parameters == {"verbose": "yes"}
    assert request.headers["x-trace"] == "t"
    assert request.caller is not None
    assert (request.caller.kind, request.caller.identity) == ("cognito", "ada")
    handler(api_event(body='{"order_id": "2"}'), _CONTEXT)
    assert requests[1].caller is not None
    assert requests[1].caller.kind == "iam"


@st.composite
def _bounds(draw: st.DrawFn) -> dict[str, float]:
    bounds: dict[str, float] = {}
    low = draw(st.none() | st.integers(-100, 100))
    if low is not None:
        bounds[draw(st.sampled_from(["ge", "gt"]))] = low
    if draw(st.booleans()):
        bounds[draw(st.sampled_from(["le", "lt"]))] = (low or 0) + draw(st.integers(8, 50))
    if draw(st.booleans()):
        bounds["multiple_of"] = draw(st.sampled_from([2, 3]))
    return bounds


@given(kind=st.sampled_from([int, float]), bounds=_bounds())
def test_an_example_of_a_number_is_within_its_bounds(kind: type, bounds: dict[str, float]) -> None:
    bounded = cast(
        "type[Any]",
        _dataclass(Annotated[kind, cast("Callable[..., object]", msgspec.Meta)(**bounds)] if bounds else kind),
    )
    value = example(bounded)
    assert Decoder(bounded).decode(encode(value)) == value


@given(shortest=st.integers(0, 30), longer=st.none() | st.integers(0, 30))
def test_an_example_of_a_text_or_list_is_as_long_as_it_may_be(shortest: int, longer: int | None) -> None:
    length = msgspec.Meta(min_length=shortest, max_length=None if longer is None else shortest + longer)
    for hint in (str, list[int], tuple[str, ...], dict[str, int]):
        bounded = cast("type[Any]", _dataclass(Annotated[hint, length]))
        value = example(bounded)
        assert Decoder(bounded).decode(encode(value)) == value


def test_examples_of_models_and_decimals_are_within_their_bounds() -> None:
    class Bounded(BaseModel):
        model_config = ConfigDict(frozen=True)
        code: str = Field(max_length=3)
        rate: Decimal = Field(gt=0, lt=1)
        quantity: int = Field(ge=5, multiple_of=4)

    made = example(Bounded)
    assert (made.code, made.rate, made.quantity) == ("cod", Decimal("0.5"), 8)


@pytest.mark.parametrize(
    ("hint", "message"),
    [
        (Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")], r"has the pattern .* pass value=…"),
        (Annotated[set[int], msgspec.Meta(min_length=2)], "at least 2 different items: pass value=…"),
    ],
)
def test_what_no_example_can_be_made_of_is_told(hint: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        example(_dataclass(hint))


def _dataclass(hint: object) -> type:
    make: Callable[..., type] = orders.event
    orders._declarations.clear()
    return make(type("ValueChanged", (), {"__annotations__": {"value": hint}, "__module__": __name__}))
