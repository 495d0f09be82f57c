from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, cast

import pytest
from aws_cdk import App, Stack
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Meta

from best_practice_constructs import (
    BodyField,
    EnrichedEventBus,
    EventSource,
    Header,
    IdempotentQueueConsumer,
    InvalidArgumentError,
    PathParameter,
    ProvisionedApi,
    PutEvent,
    ServiceDefaults,
)
from best_practice_constructs.runtime.event_type import Event
from best_practice_constructs.runtime.queue_message import MessageReader
from tests.unit.api.direct.support import DeployedRoute, deployed, request
from tests.unit.helpers.entries import ENTRY, HANDLER

partners = EventSource("com.example.partners")


@dataclass(frozen=True, kw_only=True)
class Parcel:
    weight: int
    content: str | None = None


@partners.event(version=3, compatible_since=2, changed=("parcel.state",))
class ParcelDelivered(Event):
    partner: str
    parcel_id: str
    fee: Decimal
    signed: bool
    parcels: Annotated[list[Parcel], Meta(max_length=9)]
    delivered_at: datetime
    comment: str = "none"


@partners.event
class PartnerAdded(Event):
    number: int


@dataclass(frozen=True, kw_only=True)
class Delivery:
    parcel_id: str
    fee: Decimal
    signed: bool
    parcels: Annotated[list[Parcel], Meta(max_length=9)]
    delivered_at: datetime
    partner: str = "me"
    undeclared: str = ""


DELIVERY: Mapping[str, object] = {
    "parcel_id": "p'1",
    "fee": "1.50",
    "signed": True,
    "parcels": [{"weight": 3, "content": "books"}, {"weight": 1}],
    "delivered_at": "2026-11-30T10:00:00Z",
    "partner": "somebody else",
    "undeclared": "x",
}
TOOK = {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}


@pytest.fixture(scope="module")
def route() -> DeployedRoute:
    def build(stack: Stack) -> None:
        ServiceDefaults(service="shop", stage="live", application_version="1.2").apply_to(stack)
        direct = PutEvent(
            EnrichedEventBus(stack, "Bus"),
            event=ParcelDelivered,
            fields={"partner": PathParameter("partner")},
            event_id=Header("Idempotency-Key"),
            location="deliveries/{event_id}",
        )
        ProvisionedApi(stack, "Api").post("/events/{partner}", direct, body=Delivery)

    return deployed(build, "POST")


def _entry(text: str) -> dict[str, object]:
    (entry,) = json.loads(text)["Entries"]
    return cast("dict[str, object]", entry)


def _message(entry: Mapping[str, object]) -> str:
    """Give what a queue behind the bus gets."""
    return json.dumps({"detail-type": entry["DetailType"], "source": entry["Source"], "detail": _detail(entry)})


def _detail(entry: Mapping[str, object]) -> dict[str, dict[str, object]]:
    return cast("dict[str, dict[str, object]]", json.loads(str(entry["Detail"])))


class TestEvent:
    def test_a_consumer_reads_it_as_if_a_function_had_published_it(self, route: DeployedRoute) -> None:
        given = request(
            DELIVERY,
            path={"partner": "post"},
            header={"Idempotency-Key": "d-1"},
            requestId="r-1",
            requestTime="01/Dec/2026:04:29:01 +0000",
            requestTimeEpoch=1796099341042,
        )
        entry = _entry(route.request(given))
        reader, text = MessageReader(event=ParcelDelivered, wants_metadata=True), _message(entry)
        read = reader.typed(text, body=reader.body(text))
        assert read.metadata is not None
        assert read.metadata.occurred_at == datetime(2026, 12, 1, 4, 29, 1, 42_000, UTC)
        assert read.event == ParcelDelivered(
            partner="post",
            parcel_id="p'1",
            fee=Decimal("1.50"),
            signed=True,
            parcels=[Parcel(weight=3, content="books"), Parcel(weight=1)],
            delivered_at=datetime(2026, 11, 30, 10, tzinfo=UTC),
        )

    def test_the_envelope_tells_where_it_comes_from(self, route: DeployedRoute) -> None:
        given = request(
            DELIVERY,
            path={"partner": "post"},
            header={"Idempotency-Key": "d-1"},
            requestId="r-1",
            stage="v1",
            requestTime="01/Dec/2026:04:29:01 +0000",
            requestTimeEpoch=1796099341042,
        )
        entry = _entry(route.request(given))
        assert (entry["Source"], entry["DetailType"]) == ("com.example.partners", "ParcelDelivered")
        assert _detail(entry)["metadata"] == {
            "event_id": "d-1",
            "service": "shop",
            "stage": "live",
            "application_version": "1.2",
            "correlation_id": "r-1",
            "causation_id": None,
            "schema_version": 3,
            "compatible_since": 2,
            "occurred_at": "2026-12-01T04:29:01.042Z",
            "changed": ["parcel.state"],
        }
        (resource,) = cast("list[str]", entry["Resources"])
        assert resource.startswith("arn:Partition:execute-api:Region:AccountId:")
        assert resource.endswith("/v1/POST/events/{partner}")
        assert "Bus" in str(entry["EventBusName"])

    def test_the_role_may_put_this_event_on_this_bus(self, route: DeployedRoute) -> None:
        (statement,) = route.statements
        assert statement["Action"] == "events:PutEvents"
        assert statement["Condition"] == {
            "ForAllValues:StringEquals": {
                "events:source": "com.example.partners",
                "events:detail-type": ["ParcelDelivered"],
            },
            "Null": {"events:source": "false", "events:detail-type": "false"},
        }

    @settings(max_examples=30, deadline=None)
    @given(text=st.text(min_size=1), key=st.text(min_size=1), weight=st.integers(), fee=st.decimals(allow_nan=False))
    def test_no_value_breaks_out_of_its_place(
        self, route: DeployedRoute, text: str, key: str, weight: int, fee: Decimal
    ) -> None:
        parcels = [{"weight": weight, "content": text}]
        body = {**DELIVERY, "parcel_id": text, "fee": str(fee), "parcels": parcels}
        given = request(body, path={"partner": text}, header={"Idempotency-Key": key}, requestId=text)
        entry = _entry(route.request(given))
        assert set(entry) == {"Source", "DetailType", "EventBusName", "Resources", "Detail"}
        detail = _detail(entry)
        assert set(detail) == {"metadata", "data"}
        assert detail["data"] == {
            "partner": text,
            "parcel_id": text,
            "fee": str(fee),
            "signed": True,
            "parcels": parcels,
            "delivered_at": DELIVERY["delivered_at"],
            "comment": "none",
        }
        assert detail["metadata"]["event_id"] == key
        assert detail["metadata"]["correlation_id"] == text

    @settings(max_examples=20, deadline=None)
    @given(wrong=st.recursive(st.text() | st.booleans() | st.none() | st.floats(allow_nan=False), st.lists))
    def test_not_even_what_validation_would_have_refused(self, route: DeployedRoute, wrong: object) -> None:
        body = {**DELIVERY, "signed": wrong, "parcels": [{"weight": wrong}], "fee": wrong}
        given = request(body, path={"partner": "post"}, header={"Idempotency-Key": "k"})
        data = _detail(_entry(route.request(given)))["data"]
        assert isinstance(data["signed"], bool)
        assert data["partner"] == "post"


class TestAnswer:
    def test_what_the_bus_took_is_accepted(self, route: DeployedRoute) -> None:
        answer = route.answer(200, TOOK, request(header={"idempotency-key": "d 1"}))
        assert answer.status == 202
        assert answer.document == {"event_id": "d 1"}
        assert answer.headers["Location"] == "deliveries/d%201"

    @pytest.mark.parametrize(("code", "status"), [("ThrottlingException", 429), ("InternalFailure", 503)])
    def test_what_the_bus_did_not_take_is_not_accepted(self, route: DeployedRoute, code: str, status: int) -> None:
        failed = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": code, "ErrorMessage": "secret"}]}
        answer = route.answer(200, failed, request(header={"Idempotency-Key": "d-1"}))
        assert answer.status == status
        assert answer.headers["Retry-After"] == "1"
        assert "Location" not in answer.headers
        assert "secret" not in answer.text

    @pytest.mark.parametrize(
        ("service_status", "code", "status"),
        [(400, "ThrottlingException", 429), (400, "ValidationException", 400), (400, "AccessDeniedException", 500)],
    )
    def test_refusals_are_problem_documents(
        self, route: DeployedRoute, service_status: int, code: str, status: int
    ) -> None:
        assert route.answer(service_status, {"__type": code, "message": "secret"}, request()).status == status


@dataclass(frozen=True, kw_only=True)
class Number:
    number: str


@dataclass(frozen=True, kw_only=True)
class MaybeNumber:
    number: int | None = None


@dataclass(frozen=True, kw_only=True)
class Other:
    other: int


class TestErrors:
    @pytest.mark.parametrize(
        ("body", "options", "words"),
        [
            (Other, {}, "nothing fills its field 'number'"),
            (Number, {}, "it is a whole number, and what fills it is a text"),
            (MaybeNumber, {}, "may be missing"),
            (Other, {"fields": {"number": PathParameter("id")}}, "what fills it is a text"),
            (Other, {"fields": {"wrong": BodyField("other")}}, "has no such field"),
            (Other, {"fields": {"number": BodyField("other")}, "event_id": BodyField("none")}, "no field 'none'"),
        ],
    )
    def test_what_cannot_work_is_refused_at_construction(
        self, stack: Stack, body: type, options: dict[str, object], words: str
    ) -> None:
        api = ProvisionedApi(stack, "Api")
        direct = PutEvent(EnrichedEventBus(stack, "Bus"), event=PartnerAdded, **options)  # type: ignore[arg-type] # wrong on purpose
        with pytest.raises(InvalidArgumentError, match=words):
            api.post("/partners/{id}", direct, body=body)

    def test_routes_that_compare_numbers_are_refused_at_synth(self, app: App, stack: Stack) -> None:
        bus = EnrichedEventBus(stack, "Bus")
        work = IdempotentQueueConsumer(stack, "Work", entry=ENTRY, handler=HANDLER)
        bus.route(PartnerAdded.where(number__gte=3), to=work)
        direct = PutEvent(bus, event=PartnerAdded, fields={"number": BodyField("other")})
        ProvisionedApi(stack, "Api").post("/partners", direct, body=Other)
        with pytest.raises(RuntimeError, match="POST /partners"):
            app.synth()

    def test_the_bus_knows_who_publishes(self, stack: Stack) -> None:
        bus = EnrichedEventBus(stack, "Bus")
        api = ProvisionedApi(stack, "Api")
        api.post("/partners", PutEvent(bus, event=PartnerAdded, fields={"number": BodyField("other")}), body=Other)
        assert [publication.publisher for publication in bus.publications] == [api]
