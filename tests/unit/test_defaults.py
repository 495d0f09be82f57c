from __future__ import annotations

import gc
from dataclasses import replace

import pytest
from aws_cdk import App, RemovalPolicy, Stack, Stage
from aws_cdk import aws_logs as logs

from best_practice_constructs import InvalidArgumentError, ServiceDefaults, SinglePurposeFunction
from tests.unit.helpers.entries import ENTRY, HANDLER


def test_the_librarys_own_defaults_keep_data(app: App) -> None:
    defaults = ServiceDefaults.of(Stack(app, "S"))
    assert defaults == ServiceDefaults()
    assert defaults.removal_policy is RemovalPolicy.RETAIN


def test_the_nearest_scope_wins(app: App) -> None:
    ServiceDefaults.development(service="shop").apply_to(app)
    stage = Stage(app, "Beta")
    replace(ServiceDefaults.of(stage), memory_size=1024).apply_to(stage)
    assert ServiceDefaults.of(Stack(stage, "S")).memory_size == 1024
    assert ServiceDefaults.of(Stack(stage, "T")).service == "shop"
    assert ServiceDefaults.of(Stack(app, "S")).memory_size == 512


def test_they_stay_when_python_forgets_the_scope(app: App) -> None:
    def make() -> None:
        ServiceDefaults.development(service="forgotten").apply_to(Stage(app, "Beta"))

    make()
    gc.collect()
    beta = app.node.find_child("Beta")
    assert isinstance(beta, Stage)
    assert ServiceDefaults.of(Stack(beta, "S")).service == "forgotten"


def test_apps_do_not_see_each_others() -> None:
    ServiceDefaults.development(service="one").apply_to(App())
    assert ServiceDefaults.of(App()).service is None


def test_a_second_set_in_one_scope_is_refused(stack: Stack) -> None:
    ServiceDefaults().apply_to(stack)
    with pytest.raises(InvalidArgumentError, match=r"^Stack: a second ServiceDefaults"):
        ServiceDefaults().apply_to(stack)


def test_after_the_first_construct_it_is_too_late(stack: Stack) -> None:
    SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER)
    for scope in (stack, stack.node.root):
        with pytest.raises(InvalidArgumentError, match="ServiceDefaults after its constructs"):
            ServiceDefaults().apply_to(scope)
    ServiceDefaults().apply_to(Stage(stack, "Other"))


def test_development_leaves_nothing_behind() -> None:
    development = ServiceDefaults.development()
    assert development.removal_policy is RemovalPolicy.DESTROY
    assert development.log_retention is logs.RetentionDays.ONE_WEEK


def test_production_needs_somebody_to_hear_its_alarms() -> None:
    with pytest.raises(ValueError, match="an alarm that nobody hears"):
        ServiceDefaults.production(alarm_actions=[])
