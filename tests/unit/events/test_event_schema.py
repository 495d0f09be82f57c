"""What is published fits the schema of its event, always."""

from __future__ import annotations

import datetime
import enum
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, cast

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from pydantic import BaseModel, ConfigDict, create_model

from best_practice_constructs import EventSchemaRegistry, EventSource, InvalidArgumentError
from best_practice_constructs.events.event_schema import data_schema, event_schema
from best_practice_constructs.runtime import OutgoingEvent, event_declaration
from best_practice_constructs.runtime.event_entry import event_entry
from best_practice_constructs.runtime.event_type import Event
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.examples import examples
from tests.unit.helpers.formats import FORMATS
from tests.unit.helpers.templates import resources_of_type

orders = EventSource("com.example.orders")
empty = EventSource("com.example.empty")
recursive = EventSource("com.example.recursive")


class Kind(enum.Enum):
    """A kind of order."""

    GIFT = "gift"
    OWN = "own"


@dataclass(frozen=True, kw_only=True)
class Line:
    """An article."""

    sku: str
    net: Decimal
    discount: Decimal | None = None


@orders.event(version=2, compatible_since=1)
class OrderPlaced(Event):
    """An order with a field of each kind."""

    order_id: uuid.UUID
    kind: Kind
    total: Decimal
    line: Line
    best: Line | None
    lines: tuple[Line, ...]
    note: str | int | None
    day: datetime.date
    placed_at: datetime.datetime
    opens_at: datetime.time
    takes: datetime.timedelta
    ratio: float
    channel: Literal["web", 1]
    position: tuple[int, bool]
    labels: dict[str, list[int]] = field(default_factory=dict)


@orders.event
class OrderShipped(BaseModel):
    """An order on its way."""

    model_config = ConfigDict(frozen=True)

    order_id: str
    weight: Decimal
    shipped_at: datetime.datetime
    opens_at: datetime.time
    takes: datetime.timedelta
    parcel: Line


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of parts."""

    parts: list[Part]


_DECLARED: tuple[type, ...] = (OrderPlaced, OrderShipped)
_DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_LINES = st.builds(Line, net=_DECIMALS, discount=st.none() | _DECIMALS)
_TIMES = st.datetimes(timezones=st.just(datetime.UTC))
_HOURS = st.times(
    timezones=st.none() | st.just(datetime.UTC) | st.just(datetime.timezone(datetime.timedelta(hours=-3)))
)
_EVENTS = st.builds(
    OrderPlaced,
    total=_DECIMALS,
    line=_LINES,
    best=st.none() | _LINES,
    lines=st.lists(_LINES, max_size=3).map(tuple),
    note=st.none() | st.text() | st.integers(-(2**63), 2**63 - 1),
    placed_at=_TIMES,
    opens_at=_HOURS,
    ratio=_FLOATS,
    labels=st.dictionaries(st.text(), st.lists(st.integers(-9, 9))),
    position=st.tuples(st.integers(-9, 9), st.booleans()),
) | st.builds(OrderShipped, weight=_DECIMALS, shipped_at=_TIMES, opens_at=_HOURS, parcel=_LINES)
_VALIDATORS: dict[type, Draft4Validator] = {
    event: Draft4Validator(event_schema(event_declaration(event)), format_checker=FORMATS) for event in _DECLARED
}


def _published(event: object) -> dict[str, object]:
    request = event_entry(OutgoingEvent(event=event), bus_name="bus", resources=["arn"]).request
    return {
        "source": request["Source"],
        "detail-type": request["DetailType"],
        "resources": request["Resources"],
        "detail": json.loads(request["Detail"]),
    }


@settings(deadline=None, max_examples=examples(100))
@given(_EVENTS)
def test_what_is_published_fits_the_schema(event: object) -> None:
    _VALIDATORS[type(event)].validate(_published(event))


@pytest.mark.slow
def test_ten_thousand_published_events_fit_the_schema() -> None:
    checked: list[object] = []

    @settings(deadline=None, max_examples=10_000, database=None)
    @given(_EVENTS)
    def fits(event: object) -> None:
        _VALIDATORS[type(event)].validate(_published(event))
        checked.append(event)

    fits()
    assert len(checked) >= 10_000


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("detail", "data", "kind"), "other"),
        (("detail", "data", "total"), "much"),
        (("detail", "data", "line", "sku"), 17),
        (("detail", "data", "order_id"), "17"),
        (("detail", "data", "day"), "2026-02-30"),
        (("detail", "data", "placed_at"), "2026-01-01T00:00:00"),
        (("detail", "data", "opens_at"), "9:30"),
        (("detail", "data", "takes"), "long"),
        (("detail", "metadata", "event_id"), None),
        (("detail", "numbers", "total"), "9.90"),
        (("detail-type",), "OrderShipped"),
    ],
)
def test_what_is_no_such_event_does_not_fit(path: tuple[str, ...], value: object) -> None:
    line = Line(sku="A", net=Decimal("9.90"))
    event = _published(
        OrderPlaced(
            order_id=uuid.UUID(int=1),
            kind=Kind.GIFT,
            total=Decimal(1),
            line=line,
            best=None,
            lines=(line,),
            note=None,
            day=datetime.date(2026, 1, 1),
            placed_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
            opens_at=datetime.time(9, 30),
            takes=datetime.timedelta(days=1.5),
            ratio=1.0,
            channel="web",
            position=(1, True),
        )
    )
    inner = event
    for name in path[:-1]:
        inner = cast("dict[str, object]", inner[name])
    inner[path[-1]] = value
    assert not _VALIDATORS[OrderPlaced].is_valid(event)


def _event_of(source: str, detail_type: str) -> EventSource:
    made = EventSource(source)
    fields = {"__annotations__": {"order_id": str}, "__module__": __name__}
    made.event(detail_type=detail_type, name_is_past_tense=True)(type("OrderPlaced", (), fields))
    return made


@pytest.mark.parametrize(
    "hint", [datetime.datetime, datetime.date, datetime.time, datetime.timedelta, uuid.UUID, Decimal]
)
def test_models_and_dataclasses_say_the_same_of_a_field(hint: type) -> None:
    frozen = ConfigDict(frozen=True)
    model: type[BaseModel] = create_model("OrderPlaced", __config__=frozen, at=(hint, ...))
    fields = {"__annotations__": {"at": hint}, "__module__": __name__}
    plain: type = EventSource("com.example.plain").event(type("OrderPlaced", (), fields))
    event = EventSource("com.example.models").event(model)
    schemas = [data_schema(event_declaration(each))["properties"] for each in (event, plain)]
    assert schemas[0] == schemas[1]
    assert schemas[0] != {"at": {"type": "string"}}


class TestRegistry:
    def test_two_sources_may_have_an_event_of_the_same_name(self, stack: Stack) -> None:
        web, shop = _event_of("com.example.web", "OrderPlaced"), _event_of("com.example.shop", "OrderPlaced")
        EventSchemaRegistry(stack, "Schemas", sources=[web, shop])
        schemas = resources_of_type(Template.from_stack(stack), "AWS::EventSchemas::Schema").values()
        assert sorted(str(schema["SchemaName"]) for schema in schemas) == [
            "com.example.shop@OrderPlaced",
            "com.example.web@OrderPlaced",
        ]

    @pytest.mark.parametrize(
        ("source", "detail_type", "name"),
        [
            ("com.example/p", "Order placed / by web", "com.example-p@OrderPlacedByWeb"),
            ("com.example", "EC2 Instance State-change Noted", "com.example@EC2InstanceStateChangeNoted"),
            ("com.example", "Bestellung möglich geworden", "com.example@BestellungMGlichGeworden"),
            ("com.example", "order.placed_v2", "com.example@Order.placed_v2"),
        ],
    )
    def test_a_name_has_only_what_schemas_may_have(
        self, stack: Stack, source: str, detail_type: str, name: str
    ) -> None:
        EventSchemaRegistry(stack, "Schemas", sources=[_event_of(source, detail_type)])
        (schema,) = resources_of_type(Template.from_stack(stack), "AWS::EventSchemas::Schema").values()
        assert schema["SchemaName"] == name
        assert json.loads(str(schema["Content"]))["properties"]["detail-type"] == {"enum": [detail_type]}

    @pytest.mark.parametrize(
        ("other", "message"),
        [
            (("com.example-p", "OrderPlaced"), "both schemas would have the name 'com.example-p@OrderPlaced'"),
            (("com.example", "订单"), "Name the event in such letters"),
        ],
    )
    def test_names_that_cannot_be_are_told(self, stack: Stack, other: tuple[str, str], message: str) -> None:
        sources = [_event_of("com.example/p", "Order placed"), _event_of(*other)]
        with pytest.raises(InvalidArgumentError) as error:
            EventSchemaRegistry(stack, "Schemas", sources=sources)
        assert message in str(error.value)
        assert str(error.value).startswith("Stack/Schemas: ")

    def test_every_event_has_its_schema(self, stack: Stack) -> None:
        registry = EventSchemaRegistry(stack, "Schemas", sources=[orders], description="Orders")
        template = Template.from_stack(stack)
        schemas = resources_of_type(template, "AWS::EventSchemas::Schema").values()
        assert {str(schema["SchemaName"]) for schema in schemas} == {
            "com.example.orders@OrderPlaced",
            "com.example.orders@OrderShipped",
        }
        for schema in schemas:
            assert schema["Type"] == "JSONSchemaDraft4"
            content = cast("Mapping[str, object]", json.loads(str(schema["Content"])))
            Draft4Validator.check_schema(content)
            assert content["title"] in ("OrderPlaced", "OrderShipped")
        assert registry.schemas[OrderPlaced].description == "Version 2"

    def test_a_source_without_events_is_refused(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="Import the module that declares its events"):
            EventSchemaRegistry(stack, "Schemas", sources=[empty])

    def test_an_event_that_no_schema_describes_is_refused(self, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
        # As in Lambda: elsewhere it could not even be declared.
        monkeypatch.setenv("LAMBDA_TASK_ROOT", "/var/task")

        @recursive.event
        class PartAssembled(Event):
            part: Part

        with pytest.raises(InvalidArgumentError, match="Part contains itself"):
            EventSchemaRegistry(stack, "Schemas", sources=[recursive])

    def test_two_registries_and_two_stacks_are_compliant(self) -> None:
        app = App()
        for name in ("Blue", "Green"):
            stack = Stack(app, name)
            EventSchemaRegistry(stack, "A", sources=[orders])
            EventSchemaRegistry(stack, "B", sources=[orders])
        assert not findings(app).open
