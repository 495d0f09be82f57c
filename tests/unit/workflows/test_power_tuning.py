"""What a PowerTuning makes, with its defaults and without, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.assertions import Template

from best_practice_constructs import (
    IdempotentQueueConsumer,
    InvalidArgumentError,
    PowerTuning,
    ServiceDefaults,
    SinglePurposeFunction,
)
from best_practice_constructs.operations.lambda_prices import LambdaPrices

Resources = Mapping[str, Mapping[str, Any]]
OURS = LambdaPrices(arm64=0.00001, x86_64=0.00002, request=0.0000001, as_of="2026-11-01", source="our contract")


def function(stack: Stack, id: str = "Function", **options: Any) -> SinglePurposeFunction:  # noqa: ANN401 -- passed on
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    return SinglePurposeFunction(stack, id, code=code, handler="index.handler", **options)


def resources(stack: Stack, type: str) -> dict[str, Any]:
    found = Template.from_stack(stack).find_resources(type)
    return {name: resource["Properties"] for name, resource in found.items()}


@pytest.fixture(scope="module")
def tuned() -> Stack:
    stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "Stack")
    PowerTuning(stack, "Tuning", function=function(stack))
    return stack


def machine(stack: Stack, path: str) -> Any:  # noqa: ANN401 -- of the template
    (found,) = (each for name, each in resources(stack, "AWS::StepFunctions::StateMachine").items() if path in name)
    return found


def statements(stack: Stack, role: str) -> list[dict[str, Any]]:
    (found,) = (each for name, each in resources(stack, "AWS::IAM::Role").items() if name.startswith(role))
    return cast("list[dict[str, Any]]", found["Policies"][0]["PolicyDocument"]["Statement"])


def test_the_workflow_has_the_functions_and_the_partition_from_the_deployment(tuned: Stack) -> None:
    tuning = machine(tuned, "TuningWorkflow")
    substitutions = tuning["DefinitionSubstitutions"]
    assert substitutions["Partition"] == {"Ref": "AWS::Partition"}
    assert "Fn::GetAtt" in substitutions["Function0"]
    definition = json.loads(tuning["DefinitionString"])
    assert definition["States"]["Plan"]["Assign"]["functions"] == ["${Function0}"]
    assert definition["States"]["Plan"]["Assign"]["restoring"] == "${Restoring}"
    assert "TuningRestoring" in json.dumps(substitutions["Restoring"])
    assert definition["TimeoutSeconds"] == 7_200


def test_both_workflows_log_without_data_and_are_traced(tuned: Stack) -> None:
    for name in ("TuningWorkflow", "TuningRestoring"):
        properties = machine(tuned, name)
        assert properties["LoggingConfiguration"]["Level"] == "ALL"
        assert properties["LoggingConfiguration"]["IncludeExecutionData"] is False
        assert properties["TracingConfiguration"] == {"Enabled": True}
        assert properties["StateMachineType"] == "STANDARD"


def test_the_roles_may_touch_this_function_and_delete_and_invoke_its_versions_only(tuned: Stack) -> None:
    on_function, on_versions = statements(tuned, "TuningRole")
    assert set(on_function["Action"]) == {
        "lambda:GetFunctionConfiguration",
        "lambda:ListVersionsByFunction",
        "lambda:UpdateFunctionConfiguration",
        "lambda:PublishVersion",
    }
    assert "Fn::GetAtt" in on_function["Resource"]
    assert set(on_versions["Action"]) == {
        "lambda:DeleteFunction",
        "lambda:GetFunctionConfiguration",
        "lambda:InvokeFunction",
    }
    assert on_versions["Resource"]["Fn::Join"][1][-1] == ":*"
    restoring_function, restoring_versions = statements(tuned, "TuningRestoringRole")
    assert "lambda:PublishVersion" not in restoring_function["Action"]
    assert restoring_versions["Action"] == "lambda:DeleteFunction" or restoring_versions["Action"] == [
        "lambda:DeleteFunction"
    ]
    assert restoring_versions["Resource"] == on_versions["Resource"]


def test_a_tuning_that_ends_otherwise_is_cleaned_up_after(tuned: Stack) -> None:
    (rule,) = resources(tuned, "AWS::Events::Rule").values()
    detail = rule["EventPattern"]["detail"]
    assert set(detail["status"]) == {"FAILED", "TIMED_OUT", "ABORTED"}
    assert "TuningWorkflow" in json.dumps(detail["stateMachineArn"]), (
        "not the one that cleans up: that would be a circle"
    )
    (target,) = rule["Targets"]
    assert "TuningRestoring" in json.dumps(target["Arn"])
    assert target["RetryPolicy"]["MaximumRetryAttempts"] == 185
    assert "DeadLetterConfig" in target
    alarms = [json.dumps(each) for each in resources(tuned, "AWS::CloudWatch::Alarm").values()]
    assert any("--restore" in each and "ExecutionsTimedOut" in each for each in alarms)


def test_prices_of_all_regions_are_there_where_the_deployment_knows_the_region(tuned: Stack) -> None:
    prices = json.loads(machine(tuned, "TuningWorkflow")["DefinitionString"])["States"]["Plan"]["Assign"]["prices"]
    assert prices["us-east-1"]["arm64"] == 0.0000133334
    assert prices["af-south-1"]["x86_64"] == 0.0000221


def test_every_parameter_can_be_said(app: App) -> None:
    ServiceDefaults.development().apply_to(app)
    stack = Stack(app, "Stack", env={"region": "eu-west-1", "account": "111122223333"})
    seen: list[object] = []
    arm, x86 = function(stack, "Arm"), function(stack, "X86", architecture=lambda_.Architecture.X86_64)
    tuning = PowerTuning(
        stack,
        "Tuning",
        function=arm,
        other_architecture=x86,
        memory_sizes=[256, 2048],
        invocations=50,
        parallel=5,
        payload=[{"a": "{% 1 %}"}],
        balance=0.2,
        prices=OURS,
        timeout=Duration.minutes(30),
        log_retention=logs.RetentionDays.ONE_DAY,
        removal_policy=RemovalPolicy.RETAIN,
        role_path="/tuning/",
        customize=seen.append,
    )
    assert seen == [tuning.state_machine]
    assert tuning.functions == (arm.function, x86.function)
    assigned = cast("Any", tuning.definition)["States"]["Plan"]["Assign"]
    assert assigned["functions"] == ["${Function0}", "${Function1}"]
    assert assigned["prices"] == {"any": OURS.to_json()}
    assert [assigned[name].rpartition(": ")[2] for name in ("invocations", "parallel", "balance")] == [
        "50) %}",
        "5) %}",
        "0.2) %}",
    ]
    assert "[256, 2048]" in assigned["memory_sizes"]
    assert '{"a": "{% 1 %}"}' in assigned["payloads"]
    assert cast("Any", tuning.definition)["TimeoutSeconds"] == 1_800
    roles = [each for name, each in resources(stack, "AWS::IAM::Role").items() if name.startswith("Tuning")]
    assert [each["Path"] for each in roles] == ["/tuning/"] * 3
    (log,) = (
        each
        for name, each in Template.from_stack(stack).find_resources("AWS::Logs::LogGroup").items()
        if name.startswith("TuningLog")
    )
    assert (log["Properties"]["RetentionInDays"], log["DeletionPolicy"]) == (1, "Retain")
    assert len(statements(stack, "TuningRole")[0]["Resource"]) == 2


def test_consumers_and_functions_of_the_cdk_can_be_tuned_and_two_in_one_stack(stack: Stack) -> None:
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    consumer = IdempotentQueueConsumer(stack, "Consumer", code=code, handler="index.handler")
    plain = lambda_.Function.from_function_name(stack, "Plain", "plain")
    one = PowerTuning(stack, "One", function=consumer)
    two = PowerTuning(stack, "Two", function=plain)
    assert one.functions == (consumer.function.function,)
    assert two.functions == (plain,)
    assert len(resources(stack, "AWS::StepFunctions::StateMachine")) == 4


def test_a_region_without_published_prices_needs_prices(app: App) -> None:
    stack = Stack(app, "Stack", env={"region": "mx-central-1"})
    target = function(stack)
    with pytest.raises(InvalidArgumentError, match=r"a tuning in mx-central-1 without prices.*LambdaPrices"):
        PowerTuning(stack, "Tuning", function=target)
    PowerTuning(stack, "Priced", function=target, prices=OURS)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"memory_sizes": []}, "memory_sizes"),
        ({"memory_sizes": [64]}, "128 to 10,240"),
        ({"memory_sizes": [128.0]}, "whole numbers"),
        ({"memory_sizes": [128, 128]}, "different ones"),
        ({"memory_sizes": range(128, 169)}, "1 to 40"),
        ({"invocations": 0}, "invocations=0"),
        ({"invocations": 3, "parallel": 4}, "all of them are cold starts"),
        ({"parallel": 0}, "parallel=0"),
        ({"parallel": 41, "invocations": 50}, "up to 40"),
        ({"invocations": 500}, "room for 2,500"),
        ({"balance": -0.1}, "balance"),
        ({"balance": True}, "balance"),
        ({"payload": "text"}, "mapping or a list"),
        ({"payload": {"a": object()}}, "invoked with JSON"),
        ({"payload": {"a": float("nan")}}, "invoked with JSON"),
        ({"timeout": 30}, "timeout"),
        ({"role_path": "tuning"}, "role_path"),
    ],
)
def test_what_cannot_work_is_refused(stack: Stack, options: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidArgumentError, match=said) as refusal:
        PowerTuning(stack, "Tuning", function=function(stack), **options)
    assert "Stack/Tuning" in str(refusal.value)


def test_versions_aliases_and_what_is_no_function_are_refused(stack: Stack) -> None:
    target = function(stack)
    for number, given in enumerate((target.function.current_version, "orders", stack)):
        with pytest.raises(InvalidArgumentError, match="function="):
            PowerTuning(stack, f"Tuning{number}", function=cast("Any", given))


def test_a_second_function_on_the_same_architecture_is_refused(stack: Stack) -> None:
    one, other = function(stack, "One"), function(stack, "Other")
    with pytest.raises(InvalidArgumentError, match="on arm64 as the function is"):
        PowerTuning(stack, "Tuning", function=one, other_architecture=other)
    with pytest.raises(InvalidArgumentError, match="nothing to compare"):
        PowerTuning(stack, "Tuning2", function=one, other_architecture=one)


def test_a_function_of_another_region_is_refused(app: App) -> None:
    here = Stack(app, "Here", env={"region": "eu-west-1", "account": "111122223333"})
    there = lambda_.Function.from_function_arn(here, "There", "arn:aws:lambda:us-east-1:111122223333:function:orders")
    with pytest.raises(InvalidArgumentError, match="its own account and region only"):
        PowerTuning(here, "Tuning", function=there)
