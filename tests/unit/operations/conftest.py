"""What the operators' commands share in tests: an AWS in memory that does not wait."""

from __future__ import annotations

from collections.abc import Generator

import botocore.session
import pytest
from moto import mock_aws

from best_practice_constructs.operations import dead_letter_queue
from best_practice_constructs.runtime import clients
from tests.unit.operations.redrive_support import FakeAws


@pytest.fixture(scope="session")
def stubbed_clients() -> dict[str, object]:
    """Provide clients to be stubbed: to make them takes longer than a test."""
    session = botocore.session.get_session()
    session.set_credentials("testing", "testing")
    return {name: session.create_client(name, region_name="us-east-1") for name in ("lambda", "events", "sns")}


@pytest.fixture
def fake_aws(stubbed_clients: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> Generator[FakeAws]:
    """Provide queues in memory; the other services are stubbed."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setattr(dead_letter_queue, "_WAIT_SECONDS", 0)
    clients.forget()
    with mock_aws():
        aws = FakeAws(sqs=clients.client("sqs"), others=stubbed_clients)
        yield aws
        for stubber in aws.stubbers.values():
            stubber.deactivate()
    clients.forget()
