from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from aws_cdk import RemovalPolicy

from examples.order_invoice.deployment_stage import ContextError, DeploymentStage
from tests.unit.examples.order_invoice.synthesized_system import ALARM_TOPIC, ROOT


def test_without_context_it_is_development() -> None:
    stage = DeploymentStage.from_context({})
    assert (stage.name, stage.defaults.stage, stage.provisioned_concurrency) == ("development", "development", None)
    assert stage.defaults.removal_policy == RemovalPolicy.DESTROY


def test_any_other_name_is_as_careful_as_development_under_its_own_name() -> None:
    stage = DeploymentStage.from_context({"stage": "alice", "version": "1.2.3"})
    assert (stage.name, stage.defaults.stage, stage.defaults.application_version) == ("alice", "alice", "1.2.3")
    assert stage.defaults.alarm_actions_required is False


def test_production_is_careful_and_heard() -> None:
    stage = DeploymentStage.from_context({"stage": "production", "alarm-actions": f"{ALARM_TOPIC}, {ALARM_TOPIC}-2,"})
    assert stage.defaults.removal_policy == RemovalPolicy.RETAIN
    assert len(stage.defaults.alarm_actions) == 2
    assert stage.provisioned_concurrency == 2


@pytest.mark.parametrize("actions", [None, "", " , "])
def test_production_that_nobody_hears_is_refused(actions: str | None) -> None:
    with pytest.raises(ContextError, match="add -c alarm-actions="):
        DeploymentStage.from_context({"stage": "production", "alarm-actions": actions})


@pytest.mark.parametrize("name", ["Alice", "1st", "a_b", "a" * 31])
def test_a_name_that_no_stack_can_have_is_refused(name: str) -> None:
    with pytest.raises(ContextError, match="lower-case letters, digits and hyphens"):
        DeploymentStage.from_context({"stage": name})


def test_the_app_says_what_is_wrong_in_one_sentence() -> None:
    run = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**os.environ, "CDK_CONTEXT_JSON": json.dumps({"stage": "production"})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert run.stderr.strip().startswith("stage=production needs somebody who hears its alarms")
