"""Clients, created once."""

from __future__ import annotations

import pytest

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
