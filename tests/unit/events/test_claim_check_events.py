"""Events that may be thin: whatever their sizes, they fit their schema, and come back as they were."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from pydantic import BaseModel, ConfigDict

from best_practice_constructs import EnrichedEventBus, EventCatalogue, EventCatalogueError, EventSource
from best_practice_constructs.events.catalogue_markdown import catalogue_markdown
from best_practice_constructs.events.event_schema import event_schema
from best_practice_constructs.runtime import OutgoingEvent, event_declaration, where
from best_practice_constructs.runtime.claim_check_settings import ClaimCheckSettings
from best_practice_constructs.runtime.event_entry import event_entry
from best_practice_constructs.runtime.event_type import Event
from best_practice_constructs.runtime.put_aside import write_put_aside
from best_practice_constructs.runtime.queue_message import MessageReader
from best_practice_constructs.runtime.topic_entry import topic_entry
from tests.unit.helpers.examples import examples
from tests.unit.runtime.claim_check_support import BUCKET, bucket_in_memory

orders = EventSource("com.example.orders")


@dataclass(frozen=True, kw_only=True)
class Line:
    """An article."""

    sku: str
    net: Decimal
    at: datetime.datetime | None = None


@orders.event(claim_check=("lines", "notes", "total", "best", "labels"))
class OrderPlaced(Event):
    """An order with a field of each kind, most of which may be put aside."""

    order_id: uuid.UUID
    total: Decimal
    paid: Decimal
    best: Line | None
    lines: tuple[Line, ...]
    notes: str
    labels: dict[str, list[int]] | None = None
    more: str = ""


@orders.event(claim_check=("reason",))
class OrderCancelled(Event):
    """An event whose only required field may be put aside."""

    reason: str
    hint: str | None = None


@orders.event(claim_check=("parcels", "weight"))
class OrderShipped(BaseModel):
    """A model of Pydantic."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    weight: Decimal
    parcels: tuple[str, ...]
    note: str | None = None


_DECLARED: tuple[type, ...] = (OrderPlaced, OrderCancelled, OrderShipped)
_DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)
# Two of the longest, each character escaped as two, fit into a topic's message without a claim check.
_TEXTS = st.text(max_size=30) | st.builds(
    lambda text, count: text * count, st.text(min_size=1, max_size=10), st.integers(1, 900)
)
_TIMES = st.datetimes(timezones=st.just(datetime.UTC))
_LINES = st.builds(Line, sku=_TEXTS, net=_DECIMALS, at=st.none() | _TIMES)
_EVENTS: st.SearchStrategy[object] = (
    st.builds(
        OrderPlaced,
        order_id=st.uuids(),
        total=_DECIMALS,
        paid=_DECIMALS,
        best=st.none() | _LINES,
        lines=st.lists(_LINES, max_size=3).map(tuple),
        notes=_TEXTS,
        labels=st.none() | st.dictionaries(_TEXTS, st.lists(st.integers(-(2**63), 2**63 - 1)), max_size=3),
        more=_TEXTS,
    )
    | st.builds(OrderCancelled, reason=_TEXTS, hint=st.none() | _TEXTS)
    | st.builds(
        OrderShipped,
        order_id=_TEXTS,
        weight=_DECIMALS,
        parcels=st.lists(_TEXTS, max_size=3).map(tuple),
        note=st.none() | _TEXTS,
    )
)
_THRESHOLDS = st.integers(1_024, 8_000)
_VALIDATORS = {event: Draft4Validator(event_schema(event_declaration(event))) for event in _DECLARED}
_READERS = {event: MessageReader(event=event, wants_metadata=True) for event in _DECLARED}


def _round_trip(event: object, *, threshold: int) -> None:
    bucket_in_memory()
    store = ClaimCheckSettings(bucket=BUCKET, threshold_bytes=threshold, expires_after=datetime.timedelta(days=1))
    outgoing = _outgoing(event)
    entry = event_entry(outgoing, bus_name="bus", resources=["arn"], store=store)
    message = topic_entry(outgoing, resources=["arn"], message_group_id=None, most_bytes=262_144, store=store)
    request = cast("Mapping[str, Any]", entry.request)
    delivered = json.dumps(
        {
            "source": request["Source"],
            "detail-type": request["DetailType"],
            "resources": request["Resources"],
            "detail": json.loads(request["Detail"]),
        }
    )
    assert not write_put_aside([entry, message])
    _check_size(event, entry.size, threshold=threshold, is_whole=entry.put_aside is None)
    assert message.size == len(message.message.encode())
    for text in (delivered, message.message):
        body = json.loads(text)
        _VALIDATORS[type(event)].validate(body)
        reader = _READERS[type(event)]
        whole = reader.whole(text, body=body)
        assert reader.typed(whole.text, body=whole.body).event == event
        assert "claim_check" not in cast("Mapping[str, object]", whole.body["detail"])
        # As if it had never been large, for whoever reads the JSON.
        _VALIDATORS[type(event)].validate(whole.body)
        assert whole.body["detail"] == cast("Any", _small(outgoing, body))


def _outgoing(event: object) -> OutgoingEvent:
    # Of one time: sizes are compared, and a time without microseconds is shorter.
    return OutgoingEvent(event=event, event_id="e-1", occurred_at=datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC))


def _check_size(event: object, size: int, *, threshold: int, is_whole: bool) -> None:
    """An event is under the threshold whenever its fields allow it, and never larger than it would be whole."""
    whole = event_entry(_outgoing(event), bus_name="bus", resources=["arn"]).size
    assert size <= whole
    assert is_whole or whole > threshold
    declaration = event_declaration(type(event))
    least = ClaimCheckSettings(bucket=BUCKET, threshold_bytes=1, expires_after=datetime.timedelta(days=1))
    thinnest = event_entry(_outgoing(event), bus_name="bus", resources=["arn"], store=least).size
    assert declaration.claim_check
    if thinnest <= threshold:
        assert size <= threshold


def _small(outgoing: OutgoingEvent, body: Mapping[str, Any]) -> dict[str, Any]:
    entry = event_entry(outgoing, bus_name="bus", resources=["arn"])
    detail: dict[str, Any] = json.loads(cast("Mapping[str, str]", entry.request)["Detail"])
    # Each was made at its own time.
    return detail | {"metadata": body["detail"]["metadata"]}


@settings(deadline=None, max_examples=examples(200))
@given(_EVENTS, _THRESHOLDS)
def test_any_event_comes_back_as_it_was_and_fits_its_schema(event: object, threshold: int) -> None:
    _round_trip(event, threshold=threshold)


@pytest.mark.slow
def test_ten_thousand_events_come_back_as_they_were() -> None:
    checked: list[bool] = []

    @settings(deadline=None, max_examples=10_000, database=None)
    @given(_EVENTS, _THRESHOLDS)
    def round_trip(event: object, threshold: int) -> None:
        _round_trip(event, threshold=threshold)
        checked.append(True)

    round_trip()
    assert len(checked) >= 10_000


class TestSchema:
    def _event(self, **data: object) -> dict[str, Any]:
        entry = event_entry(OutgoingEvent(event=OrderCancelled(reason="r")), bus_name="bus", resources=[])
        detail: dict[str, Any] = json.loads(cast("Mapping[str, str]", entry.request)["Detail"])
        return {
            "source": "com.example.orders",
            "detail-type": "OrderCancelled",
            "detail": {"metadata": detail["metadata"], "data": data},
        }

    def test_it_is_a_schema_of_draft_4(self) -> None:
        for event in _DECLARED:
            Draft4Validator.check_schema(cast("Any", event_schema(event_declaration(event))))

    def test_a_field_may_be_missing_with_a_claim_check_only(self) -> None:
        validator = _VALIDATORS[OrderCancelled]
        assert validator.is_valid(self._event(reason="r"))
        thin = self._event()
        assert not validator.is_valid(thin)
        digest = "0" * 64
        thin["detail"]["claim_check"] = {
            "bucket": "b",
            "key": f"claim-checks/{digest}",
            "sha256": digest,
            "size": 12,
            "fields": ["reason"],
            "expires_at": None,
        }
        assert validator.is_valid(thin)
        for name, wrong in {"fields": ["hint"], "key": "invoices/1.pdf", "sha256": 7, "size": "12"}.items():
            claim_check = {**thin["detail"]["claim_check"], name: wrong}
            assert not validator.is_valid({**thin, "detail": {**thin["detail"], "claim_check": claim_check}})

    def test_what_stays_is_required_in_any_case(self) -> None:
        schema = cast("Any", event_schema(event_declaration(OrderShipped)))["properties"]["detail"]
        assert schema["properties"]["data"]["required"] == ["order_id"]
        assert set(schema["anyOf"][1]["properties"]["data"]["required"]) == {"weight", "parcels"}

    def test_an_event_that_is_never_thin_has_the_schema_that_it_had(self) -> None:
        @EventSource("com.example.others").event
        class InvoiceIssued:
            total: Decimal

        detail = cast("Any", event_schema(event_declaration(InvoiceIssued)))["properties"]["detail"]
        assert "anyOf" not in detail
        assert detail["properties"].keys() == {"metadata", "data", "numbers"}
        assert detail["properties"]["data"]["required"] == ["total"]


class Fields:
    order_id: str
    total: Decimal
    lines: list[str]


def _catalogue(*claim_check: str, only: Mapping[str, object] | None = None) -> EventCatalogue:
    source = EventSource("com.example.orders")
    members = {"__annotations__": dict(Fields.__annotations__), "__module__": __name__}
    made: type = type("OrderPlaced", (), members)
    event: type = source.event(claim_check=claim_check)(made)
    stack = Stack(App(), "Orders")
    bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
    bus.route(where(event, **only) if only else event, to=sqs.Queue(stack, "Audit"))
    return EventCatalogue.of(bus)


class TestCatalogue:
    def test_it_tells_what_may_be_put_aside(self) -> None:
        catalogue = _catalogue("lines")
        assert catalogue.events[0].claim_check == ("lines",)
        assert EventCatalogue.from_json(catalogue.to_json()) == catalogue
        assert "When it is large, these are put into S3: `lines`." in catalogue_markdown(catalogue)

    def test_of_an_event_that_is_never_thin_it_tells_nothing(self) -> None:
        catalogue = _catalogue()
        assert "claim_check" not in catalogue.to_json()
        assert EventCatalogue.from_json(catalogue.to_json()) == catalogue
        assert "put into S3" not in catalogue_markdown(catalogue)

    def test_it_may_change(self) -> None:
        for before, after in ((), ("lines",)), (("lines",), ()), (("lines",), ("total",)):
            _catalogue(*after).check_against(_catalogue(*before))

    @pytest.mark.parametrize("only", [{"total__gte": 100}, {"total": Decimal("9.90")}, {"total__exists": True}])
    def test_but_not_where_a_rule_asks_for_it(self, only: Mapping[str, object]) -> None:
        said = r"the field total may be put aside now, and Orders: Audit asks for it"
        with pytest.raises(EventCatalogueError, match=said):
            _catalogue("lines", "total").check_against(_catalogue(only=only))
        _catalogue("lines").check_against(_catalogue(only=only))
