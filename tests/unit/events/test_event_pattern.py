"""Patterns as they are given: what EventBridge would refuse, and what would never match."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from aws_cdk import CfnParameter, Stack

from best_practice_constructs import InvalidArgumentError
from best_practice_constructs.events.event_pattern import event_pattern


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ({"source": "com.x"}, "'com.x' at source of the pattern cannot work: a pattern lists what it matches"),
        ({"source": "com.x"}, "Write ['com.x']"),
        ({"detail_type": ["OrderPlaced"]}, "no event has such a field, so it matches nothing. Write 'detail-type'"),
        ({"order": ["1"]}, "under 'detail'"),
        ({"detail": {"data": {"x": []}}}, "[] at detail.data.x of the pattern"),
        ({"detail": {"data": {}}}, "{} at detail.data of the pattern"),
        ({"detail": {"data": {"x": [{"prefx": "a"}]}}}, "the operator 'prefx' at detail.data.x"),
        ({"detail": {"data": {"x": [{"prefx": "a"}]}}}, "Write 'prefix'"),
        ({"detail": {"x": [{"like": "a"}]}}, "EventBridge knows prefix, suffix"),
        ({"detail": {"x": [{"numeric": [">=", "100"]}]}}, "numeric: ['>=', '100'] at detail.x of the pattern"),
        ({"detail": {"x": [{"numeric": [">=", "100"]}]}}, "Write {'numeric': ['>=', 100, '<', 500]}"),
        ({"detail": {"x": [{"numeric": 5}]}}, "numeric takes one or two comparisons"),
        ({"detail": {"x": [{"numeric": [">", True]}]}}, "numeric takes"),
        ({"detail": {"x": [{"numeric": ["<", 5, ">", 1]}]}}, "of two the lower bound first"),
        ({"detail": {"x": [{"numeric": [">", 5, "<", 1]}]}}, "of two the lower bound first"),
        ({"detail": {"x": [{"numeric": [">", 5_000_000_001]}]}}, "numeric takes"),
        ({"detail": {"x": [{"prefix": 3}]}}, "prefix takes a text. Write {'prefix': 'A'}"),
        ({"detail": {"x": [{"prefix": {"suffix": "a"}}]}}, "prefix takes a text"),
        ({"detail": {"x": [{"suffix": None}]}}, "suffix: None at detail.x"),
        ({"detail": {"x": [{"equals-ignore-case": ["a"]}]}}, "equals-ignore-case takes a text"),
        ({"detail": {"x": [{"exists": "yes"}]}}, "exists takes true or false. Write {'exists': True}"),
        ({"detail": {"x": [{"cidr": "10.0.0.0/33"}]}}, "cidr takes a range of addresses"),
        ({"detail": {"x": [{"cidr": 10}]}}, "cidr takes"),
        ({"detail": {"x": [{"wildcard": "a**b"}]}}, "a text with single stars"),
        ({"detail": {"x": [{"wildcard": "a\\b"}]}}, "a text with single stars"),
        ({"detail": {"x": [{"anything-but": ["a", 1]}]}}, "a list of only texts or only numbers"),
        ({"detail": {"x": [{"anything-but": []}]}}, "anything-but: [] at detail.x"),
        ({"detail": {"x": [{"anything-but": None}]}}, "anything-but: None at detail.x"),
        ({"detail": {"x": [{"anything-but": {}}]}}, "anything-but: {} at detail.x"),
        ({"detail": {"x": [{"anything-but": {"numeric": [">", 1]}}]}}, "the operator 'numeric' at detail.x"),
        ({"detail": {"x": [{"anything-but": {"prefix": ""}}]}}, "prefix: '' at detail.x"),
        ({"detail": {"x": [{"anything-but": {"suffix": ["a", 1]}}]}}, "suffix: ['a', 1] at detail.x"),
        ({"$or": [{"source": [{"prefix": 1}]}, {"source": ["a"]}]}, "prefix: 1 at source"),
        ({"detail": {"x": {"prefix": "a"}}}, "Write [{'prefix': 'a'}]"),
        ({"detail": {"x": {"numeric": [">", 1]}}}, "Write [{'numeric': ['>', 1]}]"),
        ({"detail": {"x": [{"prefix": "a", "suffix": "b"}]}}, "a comparison has one operator"),
        ({"detail": {"x": [["a"]]}}, "a list in a list at detail.x"),
        ({"detail": {"x": [b"a"]}}, "JSON has no such value"),
        ({"$or": [{"source": ["a"]}]}, "alternatives are two patterns or more"),
        ({"detail": {"$or": [{"x": [1]}, {}]}}, "$or at detail of the pattern"),
        ({"$or": [{"source": ["a"]}, {"sauce": ["b"]}]}, "Write 'source'"),
        ({"detail": {"$or": [{"x": [1]}, {"y": 2}]}}, "2 at detail.y of the pattern"),
    ],
)
def test_what_cannot_work_is_told(stack: Stack, pattern: Mapping[str, object], message: str) -> None:
    with pytest.raises(InvalidArgumentError) as error:
        event_pattern(stack, pattern)
    assert message in str(error.value)
    assert str(error.value).startswith("Stack: ")


@pytest.mark.parametrize(
    "pattern",
    [
        {"source": [{"prefix": ""}]},
        {
            "source": ["aws.ec2"],
            "resources": [{"suffix": "/web"}],
            "account": ["111122223333"],
            "region": ["eu-west-1"],
        },
        {"replay-name": [{"exists": False}]},
        {"time": [{"prefix": "2026-"}], "id": ["1"], "version": ["0"]},
        {"detail": {"state": [None, True, 1, 2.5, "x"], "address": [{"cidr": "10.0.0.0/24"}]}},
        {"detail": {"c-count": [{"numeric": [">", 0, "<=", 5]}], "s": [{"anything-but": {"prefix": "init"}}]}},
        {"detail": {"$or": [{"x": [1]}, {"y": [{"wildcard": "a*b"}]}]}},
        {"$or": [{"source": ["a"]}, {"detail-type": [{"equals-ignore-case": "b"}]}]},
        {"detail": {"x": [{"prefix": {"equals-ignore-case": "a"}}, {"suffix": {"equals-ignore-case": "a"}}]}},
        {"detail": {"x": [{"anything-but": ["a", "b"]}, {"anything-but": 1}, {"anything-but": {"wildcard": "*/b/*"}}]}},
        {
            "detail": {
                "x": [{"anything-but": {"prefix": ["a", "b"]}}, {"wildcard": "a\\*b*"}, {"cidr": "2001:db8::/32"}]
            }
        },
        {"detail": {"x": [{"numeric": ["=", 1.5]}, {"numeric": ["<", 5]}, {"numeric": [">=", -5, "<=", 5]}]}},
        {"detail": {"prefix": {"inner": ["a"]}, "numeric": ["a"]}},
    ],
)
def test_what_eventbridge_takes_is_taken(stack: Stack, pattern: Mapping[str, object]) -> None:
    assert event_pattern(stack, pattern) == (None, pattern)


def test_tuples_are_lists(stack: Stack) -> None:
    assert event_pattern(stack, {"detail": {"x": ("a", ("b",)[0])}}) == (None, {"detail": {"x": ["a", "b"]}})


def test_what_is_known_at_deployment_only_is_left_to_eventbridge(stack: Stack) -> None:
    limit = CfnParameter(stack, "Limit", type="Number").value_as_number
    network = CfnParameter(stack, "Network").value_as_string
    pattern = {
        "source": [{"prefix": network}],
        "detail": {"ip": [{"cidr": network}], "total": [{"numeric": [">", limit]}], "no": [{"wildcard": network}]},
    }
    assert event_pattern(stack, pattern)[1] == pattern
