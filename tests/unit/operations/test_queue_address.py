"""A queue by its address, ARN or name."""

from __future__ import annotations

import pytest

from best_practice_constructs.operations.queue_address import queue_name, region_in


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("arn:aws:sqs:eu-west-1:111122223333:dead", "eu-west-1"),
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/dead", "eu-west-1"),
        ("https://eu-west-1.queue.amazonaws.com/111122223333/dead", "eu-west-1"),
        ("http://127.0.0.1:4566/000000000000/dead", None),
        ("http://localhost:4566/000000000000/dead", None),
        ("dead", None),
        ("arn:none", None),
    ],
)
def test_an_address_or_arn_tells_the_region(text: str, region: str | None) -> None:
    assert region_in(text) == region


@pytest.mark.parametrize(
    "text", ["arn:aws:sqs:eu-west-1:111122223333:dead.fifo", "https://sqs/1/dead.fifo", "dead.fifo"]
)
def test_the_name_is_at_the_end(text: str) -> None:
    assert queue_name(text) == "dead.fifo"
