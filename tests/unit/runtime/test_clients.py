"""Clients, created once."""

from __future__ import annotations

import json
import os
from pathlib import Path

import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError

from best_practice_constructs.runtime import clients


def test_a_client_is_created_once_and_retries() -> None:
    client = clients.client("dynamodb")
    assert client is clients.client("dynamodb")
    assert client.meta.config.retries == {"mode": "standard", "total_max_attempts": 4}  # type: ignore[attr-defined]  # untyped
    assert client.meta.config.read_timeout == 10  # type: ignore[attr-defined]  # untyped


def test_who_retries_himself_gets_a_client_that_does_not() -> None:
    client = clients.single_attempt_client("sqs")
    assert client is clients.single_attempt_client("sqs") is not clients.client("sqs")
    assert client.meta.config.retries == {"mode": "standard", "total_max_attempts": 1}  # type: ignore[attr-defined]  # untyped


def test_another_client_can_take_its_place_until_it_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    stub = object()
    clients.use("s3", stub)
    assert clients.client("s3") is stub
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    clients.forget()
    assert clients.client("s3").meta.endpoint_url == "http://127.0.0.1:1"


def test_a_client_is_the_one_that_a_session_of_botocore_gives() -> None:
    theirs = botocore.session.get_session().create_client("sqs")
    ours = clients.client("sqs")
    assert ours.meta.endpoint_url == theirs.meta.endpoint_url
    assert ours.meta.service_model.operation_names == theirs.meta.service_model.operation_names


def test_clients_share_what_was_read_and_find_their_own_paginators() -> None:
    clients.forget()
    first, second = clients.client("dynamodb"), clients.client("sqs")
    assert first.can_paginate("query")
    assert second.can_paginate("list_queues")
    with pytest.raises(ValueError, match="NoSuchWaiter"):
        second.get_waiter("NoSuchWaiter")


def test_no_other_service_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    clients.forget()
    seen: list[str] = []
    listed = os.listdir

    def list_directory(place: str) -> list[str]:
        seen.append(place)
        return listed(place)

    monkeypatch.setattr("os.listdir", list_directory)
    clients.client("sqs")
    assert {Path(place).name for place in seen} == {"sqs"}


def test_a_service_that_nobody_knows_is_named_with_those_there_are() -> None:
    clients.forget()
    with pytest.raises(UnknownServiceError, match=r"no-such-service.*dynamodb"):
        clients.client("no-such-service")


def test_data_of_the_users_own_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    loader = botocore.session.get_session().get_component("data_loader")
    own = tmp_path / "own-queues" / "2026-11-24"
    own.mkdir(parents=True)
    for name in ("service-2", "endpoint-rule-set-1"):
        content = loader.load_service_model("sqs", name)
        (own / f"{name}.json").write_text(json.dumps(content), "utf-8")
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    clients.forget()
    assert "list_queues" in dir(clients.client("own-queues"))
    clients.forget()
