from __future__ import annotations

import pytest
from aws_cdk import App, Stack, Stage
from constructs import Construct

from best_practice_constructs.construct_place import id_of, path_below, path_of, root_of, stack_of, tell_place
from tests.unit.helpers.crossings import counted_crossings


def _told(scope: Construct, id: str) -> Construct:
    construct = Construct(scope, id)
    tell_place(construct, scope=scope, id=id)
    return construct


@pytest.mark.parametrize("id", ["Orders", "On-Order_Placed", "a/b", "a:b", "GET /orders"])
def test_it_says_what_the_cdk_says(app: App, id: str) -> None:
    scope = Stack(Stage(app, "Beta"), "Shop")
    told = _told(scope, id)
    for construct in (told, _told(told, "Inner"), Construct(scope, "Another"), scope, app):
        assert path_of(construct) == construct.node.path
        assert id_of(construct) == construct.node.id
    assert stack_of(told) is stack_of(_told(told, "Deeper")) is stack_of(scope) is scope
    assert root_of(told) is root_of(scope) is root_of(app) is app


def test_what_is_told_is_not_asked_and_what_is_asked_is_asked_once(stack: Stack) -> None:
    other = Construct(stack, "Other")
    with counted_crossings() as crossings:
        for _ in range(3):
            assert (path_of(other), stack_of(other)) == ("Stack/Other", stack)
    assert crossings.total == 3, crossings
    orders = _told(stack, "Orders")
    path_of(stack)
    with counted_crossings() as crossings:
        assert (path_of(orders), id_of(orders), stack_of(orders)) == ("Stack/Orders", "Orders", stack)
    assert crossings.total == 0, crossings


def test_a_path_below_the_app_has_no_slash_at_its_start(app: App) -> None:
    assert path_below(app, "Shop") == "Shop"
    assert path_below(Stack(app, "Shop"), "Orders") == "Shop/Orders"
