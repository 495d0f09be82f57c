"""What a function cannot be is refused where it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from best_practice_constructs import InvalidArgumentError, Permission, SinglePurposeFunction
from best_practice_constructs.functions.provisioned_concurrency import (
    ProvisionedConcurrencyScaling,
    ProvisionedConcurrencySchedule,
)
from tests.unit.helpers.entries import ENTRY, HANDLER


def _with(**arguments: object) -> Callable[[Stack], object]:
    def make(stack: Stack) -> object:
        given = {"entry": ENTRY, "handler": HANDLER} | arguments
        return SinglePurposeFunction(stack, "F", **given)  # type: ignore[arg-type] # each test gives one wrong value

    return make


class TestErrors:
    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (_with(entry=None), "neither entry nor code"),
            (_with(code=lambda_.Code.from_inline("x")), "both entry and code"),
            (_with(entry="/nowhere"), "there is no directory '/nowhere'"),
            (_with(handler="greet"), "names no module and function"),
            (_with(handler="greeet.handler"), "has no module 'greeet'; it has greet"),
            (
                _with(handler="greet.hander"),
                "defines no 'hander' at its top level; it defines for_any_construct, handler",
            ),
            (_with(runtime=lambda_.Runtime.NODEJS_22_X), "not Python"),
            (_with(runtime="python3.13"), "runtime='python3.13' cannot work: it is no Runtime of aws-cdk-lib"),
            (_with(architecture="arm64"), "architecture=aws_lambda.Architecture.ARM_64"),
            (_with(log_retention=7), "log_retention=7 cannot work: it is no RetentionDays of aws-cdk-lib"),
            (_with(tracing=True), "tracing=aws_lambda.Tracing.ACTIVE"),
            (_with(environment={"ATTEMPTS": 3}), "Write '3', and read it as what it is"),
            (_with(timeout=Duration.minutes(16)), "timeout=960 s"),
            (_with(timeout=Duration.seconds(0)), "timeout=0 s"),
            (_with(memory_size=64), "memory_size=64"),
            (_with(memory_size=20_000), "memory_size=20000"),
            (_with(reserved_concurrent_executions=-1), "reserved_concurrent_executions=-1"),
            (_with(provisioned_concurrent_executions=0), "provisioned_concurrent_executions=0"),
            (
                _with(provisioned_concurrent_executions=5, reserved_concurrent_executions=2),
                "comes out of what is reserved",
            ),
            (_with(retry_attempts=3), "retry_attempts=3"),
            (_with(max_event_age=Duration.hours(7)), "max_event_age=25200 s"),
            (_with(environment={"AWS_LAMBDA_FUNCTION_NAME": "x"}), "AWS_LAMBDA_FUNCTION_NAME"),
            (
                _with(logging_format=lambda_.LoggingFormat.TEXT, system_log_level_v2=lambda_.SystemLogLevel.WARN),
                "a log level with logging_format=TEXT",
            ),
            (
                _with(visibility_timeout=1),
                "SinglePurposeFunction has no such parameter",
            ),
            (_with(ephemeral_storage=1), "Write ephemeral_storage_size=…"),
            (_with(timeout=30), "Pass timeout=Duration.seconds(30)"),
            (_with(memory_size="512"), "memory_size='512'"),
            (_with(environment={"AWS_REGION": "x"}), "AWS_REGION"),
            (_with(environment={"1-a": "x"}), "'1-a'"),
            (_with(entry=__file__), "it is a file"),
            (
                _with(
                    provisioned_concurrent_executions=5,
                    provisioned_concurrency_scaling=ProvisionedConcurrencyScaling(max_capacity=4),
                ),
                "max_capacity=4 and 5 provisioned",
            ),
            (
                _with(
                    provisioned_concurrent_executions=5,
                    reserved_concurrent_executions=10,
                    provisioned_concurrency_scaling=ProvisionedConcurrencyScaling(max_capacity=100),
                ),
                "max_capacity=100 and reserved_concurrent_executions=10",
            ),
            (_with(environment={"BIG": "x" * 5_000}), "Parameter Store"),
        ],
    )
    def test_what_cannot_work_says_where_what_why_and_what_instead(
        self, stack: Stack, make: Callable[[Stack], object], message: str
    ) -> None:
        with pytest.raises(InvalidArgumentError, match=r"^Stack/F: .* cannot work: ") as error:
            make(stack)
        assert message in str(error.value)
        assert error.value.remedy

    def test_a_layer_of_another_architecture_is_refused(self, stack: Stack) -> None:
        layer = lambda_.LayerVersion(
            stack,
            "Layer",
            code=lambda_.Code.from_asset(ENTRY),
            compatible_architectures=[lambda_.Architecture.X86_64],
        )
        with pytest.raises(InvalidArgumentError, match="it is for x86_64, and the function runs on arm64"):
            _with(layers=[layer])(stack)

    def test_what_is_wired_up_cannot_be_provisioned_any_more(self, stack: Stack) -> None:
        function = SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER)
        assert function.invocation_target is function.function
        with pytest.raises(InvalidArgumentError, match="wired up already"):
            function.provision(2)
        other = SinglePurposeFunction(stack, "G", entry=ENTRY, handler=HANDLER)
        assert other.on_failure_queue is not None
        with pytest.raises(InvalidArgumentError, match="wired up already"):
            other.provision(2)

    def test_a_permission_is_no_string(self, stack: Stack) -> None:
        function = SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER)
        with pytest.raises(InvalidArgumentError, match=r"allow\('dynamodb:\*'\) cannot work"):
            function.allow(cast("Permission", "dynamodb:*"))

    def test_a_log_group_and_a_retention_exclude_each_other(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="log_group with log_retention"):
            SinglePurposeFunction(
                stack,
                "F",
                entry=ENTRY,
                handler=HANDLER,
                log_group=logs.LogGroup(stack, "G"),
                log_retention=logs.RetentionDays.ONE_DAY,
            )

    def test_a_scaling_that_cannot_be_is_refused(self) -> None:
        with pytest.raises(ValueError, match="min_capacity=5, max_capacity=2"):
            ProvisionedConcurrencyScaling(min_capacity=5, max_capacity=2)
        with pytest.raises(ValueError, match=r"utilization_target=1\.5"):
            ProvisionedConcurrencyScaling(max_capacity=2, utilization_target=1.5)
        with pytest.raises(ValueError, match="changes nothing"):
            ProvisionedConcurrencySchedule(name="N", schedule=autoscaling.Schedule.rate(Duration.days(1)))

    def test_reserved_environment_names_are_refused_later_too(self, stack: Stack) -> None:
        function = SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER)
        with pytest.raises(InvalidArgumentError, match="_HANDLER"):
            function.add_environment("_HANDLER", "x")
