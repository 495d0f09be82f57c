from __future__ import annotations

import gc
from dataclasses import dataclass

import pytest
from aws_cdk import App, Stack

from best_practice_constructs import ServiceDefaults, SinglePurposeFunction
from best_practice_constructs.weak_identity_map import WeakIdentityMap


@dataclass
class Equal:
    value: int = 1


def test_what_is_equal_is_not_the_same_and_needs_no_hash() -> None:
    known = WeakIdentityMap[Equal, str]()
    one, other = Equal(), Equal()
    known[one] = "one"
    assert other not in known
    with pytest.raises(KeyError):
        known[other]
    with pytest.raises(KeyError):
        del known[other]
    known[other] = "other"
    assert (known[one], known[other], list(known.values())) == ("one", "other", ["one", "other"])
    del known[one]
    assert list(known) == [other]


def test_nothing_is_kept_alive() -> None:
    known = WeakIdentityMap[Equal, str]()
    one = Equal()
    known[one] = "one"
    known[one] = "again"
    assert len(known) == 1
    del one
    gc.collect()
    assert len(known) == 0


def test_stacks_that_are_equal_are_two() -> None:
    class EqualStack(Stack):
        def __eq__(self, other: object) -> bool:
            return isinstance(other, EqualStack)

        def __hash__(self) -> int:
            return 1

    app = App(context={"aws:cdk:bundling-stacks": []})
    ServiceDefaults.development(service="orders").apply_to(app)
    paths = [
        SinglePurposeFunction(
            EqualStack(app, name),
            "PlaceOrder",
            entry="examples/single_purpose_function/service",
            handler="greet.handler",
        ).node.path
        for name in ("One", "Two")
    ]
    assert paths == ["One/PlaceOrder", "Two/PlaceOrder"]
