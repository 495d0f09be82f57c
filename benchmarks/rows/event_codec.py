"""What publishing and parsing an event costs, against the same by hand.

By hand is what a careful user writes: a dataclass, ``json`` and the envelope with its metadata; and Pydantic models
with Powertools' parser. All make the same event, from the values to the entry, and read the same values back. What each
costs before the first event, the import, is measured in processes of their own.
"""

from __future__ import annotations

import dataclasses
import json
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from time import process_time
from typing import Any, cast

from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import EventBridgeModel
from pydantic import BaseModel

from benchmarks.benchmark import Benchmark, Comparison, Effort, Target
from benchmarks.measuring import figures_of, in_turns
from best_practice_constructs.runtime import EventSource, OutgoingEvent
from best_practice_constructs.runtime.event_entry import event_entry
from best_practice_constructs.runtime.event_type import Event
from best_practice_constructs.runtime.queue_message import MessageReader

orders = EventSource("com.example.orders")
_ARN = "arn:aws:lambda:eu-west-1:111122223333:function:place-order:live"


@dataclass(frozen=True, kw_only=True)
class Line:
    """An article of an order."""

    sku: str
    description: str
    quantity: int
    unit_price: Decimal
    net: Decimal


@orders.event
class OrderPlaced(Event):
    """An order as the example publishes it."""

    order_id: str
    customer: str
    currency: str
    lines: tuple[Line, ...]
    total: Decimal
    placed_at: datetime


@dataclass(frozen=True, kw_only=True)
class ByHand:
    """The same, as a plain dataclass."""

    order_id: str
    customer: str
    currency: str
    lines: tuple[Line, ...]
    total: Decimal
    placed_at: datetime


class LineModel(BaseModel):
    """The same as a model."""

    sku: str
    description: str
    quantity: int
    unit_price: Decimal
    net: Decimal


class OrderModel(BaseModel):
    """The same as a model."""

    order_id: str
    customer: str
    currency: str
    lines: list[LineModel]
    total: Decimal
    placed_at: datetime


class DetailModel(BaseModel):
    """The detail as a model."""

    metadata: dict[str, object]
    data: OrderModel


class OrderEventModel(EventBridgeModel):
    """The event as a model."""

    detail: DetailModel  # pyright: ignore[reportIncompatibleVariableOverride] -- as Powertools documents it


def _fields(lines: int) -> dict[str, object]:
    return {
        "order_id": "0b0e7f0e-6b2e-4a51-9a0c-5a2f8d6f3c11",
        "customer": "Ada Lovelace",
        "currency": "EUR",
        "total": Decimal("1211.20"),
        "placed_at": datetime(2026, 11, 24, 12, tzinfo=UTC),
        "lines": tuple(
            Line(sku=f"LAMP-{n:02}", description="A lamp", quantity=n, unit_price=Decimal("9.90"), net=Decimal("19.80"))
            for n in range(lines)
        ),
    }


def _metadata(event_id: str, occurred_at: datetime) -> dict[str, object]:
    return {
        "event_id": event_id,
        "service": os.environ.get("POWERTOOLS_SERVICE_NAME", "undefined"),
        "stage": os.environ.get("SERVICE_STAGE", "undefined"),
        "application_version": os.environ.get("APPLICATION_VERSION", "undefined"),
        "correlation_id": event_id,
        "causation_id": None,
        "schema_version": 1,
        "occurred_at": occurred_at.isoformat(),
        "changed": [],
    }


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value))


def publish_by_hand(event: ByHand) -> Mapping[str, object]:
    """Make the entry of a plain dataclass."""
    now = datetime.now(UTC)
    detail = {"metadata": _metadata(str(uuid.uuid4()), now), "data": dataclasses.asdict(event)}
    text = json.dumps(detail, default=_plain)
    if len(text.encode()) > 1024 * 1024:
        raise ValueError("too large")
    return {
        "Source": "com.example.orders",
        "DetailType": "OrderPlaced",
        "Detail": text,
        "Resources": [_ARN],
        "EventBusName": "bus",
        "Time": now,
    }


def parse_by_hand(text: str) -> ByHand:
    """Read a plain dataclass, each field of its type."""
    body = json.loads(text)
    if (body["source"], body["detail-type"]) != ("com.example.orders", "OrderPlaced"):
        raise ValueError("another event")
    data = body["detail"]["data"]
    return ByHand(
        order_id=_text(data["order_id"]),
        customer=_text(data["customer"]),
        currency=_text(data["currency"]),
        total=Decimal(data["total"]),
        placed_at=datetime.fromisoformat(data["placed_at"]),
        lines=tuple(
            Line(
                sku=_text(line["sku"]),
                description=_text(line["description"]),
                quantity=int(line["quantity"]),
                unit_price=Decimal(line["unit_price"]),
                net=Decimal(line["net"]),
            )
            for line in data["lines"]
        ),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _microseconds(action: Callable[[], object], *, repeats: int) -> float:
    start = process_time()
    for _ in range(repeats):
        action()
    return (process_time() - start) / repeats * 1e6


class _Subject:
    """One event in all three forms."""

    def __init__(self, *, lines: int) -> None:
        self._fields = cast("dict[str, Any]", _fields(lines))
        self._model_fields = self._fields | {"lines": [dataclasses.asdict(line) for line in self._fields["lines"]]}
        self.typed, self.plain = OrderPlaced(**self._fields), ByHand(**self._fields)
        self._reader = MessageReader(event=OrderPlaced, wants_metadata=True)
        envelope = {
            "version": "0",
            "id": "1",
            "source": "com.example.orders",
            "detail-type": "OrderPlaced",
            "account": "111122223333",
            "time": "2026-11-24T12:00:00Z",
            "region": "eu-west-1",
            "resources": [_ARN],
        }
        entry = event_entry(OutgoingEvent(event=self.typed), bus_name="bus", resources=[_ARN]).request
        self._text = json.dumps({**envelope, "detail": json.loads(entry["Detail"])})
        self._event: dict[str, Any] = json.loads(self._text)

    def publish_by_hand(self) -> object:
        return publish_by_hand(ByHand(**self._fields))

    def publish_typed(self) -> object:
        return event_entry(OutgoingEvent(event=OrderPlaced(**self._fields)), bus_name="bus", resources=[_ARN])

    def publish_model(self) -> object:
        now = datetime.now(UTC)
        model = OrderModel(**self._model_fields)
        detail = DetailModel(metadata=_metadata(str(uuid.uuid4()), now), data=model)
        return {"Detail": detail.model_dump_json(), "Time": now}

    def parse_by_hand(self) -> object:
        return parse_by_hand(self._text)

    def parse_typed(self) -> object:
        return self._reader.typed(self._text, body=self._reader.body(self._text)).event

    def parse_model(self) -> object:
        return parse(event=json.loads(self._text), model=OrderEventModel).detail.data


_PROGRAMS = {
    "this library": "from best_practice_constructs.runtime import codec, event_entry, queue_message",
    "Pydantic parser": "from aws_lambda_powertools.utilities.parser import parse\n"
    "from aws_lambda_powertools.utilities.parser.models import EventBridgeModel",
}


def measure(effort: Effort) -> Sequence[Comparison]:
    """Measure both ways of events of three sizes, then the imports."""
    rounds = effort.choose(9, quick=2)
    found: list[Comparison] = []
    for lines in (1, 3, 20):
        subject = _Subject(lines=lines)
        assert subject.parse_typed() == subject.typed
        assert subject.parse_by_hand() == subject.plain
        sides = [_both_ways(subject, way, repeats=effort.choose(300, quick=3)) for way in ("typed", "by_hand", "model")]
        ours, by_hand, pydantic = in_turns(*sides, rounds=rounds)
        found += [
            Comparison(name=f"{each}, {lines} lines", unit="µs", ours=ours[at], theirs=by_hand[at], target=target)
            for at, (each, target) in enumerate((("publish", None), ("parse", None), ("both", Target(most=1.2))))
        ]
        found.append(
            Comparison(
                name=f"both, {lines} lines, Pydantic",
                unit="µs",
                ours=ours[2],
                theirs=pydantic[2],
                theirs_is="Pydantic models with Powertools' parser",
            )
        )
    ours, pydantic = in_turns(_import("this library"), _import("Pydantic parser"), rounds=rounds)
    found.append(
        Comparison(
            name="import, beside boto3",
            unit="ms",
            ours=ours[0],
            theirs=pydantic[0],
            theirs_is="Pydantic models with Powertools' parser",
        )
    )
    return found


def _both_ways(subject: _Subject, way: str, *, repeats: int) -> Callable[[], Sequence[float]]:
    def measured() -> Sequence[float]:
        costs = [_microseconds(getattr(subject, f"{name}_{way}"), repeats=repeats) for name in ("publish", "parse")]
        return [*costs, sum(costs)]

    return measured


def _import(name: str) -> Callable[[], Sequence[float]]:
    # botocore's data are read whatever a handler parses with, and Lambda's boto3 is there anyway.
    code = (
        f"import boto3, json, time\nstart = time.process_time()\n{_PROGRAMS[name]}\n"
        "print(json.dumps({'seconds': time.process_time() - start}))"
    )
    return lambda: [float(str(figures_of(["-c", code])["seconds"])) * 1000]


BENCHMARK = Benchmark(
    name="event_codec",
    title="Publishing and parsing one event",
    against="the same by hand: a dataclass, json and the envelope with its metadata",
    measure=measure,
    notes=(
        "An order with that many lines, from the values to the entry for EventBridge, and from the message's text to "
        "the same values; beside also Pydantic models with Powertools' parser. What each costs before the first "
        "event, the import, is measured in processes of their own. All times are of the processor."
    ),
)
