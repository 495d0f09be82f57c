from __future__ import annotations

from dataclasses import replace

import pytest
from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from best_practice_constructs import InvalidArgumentError, ServiceDefaults
from best_practice_constructs.observability.alarm import create_alarm
from tests.unit.helpers.templates import only_resource

METRIC = cloudwatch.Metric(namespace="Test", metric_name="Errors")


def test_an_alarm_acts_when_it_goes_off_and_when_it_is_over(stack: Stack) -> None:
    action = actions.SnsAction(sns.Topic(stack, "Topic"))
    defaults = ServiceDefaults.production(alarm_actions=[action])
    create_alarm(stack, "A", metric=METRIC, threshold=1, description="Call somebody.", defaults=defaults)
    alarm = only_resource(Template.from_stack(stack), "AWS::CloudWatch::Alarm")
    assert alarm["AlarmActions"] == alarm["OKActions"]
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["AlarmDescription"] == "Call somebody."


def test_a_required_action_that_is_missing_is_an_error(stack: Stack) -> None:
    defaults = replace(ServiceDefaults(), alarm_actions_required=True)
    with pytest.raises(InvalidArgumentError, match=r"^Stack/A: an alarm without actions"):
        create_alarm(stack, "A", metric=METRIC, threshold=1, description="?", defaults=defaults)
