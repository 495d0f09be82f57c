"""Log lines read as Powertools writes them, whatever is in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from math import isfinite

import msgspec
import pytest
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs.runtime import telemetry
from best_practice_constructs.runtime.log_line import log_line, parsed_message

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats().filter(lambda number: isfinite(number) and repr(number) == msgspec.json.encode(number).decode())
    | st.text(st.characters())
    | st.decimals()
    | st.datetimes()
    | st.binary(),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts, max_size=3),
    max_leaves=5,
)


@given(st.floats())
def test_a_number_is_the_same_number(number: float) -> None:
    line = json.loads(log_line({"number": number}))
    assert line["number"] == (number if isfinite(number) else None)


@given(st.text() | _VALUES.map(lambda value: json.dumps(value, default=str)))
def test_a_message_that_is_json_is_read_as_such(text: str) -> None:
    def read(parse: Callable[[str], object]) -> object:
        try:
            return repr(parse(text))
        except ValueError:
            return "not JSON"

    assert read(parsed_message) == read(json.loads)


@given(st.dictionaries(st.text(st.characters()), _VALUES, max_size=6))
def test_it_is_what_powertools_writes(fields: dict[str, object]) -> None:
    assert log_line(fields) == LambdaPowertoolsFormatter().serialize(fields)


def test_the_logger_writes_lines_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.forget()
    telemetry.logger().info("Sold", amount=Decimal("9.90"), at=datetime(2026, 11, 24, tzinfo=UTC), to="Zoë")
    line = json.loads(capsys.readouterr().out)
    assert (line["amount"], line["at"], line["to"]) == ("9.90", "2026-11-24 00:00:00+00:00", "Zoë")


def test_for_developers_powertools_indents_them() -> None:
    # In a process of its own: Powertools keeps how it was set up.
    program = "from best_practice_constructs.runtime import logger; logger().info('Sold')"
    variables = {**os.environ, "POWERTOOLS_SERVICE_NAME": "developed", "POWERTOOLS_DEV": "true"}
    done = subprocess.run([sys.executable, "-c", program], env=variables, capture_output=True, text=True, check=True)
    assert '\n    "message":"Sold"' in done.stdout
