"""A partner on this machine is told of events, with every kind of credentials and values where they were said."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from best_practice_constructs.local import Deployment, LocalStage
from best_practice_constructs.runtime import OutgoingEvent
from best_practice_constructs.runtime.event_entry import event_entry
from examples.order_invoice.listening_partner import TOKEN_PATH, Partner, listening_partner
from tests.end_to_end.api_destination_app import write_api_destination_app
from tests.end_to_end.invoice_event import InvoiceIssued

pytestmark = pytest.mark.end_to_end


@dataclass(frozen=True, kw_only=True)
class System:
    """What runs."""

    stage: LocalStage
    assembly: Path
    deployment: Deployment
    partner: Partner

    def issue(self, number: str, *, event_id: str) -> None:
        event = InvoiceIssued(number=number, customer="Ada & Co", total=Decimal("9.90"), lines=('a "b"', "c\n"))
        entry = event_entry(
            OutgoingEvent(event=event, event_id=event_id, correlation_id="c-1"),
            bus_name=self.deployment.stacks["Data"].physical_id("Bus/Bus"),
            resources=[],
            store=None,
        )
        answer = self.stage.client("events").put_events(Entries=[entry.request])
        assert answer["FailedEntryCount"] == 0


@pytest.fixture(scope="module")
def system(embedded_stage: LocalStage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    app = write_api_destination_app(tmp_path_factory.mktemp("api-destinations") / "app")
    with listening_partner() as partner:
        assembly = embedded_stage.synthesize(app)
        deployment = embedded_stage.deploy(assembly, parameters=_parameters(partner))
        yield System(stage=embedded_stage, assembly=assembly, deployment=deployment, partner=partner)


def _parameters(partner: Partner) -> dict[str, dict[str, str]]:
    return {name: {"Url": partner.url} for name in ("Partner", "Apart")}


def test_connections_and_destinations_are_made_and_reported_as_such(system: System) -> None:
    made = {(each.resource_type, each.path.split("/")[1]) for each in system.deployment.supplied}
    assert made == {
        ("AWS::Events::Connection", "Webhook"),
        ("AWS::Events::Connection", "Whole"),
        ("AWS::Events::Connection", "Token"),
        ("AWS::Events::ApiDestination", "Webhook"),
        ("AWS::Events::ApiDestination", "Whole"),
        ("AWS::Events::ApiDestination", "Again"),
        ("AWS::Events::ApiDestination", "Token"),
    }
    assert not [each for each in system.deployment.omitted if "Destination" in each.resource_type]
    assert not [each for each in system.deployment.replaced if "Destination" in each.reference]


def test_the_partner_gets_body_headers_path_and_query(system: System) -> None:
    system.issue("2026-1", event_id="e-1")
    (request,) = system.partner.wait_for(1, path="/webhooks/2026-1")
    path, _, query = request.path.partition("?")
    assert (request.method, path) == ("POST", "/webhooks/2026-1")
    assert parse_qs(query) == {"customer": ["Ada & Co"]}
    assert request.headers["x-api-key"] == "a-key"
    assert request.headers["x-kind"] == "invoice"
    assert request.headers["idempotency-key"] == "e-1"
    assert json.loads(request.body) == {
        "invoice": "2026-1",
        "amount": {"value": "9.90", "currency": "EUR"},
        "lines": ['a "b"', "c\n"],
        "note": "<&>",
        "correlation": "c-1",
    }


def test_without_a_body_the_partner_gets_the_whole_event(system: System) -> None:
    system.issue("2026-2", event_id="e-2")
    requests = system.partner.wait_for(2, path="/whole")
    request = next(each for each in requests if each.headers["idempotency-key"] == "e-2")
    event = json.loads(request.body)
    assert request.method == "PUT"
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"shop:a-password"
    assert event["detail-type"] == "InvoiceIssued"
    assert event["detail"]["data"]["number"] == "2026-2"
    assert event["detail"]["metadata"]["event_id"] == "e-2"


def test_a_connection_of_another_stack_and_a_token_open_the_door(system: System) -> None:
    system.issue("2026-3", event_id="e-3")
    again = next(each for each in system.partner.wait_for(3, path="/again") if "2026-3" in each.body)
    assert again.headers["x-api-key"] == "a-key"
    authorized = next(each for each in system.partner.wait_for(3, path="/authorized") if "2026-3" in each.body)
    assert authorized.headers["authorization"] == "Bearer a-token"
    asked = parse_qs(system.partner.wait_for(1, path=TOKEN_PATH)[0].body)
    assert asked == {
        "grant_type": ["client_credentials"],
        "client_id": ["shop"],
        "client_secret": ["a-password"],
        "scope": ["invoices"],
    }


def test_a_deployment_takes_what_the_secret_holds_then(system: System) -> None:
    secret = system.deployment.stacks["Data"].physical_id("Secret")
    changed = json.dumps({"key": "a-new-key", "username": "shop", "password": "a-password"})
    secrets = system.stage.client("secretsmanager")
    getattr(secrets, "put_secret_value")(SecretId=secret, SecretString=changed)  # noqa: B009 -- no stubs
    system.stage.deploy(system.assembly, parameters=_parameters(system.partner))
    system.issue("2026-4", event_id="e-4")
    (request,) = system.partner.wait_for(1, path="/webhooks/2026-4")
    assert request.headers["x-api-key"] == "a-new-key"
