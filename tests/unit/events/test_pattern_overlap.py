"""What two patterns have in common, and that nothing is certain of values that are known at deployment only."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from aws_cdk import App, Aws, CfnParameter, Stack
from aws_cdk import aws_events as events

from best_practice_constructs.events.pattern_overlap import Overlap, overlap

SOURCE: Mapping[str, object] = {"source": ["com.example.orders"]}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"source": ["com.example.orders"]}, Overlap.ALL),
        ({"source": [{"prefix": "com.example"}]}, Overlap.ALL),
        ({"source": ["com.example.orders"], "detail-type": ["OrderPlaced"]}, Overlap.SOME),
        ({"source": ["com.example.invoices"]}, Overlap.NONE),
        ({"source": [{"prefix": "org"}]}, Overlap.NONE),
    ],
)
def test_literal_patterns_are_compared(pattern: Mapping[str, object], expected: Overlap) -> None:
    assert overlap(pattern, of=SOURCE) is expected


def test_what_is_known_at_deployment_only_may_be_the_same() -> None:
    source = CfnParameter(Stack(App(), "Orders"), "Source").value_as_string
    for values in ([source], [{"prefix": source}], events.Match.prefix("com")):
        assert overlap({"source": values}, of=SOURCE) is Overlap.SOME
        assert overlap(SOURCE, of={"source": values}) is Overlap.SOME
    assert overlap({"account": [Aws.ACCOUNT_ID]}, of={"account": ["111122223333"]}) is Overlap.SOME
