"""What is printed can be copied, on a narrow terminal too, and the useful sentence comes first."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from rich.console import Console

from best_practice_constructs.local.errors import SynthesisError
from best_practice_constructs.local.failed_starts import FailedStart
from best_practice_constructs.local.gateway import FailedIntegration
from best_practice_constructs.local.report import (
    show_environment,
    show_error,
    show_failed_integrations,
    show_failed_starts,
    show_usage,
)
from best_practice_constructs.local.usage_hints import UsageHint


def narrow() -> tuple[Console, io.StringIO]:
    output = io.StringIO()
    return Console(file=output, width=40), output


def test_the_first_version_of_the_command_line_is_warned_of() -> None:
    console, output = narrow()
    show_environment(console, {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_REGION": "us-east-1"})
    assert "AWS CLI v2" in output.getvalue().splitlines()[0]
    assert "  export AWS_ENDPOINT_URL=http://127.0.0.1:4566\n" in output.getvalue()
    assert "AWS CLI v1 needs --endpoint-url http://127.0.0.1:4566" in output.getvalue()


def test_an_error_is_not_wrapped() -> None:
    console, output = narrow()
    message = f"The app could not be synthesized: {'[S/F] neither entry nor code ' * 5}\nTraceback {'x' * 100}"
    show_error(console, SynthesisError(message))
    assert output.getvalue() == f"{message}\n"


def test_a_command_is_one_line_below_what_it_is_for() -> None:
    console, output = narrow()
    command = f"curl -i http://127.0.0.1:4566/{'orders/' * 10}"
    show_usage(console, apis=[UsageHint(name="Shop/Api: GET /orders", command=command)], logs=[])
    assert f"  Shop/Api: GET /orders\n    {command}\n" in output.getvalue()
    assert "logs" not in output.getvalue()


def test_a_failed_start_names_function_and_reason() -> None:
    console, output = narrow()
    at = datetime(2026, 11, 24, tzinfo=UTC)
    failure = FailedStart(function_name="shop-1A", path=None, reason="KeyError: 'TABLE' (place.py, line 7)", at=at)
    show_failed_starts(console, [failure])
    assert output.getvalue() == "shop-1A could not be loaded: KeyError: 'TABLE' (place.py, line 7)\n"


def test_a_failed_integration_names_method_and_reason() -> None:
    console, output = narrow()
    at = datetime(2026, 11, 24, tzinfo=UTC)
    failure = FailedIntegration(method="POST /orders (REST API a1, stage prod)", reason="the role r is gone.", time=at)
    show_failed_integrations(console, [failure, failure])
    assert output.getvalue() == "POST /orders (REST API a1, stage prod) failed: the role r is gone.\n" * 2
