"""The catalogue of events, and what it says of a change."""

from __future__ import annotations

import datetime
import enum
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, cast

import msgspec
import pytest
from aws_cdk import App, Stack, Stage
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from best_practice_constructs import (
    EnrichedEventBus,
    EventCatalogue,
    EventCatalogueError,
    EventSource,
    ExistingEventBus,
    IdempotentQueueConsumer,
    ServiceDefaults,
    SinglePurposeFunction,
    TopicConsumer,
)
from best_practice_constructs.events.catalogue_markdown import catalogue_markdown
from best_practice_constructs.events.event_evolution import incompatible_changes
from best_practice_constructs.events.event_schema import data_schema
from best_practice_constructs.runtime import event_declaration, where
from tests.unit.helpers.entries import ENTRY, HANDLER


@dataclass(frozen=True, kw_only=True)
class Line:
    """An article."""

    sku: str
    quantity: int


class Kind(enum.Enum):
    """A kind."""

    OLD = "old"


class OrderPlacedFields:
    """A customer placed an order."""

    order_id: str
    total: Decimal
    kind: Kind
    line: Line
    lines: list[Line]
    placed_at: datetime.datetime
    opens_at: datetime.time
    code: Annotated[str, msgspec.Meta(pattern="^[A-Z]+$")]
    note: str | None = None


def _catalogue(
    fields: type = OrderPlacedFields, *, version: int = 1, compatible_since: int | None = None, consumed: bool = True
) -> EventCatalogue:
    orders = EventSource("com.example.orders")
    annotations = {name: hint for name, hint in fields.__annotations__.items() if name != "gone"}
    defaults = {name: value for name, value in vars(fields).items() if name in annotations}
    members = {"__annotations__": annotations, "__doc__": fields.__doc__, "__module__": __name__, **defaults}
    made: type = type("OrderPlaced", (), members)
    event: type = orders.event(version=version, compatible_since=compatible_since)(made)
    app = App(context={"aws:cdk:bundling-stacks": []})
    ServiceDefaults.development(service="invoices").apply_to(app)
    stack = Stack(app, "Stack")
    bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
    bus.add_publisher(SinglePurposeFunction(stack, "PlaceOrder", entry=ENTRY, handler=HANDLER), event)
    if consumed:
        bus.route(event, to=IdempotentQueueConsumer(stack, "IssueInvoice", entry=ENTRY, handler=HANDLER))
        bus.route(where(event, order_id__prefix="test-"), to=sqs.Queue(stack, "Tests"))
    bus.route({"source": ["com.example.uploads"]}, to=sqs.Queue(stack, "Uploads"))
    return EventCatalogue.of(bus)


@pytest.fixture(scope="module")
def catalogue() -> EventCatalogue:
    return _catalogue()


def test_it_tells_who_publishes_and_who_consumes(catalogue: EventCatalogue) -> None:
    (event,) = catalogue.events
    assert (event.source, event.detail_type, event.version) == ("com.example.orders", "OrderPlaced", 1)
    assert event.publishers == ("invoices: PlaceOrder",)
    assert [(consumer.name, consumer.only) for consumer in event.consumers] == [
        ("invoices: IssueInvoice", None),
        ("invoices: Tests", {"data": {"order_id": [{"prefix": "test-"}]}}),
    ]


def test_it_is_read_as_it_was_written(catalogue: EventCatalogue) -> None:
    assert EventCatalogue.from_json(catalogue.to_json()) == catalogue
    assert _catalogue().to_json() == catalogue.to_json()


def test_it_is_taken_from_the_whole_tree() -> None:
    orders = EventSource("com.example.orders")
    annotations = {"order_id": str, "country": str}
    made: type = type("OrderPlaced", (), {"__annotations__": annotations, "__module__": __name__})
    placed: type = orders.event(made)
    app = App(context={"aws:cdk:bundling-stacks": []})
    stage = Stage(app, "Production")
    owner, user, notices = (Stack(stage, name) for name in ("Owner", "User", "Notices"))
    bus = EnrichedEventBus(owner, "Bus", archive=False, log_errors=False, parameter_name="/shop/bus")
    bus.add_publisher(IdempotentQueueConsumer(owner, "PlaceOrder", entry=ENTRY, handler=HANDLER), placed)
    found = ExistingEventBus.from_parameter(user, "Bus", parameter_name="/shop/bus")
    found.route(placed, to=sqs.Queue(user, "Audit"))
    topic = sns.Topic(notices, "Topic")
    for name, policy in (("All", placed), ("German", where(placed, country="DE")), ("Raw", {"source": ["a"]})):
        TopicConsumer(notices, name, topic=topic, filter_policy=policy, entry=ENTRY, handler=HANDLER)
    TopicConsumer(notices, "Unfiltered", topic=topic, entry=ENTRY, handler=HANDLER)
    (event,) = EventCatalogue.of(app).events
    assert event.publishers == ("Owner: PlaceOrder",)
    assert [(consumer.name, consumer.only) for consumer in event.consumers] == [
        ("Notices: All", None),
        ("Notices: German", {"data": {"country": ["DE"]}}),
        ("User: Audit", None),
    ]
    for same in (EventCatalogue.of(stage), EventCatalogue.of(owner, user, notices), EventCatalogue.of(app, bus)):
        assert same == EventCatalogue.of(app)
    assert [consumer.name for consumer in EventCatalogue.of(user).events[0].consumers] == ["User: Audit"]
    assert EventCatalogue.of(bus).events[0].consumers == ()


@pytest.mark.parametrize("text", ["{", "{}", '{"events": [{"source": 1}]}'])
def test_what_is_no_catalogue_is_told(text: str) -> None:
    with pytest.raises(EventCatalogueError, match="no catalogue as to_json writes it"):
        EventCatalogue.from_json(text)


def test_its_page_shows_the_flow_and_every_field(catalogue: EventCatalogue) -> None:
    page = catalogue_markdown(catalogue, title="Events of the shop")
    assert page.startswith("# Events of the shop\n\n```mermaid\nflowchart LR\n")
    assert 'e0(["OrderPlaced"])' in page
    assert '["invoices: PlaceOrder"] --> e0' in page
    assert "-. some .->" in page
    assert "| `total` | decimal |  |" in page
    assert "| `kind` | `old` |  |" in page
    assert "| `placed_at` | date time |  |" in page
    assert "| `opens_at` | time |  |" in page
    assert "| `code` | string |  |" in page
    assert "| `lines[].sku` | string |  |" in page
    assert "| `note` | string or null | optional |" in page
    assert "A customer placed an order." in page
    assert "Published by invoices: PlaceOrder." in page
    assert "invoices: Tests (only where `" in page


class Signs(enum.Enum):
    """Values with signs that Markdown knows."""

    EITHER = "a|b"
    QUOTED = "`c`"


def test_signs_in_names_and_values_do_not_break_the_page() -> None:
    orders = EventSource("com.example.orders")
    fields = {"__annotations__": {"kind": Signs, "order_id": str}, "__module__": __name__}
    made: type = type("Placed", (), fields)
    placed: type = orders.event(detail_type='Order "placed" ](x) <b> #1', name_is_past_tense=True)(made)
    stack = Stack(App(), "Shop")
    bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
    bus.route(where(placed, kind=Signs.EITHER), to=sqs.Queue(stack, "Audit*d*"))
    page = catalogue_markdown(EventCatalogue.of(stack))
    assert '    e0(["Order #34;placed#34; ](x) #60;b#62; #35;1"])' in page
    assert '## Order "placed" \\](x) &lt;b> \\#1' in page
    assert "| `kind` | `` `c` `` or `a\\|b` |  |" in page
    assert "Shop: Audit\\*d\\* (only where `" in page
    assert '["a|b"]' in page
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 4 for row in rows)


def _fields(**changes: object) -> type:
    annotations = {**OrderPlacedFields.__annotations__, **{k: v for k, v in changes.items() if k[0] != "_"}}
    for name in str(changes.get("_without", "")).split():
        del annotations[name]
    defaults = {name: None for name in ("note", *str(changes.get("_optional", "")).split()) if name in annotations}
    return type("Fields", (), {"__annotations__": annotations, **defaults})


@pytest.mark.parametrize("version", [1, 2])
def test_a_field_that_may_be_missing_may_come(catalogue: EventCatalogue, version: int, tmp_path: Path) -> None:
    committed = tmp_path / "events.json"
    committed.write_text(catalogue.to_json(), "utf-8")
    after = _catalogue(_fields(coupon=str | None, _optional="coupon"), version=version, compatible_since=1)
    after.check_against(committed)


class NewKind(enum.Enum):
    """A kind more."""

    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, kw_only=True)
class OtherLine:
    """An article, otherwise."""

    sku: str
    quantity: str


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (_fields(_without="total"), "the field total is gone, and consumers read it"),
        (_fields(total=str), "the field total was string"),
        (_fields(total=Decimal | None), "the field total was string"),
        (_fields(placed_at=str), "the field placed_at was string {'format': 'date-time'}, and is string"),
        (_fields(note=datetime.datetime | None), "the field note was string, and is string {'format': 'date-time'}"),
        (_fields(placed_at=datetime.date), "the field placed_at was string {'format': 'date-time'}"),
        (_fields(opens_at=str), "the field opens_at was string"),
        (_fields(coupon=str), "the field coupon is new and required"),
        (_fields(kind=NewKind), "the field kind may be new now, which consumers do not know"),
        (_fields(line=OtherLine), "the field line.quantity was integer, and is string"),
        (_fields(lines=list[OtherLine]), "the field lines[].quantity was integer, and is string"),
    ],
)
def test_a_change_that_consumers_cannot_read_is_told(catalogue: EventCatalogue, fields: type, message: str) -> None:
    with pytest.raises(EventCatalogueError) as error:
        _catalogue(fields).check_against(catalogue)
    assert message in str(error.value)
    assert "OrderPlaced of com.example.orders" in str(error.value)
    assert "read by invoices: IssueInvoice, invoices: Tests" in str(error.value)
    assert "declare version 2" in str(error.value)
    # A version of its own may be anything, unless it says that it is compatible.
    _catalogue(fields, version=2).check_against(catalogue)
    with pytest.raises(EventCatalogueError):
        _catalogue(fields, version=2, compatible_since=1).check_against(catalogue)


def _of_form_1(catalogue: EventCatalogue) -> EventCatalogue:
    """Give a catalogue as former versions wrote it, which told no time from a text."""
    text = catalogue.to_json().replace('"format": "date-time",', "")
    plain = json.loads(re.sub(r'"pattern": "\^\[0-9\][^"]*",', "", text))
    del plain["form"]
    return EventCatalogue.from_json(json.dumps(plain))


def test_a_catalogue_that_told_no_times_is_no_reason_to_fail(catalogue: EventCatalogue, tmp_path: Path) -> None:
    committed = tmp_path / "events.json"
    old = _of_form_1(catalogue)
    assert old.form == 1
    properties = cast("dict[str, object]", old.events[0].schema["properties"])
    assert properties["placed_at"] == properties["opens_at"] == {"type": "string"}
    catalogue.check_against(old)
    with pytest.raises(EventCatalogueError, match="the field note was string, and is integer"):
        _catalogue(_fields(note=int | None)).check_against(old)
    with pytest.raises(EventCatalogueError, match=r"the field note was string, and is string .*uuid"):
        _catalogue(_fields(note=uuid.UUID | None)).check_against(old)
    # Once it is written again, a text is none of them.
    committed.write_text(catalogue.to_json(), "utf-8")
    catalogue.check_against(committed)
    with pytest.raises(EventCatalogueError, match="the field note was string"):
        _catalogue(_fields(note=datetime.datetime | None)).check_against(committed)


def test_an_event_that_is_gone_while_it_is_consumed_is_told(catalogue: EventCatalogue) -> None:
    with pytest.raises(EventCatalogueError, match="is gone, and was consumed by invoices: IssueInvoice"):
        EventCatalogue(events=()).check_against(catalogue)
    EventCatalogue(events=()).check_against(_catalogue(consumed=False))


def test_a_version_does_not_go_back() -> None:
    with pytest.raises(EventCatalogueError, match="went back from version 3 to 1"):
        _catalogue().check_against(_catalogue(version=3, compatible_since=1))


def test_what_consumers_cannot_do_without_a_name_is_not_hidden() -> None:
    with pytest.raises(EventCatalogueError, match="no consumer known here"):
        _catalogue(_fields(total=str), consumed=False).check_against(_catalogue(consumed=False))


def _declared(version: int = 1, compatible_since: int | None = None, **fields: object) -> type:
    members = {"__annotations__": {name: hint for name, hint in fields.items() if name[0] != "_"}}
    made: type = type("OrderPlaced", (), {**members, "__module__": __name__, "note": None})
    event: type = EventSource("com.example.orders").event(version=version, compatible_since=compatible_since)(made)
    return event


def _misread(*, published: type, read: type) -> EventCatalogue:
    stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "Shop")
    bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
    bus.add_publisher(SinglePurposeFunction(stack, "PlaceOrder", entry=ENTRY, handler=HANDLER), published)
    bus.route(read, to=sqs.Queue(stack, "Audit"))
    return EventCatalogue.of(stack)


@pytest.mark.parametrize(
    ("published", "read", "message"),
    [
        (
            _declared(2, order_id=int),
            _declared(order_id=str),
            "Shop: PlaceOrder publishes version 2, and Shop: Audit reads version 1, which are not compatible",
        ),
        (_declared(order_id=str), _declared(2, order_id=str), "publishes version 1, and Shop: Audit reads version 2"),
        (_declared(2, 1, order_id=int), _declared(order_id=str), "the field order_id was string, and is integer"),
        (_declared(2, 1, order_id=str), _declared(order_id=str, total=int), "the field total is gone"),
        (_declared(order_id=str | None), _declared(order_id=str), "the field order_id was string"),
        (_declared(kind=NewKind), _declared(kind=Kind), "the field kind may be new now"),
        (_declared(at=str), _declared(at=datetime.datetime), "the field at was string {'format': 'date-time'}, and is"),
        (
            _declared(at=datetime.date),
            _declared(at=datetime.datetime),
            "the field at was string {'format': 'date-time'}",
        ),
        (_declared(at=str), _declared(at=datetime.time), "the field at was string"),
        (_declared(total=str), _declared(total=Decimal), "the field total was string"),
        (_declared(at=str | None), _declared(at=datetime.datetime | None), "the field at was string"),
    ],
)
def test_what_its_consumer_cannot_read_is_told(published: type, read: type, message: str) -> None:
    catalogue = _misread(published=published, read=read)
    for check in (catalogue.check_readers, lambda: catalogue.check_against(catalogue)):
        with pytest.raises(EventCatalogueError) as error:
            check()
        assert "OrderPlaced of com.example.orders: " in str(error.value)
        assert message in str(error.value)


@pytest.mark.parametrize(
    ("published", "read"),
    [
        (_declared(2, 1, order_id=str, note=str | None), _declared(order_id=str)),
        (_declared(order_id=str), _declared(2, 1, order_id=str, note=str | None)),
        (_declared(order_id=str, total=int), _declared(order_id=str)),
        (_declared(order_id=str), _declared(order_id=str | None)),
        (_declared(order_id=str | None), _declared(order_id=str | int | None)),
        (_declared(kind=Kind), _declared(kind=NewKind)),
        (_declared(weight=int), _declared(weight=float)),
        # A time is a text to who reads texts.
        (_declared(at=datetime.datetime), _declared(at=str)),
        (_declared(at=datetime.time), _declared(at=str)),
        (_declared(id=uuid.UUID, total=Decimal), _declared(id=str, total=str)),
        (_declared(at=list[datetime.date]), _declared(at=list[str] | None)),
    ],
)
def test_what_its_consumer_reads_is_fine(published: type, read: type) -> None:
    _misread(published=published, read=read).check_readers()


@dataclass(frozen=True, kw_only=True)
class LongerLine:
    """An article, with one thing more that may be missing."""

    sku: str
    quantity: int
    colour: str | None = None


@pytest.mark.parametrize("form", ["optional", "by-name", "list", "list-or-none"])
@pytest.mark.parametrize("is_readable", [True, False])
def test_classes_in_unions_and_mappings_are_looked_into(form: str, *, is_readable: bool) -> None:
    forms: dict[str, Callable[[type], tuple[object, str]]] = {
        "optional": lambda line: (line | None, "line"),
        "by-name": lambda line: (dict[str, line], "line.*"),  # type: ignore[valid-type] # made at run time
        "list": lambda line: (list[line], "line[]"),  # type: ignore[valid-type] # made at run time
        "list-or-none": lambda line: (list[line] | None, "line[]"),  # type: ignore[valid-type] # made at run time
    }
    before, path = forms[form](Line)
    after, _ = forms[form](LongerLine if is_readable else OtherLine)
    schemas = [data_schema(event_declaration(_declared(line=each))) for each in (before, after)]
    changes = incompatible_changes(*schemas)
    if is_readable:
        assert changes == ()
    else:
        assert [(change.field, change.change) for change in changes] == [
            (f"{path}.quantity", "was integer, and is string")
        ]


def test_unions_are_compared_as_wholes_where_more_than_one_part_changed() -> None:
    schemas = [data_schema(event_declaration(_declared(v=each))) for each in (str | int, bool | None | str)]
    (change,) = incompatible_changes(*schemas)
    assert change.change == "was string or integer, and is boolean or string or null"
