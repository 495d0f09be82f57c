"""What publishing and parsing an event costs, against the same by hand.

By hand is what a careful user writes: a dataclass, ``json`` and the envelope with its metadata; and Pydantic models
with Powertools' parser. All make the same event, from the values to the entry, and read the same values back. What each
costs before the first event, the import, is measured in processes of their own.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from time import perf_counter
from typing import Any, cast

from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import EventBridgeModel
from pydantic import BaseModel

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


def _best(action: Callable[[], object], *, rounds: int, repeats: int) -> float:
    """Give the microseconds of one call in the best round."""
    seconds = []
    for _ in range(rounds):
        start = perf_counter()
        for _ in range(repeats):
            action()
        seconds.append((perf_counter() - start) / repeats)
    return min(seconds) * 1e6


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
    "json by hand": "import dataclasses, datetime, decimal, json, uuid",
    "this library": "from best_practice_constructs.runtime import codec, event_entry, queue_message",
    "Pydantic parser": "from aws_lambda_powertools.utilities.parser import parse\n"
    "from aws_lambda_powertools.utilities.parser.models import EventBridgeModel",
}


def _import_milliseconds(program: str, *, rounds: int) -> float:
    # botocore's data are read whatever a handler parses with, and Lambda's boto3 is there anyway.
    code = f"import boto3, time\nstart = time.perf_counter()\n{program}\nprint(time.perf_counter() - start)"
    found = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(rounds)
    ]
    return min(found) * 1000


def main(*, rounds: int) -> None:
    """Measure and print."""
    print("Publishing and parsing one event: microseconds (best of rounds), and times what json by hand takes")
    for lines in (1, 3, 20):
        subject = _Subject(lines=lines)
        assert subject.parse_typed() == subject.typed
        assert subject.parse_by_hand() == subject.plain
        sums = [0.0, 0.0, 0.0]
        for name in ("publish", "parse"):
            actions = [getattr(subject, f"{name}_{way}") for way in ("by_hand", "typed", "model")]
            costs = [_best(action, rounds=rounds, repeats=300) for action in actions]
            sums = [total + cost for total, cost in zip(sums, costs, strict=True)]
            print(_row(f"{name}, {lines} lines", costs))
        print(_row(f"both, {lines} lines", sums))
    print("Importing what it takes, beside boto3: milliseconds")
    for name, program in _PROGRAMS.items():
        print(f"  {name:20} {_import_milliseconds(program, rounds=rounds):7.1f}")


def _row(name: str, costs: list[float]) -> str:
    by_hand, typed, pydantic = costs
    return (
        f"  {name:20} by hand {by_hand:7.1f}  this library {typed:7.1f} ({typed / by_hand:4.2f}×)  "
        f"Pydantic parser {pydantic:7.1f} ({pydantic / by_hand:4.2f}×)"
    )
