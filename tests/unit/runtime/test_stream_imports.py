"""A stream consumer loads what it uses, and nothing else (L2, L3)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
from best_practice_constructs.runtime import Change, {decorator}

@{decorator}
def handler(change: Change) -> None:
    pass

import sys
print(*sys.modules)
"""
NOT_EVEN = {
    "aws_cdk",
    "aws_lambda_powertools.utilities.batch",
    "aws_xray_sdk",
    "boto3",
    "botocore.client",
    "botocore.session",
    "jsii",
    "pydantic",
}


@pytest.mark.parametrize("decorator", ["stream_consumer", "change_publisher"])
def test_a_handler_loads_nothing_that_it_does_not_use(decorator: str) -> None:
    program = PROGRAM.format(decorator=decorator)
    out = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{program}"],
        env={**os.environ, "LAMBDA_TASK_ROOT": "/var/task"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(out.stdout.split()) & NOT_EVEN


def test_the_decorator_is_found_whatever_was_imported_before() -> None:
    code = (
        "import best_practice_constructs.runtime.stream_consumer_decorator\n"
        "from best_practice_constructs.runtime import stream_consumer\n"
        "assert callable(stream_consumer)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
