from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk import aws_stepfunctions_tasks as tasks
from aws_cdk.assertions import Template

from best_practice_constructs import RetryDefaults, ServiceDefaults, ServiceWorkflow, distributed_map
from best_practice_constructs.permissions.permission import Permission
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.templates import only_resource, resources_of_type, statements_of_role
from tests.unit.workflows.support import MACHINE, definition_in, machine, put_item, state_in, table_of

EXPRESS = stepfunctions.StateMachineType.EXPRESS
ALARM = "AWS::CloudWatch::Alarm"
PERMANENT = "DynamoDB.ConditionalCheckFailedException"


def workflow_of(stack: Stack, id: str = "Workflow", **options: object) -> ServiceWorkflow:
    settings: dict[str, object] = {
        "definition": machine({"Keep": put_item()}),
        "definition_substitutions": {"Table": table_of(stack, f"{id}Table")},
        **options,
    }
    return ServiceWorkflow(stack, id, **settings)  # type: ignore[arg-type] # the options of each test


@pytest.fixture(scope="module")
def default_template() -> Template:
    stack = Stack(App(), "S")
    workflow_of(stack)
    return Template.from_stack(stack)


def _name(template: Template, resource_type: str, part: str = "") -> str:
    (name,) = [name for name in resources_of_type(template, resource_type) if part in name]
    return name


def _retriers(template: Template, state: str = "Keep") -> list[Mapping[str, object]]:
    return cast("list[Mapping[str, object]]", state_in(definition_in(template), state)["Retry"])


class TestDefaults:
    def test_what_may_pass_is_retried_with_backoff_and_full_jitter(self, default_template: Template) -> None:
        permanent, passing = _retriers(default_template)
        assert passing == {
            "ErrorEquals": ["States.TaskFailed", "States.Timeout"],
            "IntervalSeconds": 1,
            "MaxAttempts": 6,
            "BackoffRate": 2.0,
            "MaxDelaySeconds": 60,
            "JitterStrategy": "FULL",
        }
        # The first retrier that knows an error decides.
        assert permanent["MaxAttempts"] == 0
        assert {PERMANENT, "States.Permissions", "States.QueryEvaluationError"} <= set(
            cast("list[str]", permanent["ErrorEquals"])
        )

    def test_each_task_and_the_whole_have_a_timeout(self, default_template: Template) -> None:
        definition = definition_in(default_template)
        assert state_in(definition, "Keep")["TimeoutSeconds"] == 60
        assert definition["TimeoutSeconds"] == 86_400

    def test_a_standard_workflow_fails_where_it_can_be_redriven(self, default_template: Template) -> None:
        assert "Catch" not in state_in(definition_in(default_template), "Keep")

    def test_the_role_does_what_the_tasks_do(self, default_template: Template) -> None:
        table = {"Fn::GetAtt": [_name(default_template, "AWS::DynamoDB::Table"), "Arn"]}
        role = _name(default_template, "AWS::IAM::Role")
        statements = statements_of_role(default_template, role)
        assert ("Allow", ("dynamodb:PutItem",), (json.dumps(table),)) in statements
        # Logs and traces, whose services know no resource.
        others = {resources for _, actions, resources in statements if actions != ("dynamodb:PutItem",)}
        assert others == {('"*"',)}
        trust = only_resource(default_template, "AWS::IAM::Role")["AssumeRolePolicyDocument"]
        (statement,) = cast("Mapping[str, list[Mapping[str, object]]]", trust)["Statement"]
        assert statement["Principal"] == {"Service": "states.amazonaws.com"}
        assert statement["Condition"]
        assert "aws:SourceAccount" in json.dumps(statement["Condition"])

    def test_it_is_traced_and_logged_without_what_customers_said(self, default_template: Template) -> None:
        properties = only_resource(default_template, MACHINE)
        assert properties["TracingConfiguration"] == {"Enabled": True}
        logging = cast("Mapping[str, object]", properties["LoggingConfiguration"])
        assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", False)
        group = only_resource(default_template, "AWS::Logs::LogGroup")
        assert group["RetentionInDays"] == 30
        assert "/aws/vendedlogs/states/" in json.dumps(group["LogGroupName"])
        assert "AWS::StackId" in json.dumps(group["LogGroupName"])
        assert "StateMachineName" not in properties

    def test_what_does_not_succeed_goes_to_the_failures_queue(self, default_template: Template) -> None:
        rule = only_resource(default_template, "AWS::Events::Rule")
        arn = {"Ref": _name(default_template, MACHINE)}
        assert rule["EventPattern"] == {
            "source": ["aws.states"],
            "detail-type": ["Step Functions Execution Status Change"],
            "detail": {"status": ["FAILED", "TIMED_OUT", "ABORTED"], "stateMachineArn": [arn]},
        }
        assert rule["EventBusName"] == "default"
        (target,) = cast("list[Mapping[str, object]]", rule["Targets"])
        queues = resources_of_type(default_template, "AWS::SQS::Queue")
        failures = target["Arn"]["Fn::GetAtt"][0]  # type: ignore[index] # as CloudFormation has it
        assert queues[failures]["MessageRetentionPeriod"] == 1_209_600
        assert "RetryPolicy" in target
        assert "DeadLetterConfig" in target

    def test_alarms_tell_of_failures_and_of_what_cannot_start(self, default_template: Template) -> None:
        alarms = resources_of_type(default_template, ALARM)
        assert len(alarms) == 3
        execution = alarms[_name(default_template, ALARM, "ExecutionAlarm")]
        text = json.dumps(execution["Metrics"])
        assert all(name in text for name in ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionThrottled"))
        failures = alarms[_name(default_template, ALARM, "FailuresAlarm")]
        assert "redrive-execution" in str(failures["AlarmDescription"])

    def test_the_compliance_packs_find_nothing(self) -> None:
        app = App()
        stack = Stack(app, "S")
        workflow_of(stack)
        workflow_of(stack, "Second", state_machine_type=EXPRESS)
        workflow_of(stack, "Started").starter  # noqa: B018 -- it is made when it is asked for
        wait = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}}
        each = distributed_map(wait, items="{% $states.input %}")
        ServiceWorkflow(stack, "Mapping", definition=machine({"Each": each}))
        assert findings(app).open == frozenset()

    def test_integrations_are_those_of_the_partition(self, default_template: Template) -> None:
        text = str(only_resource(default_template, MACHINE)["DefinitionString"])
        assert "arn:${WorkflowPartition}:states:::dynamodb:putItem" in text
        assert "arn:aws:" not in text

    def test_two_workflows_live_in_one_stack(self, stack: Stack) -> None:
        workflow_of(stack, "First")
        workflow_of(stack, "Second")
        names = [
            json.dumps(each["LogGroupName"])
            for each in resources_of_type(Template.from_stack(stack), "AWS::Logs::LogGroup").values()
        ]
        assert len(set(names)) == 2


@pytest.fixture(scope="module")
def express_template() -> Template:
    stack = Stack(App(), "S")
    workflow_of(stack, state_machine_type=EXPRESS)
    return Template.from_stack(stack)


class TestExpress:
    def test_errors_are_told_to_the_queue_before_it_fails(self, express_template: Template) -> None:
        definition = definition_in(express_template)
        assert state_in(definition, "Keep")["Catch"] == [
            {
                "ErrorEquals": ["States.ALL"],
                "Next": "TellFailure",
                "Output": {
                    "State": "Keep",
                    "Error": "{% $states.errorOutput.Error %}",
                    "Cause": "{% $exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : '' %}",
                },
            }
        ]
        told = state_in(definition, "TellFailure")
        assert told["Resource"] == "arn:aws:states:::sqs:sendMessage"
        assert told["Next"] == "FailWithItsCause"
        assert "Retry" in told
        assert "TimeoutSeconds" in told
        assert "Catch" not in told
        assert state_in(definition, "FailWithItsCause")["Error"] == "{% $states.input.Error %}"

    def test_its_role_may_tell_the_queue(self, express_template: Template) -> None:
        queue = {"Fn::GetAtt": [_name(express_template, "AWS::SQS::Queue"), "Arn"]}
        statements = statements_of_role(express_template, _name(express_template, "AWS::IAM::Role"))
        assert ("Allow", ("sqs:SendMessage",), (json.dumps(queue),)) in statements

    def test_it_ends_within_five_minutes(self, express_template: Template) -> None:
        assert definition_in(express_template)["TimeoutSeconds"] == 300
        assert only_resource(express_template, MACHINE)["StateMachineType"] == "EXPRESS"

    def test_no_rule_waits_for_what_eventbridge_never_hears(self, express_template: Template) -> None:
        assert resources_of_type(express_template, "AWS::Events::Rule") == {}
        assert "ExecutionThrottled" not in json.dumps(resources_of_type(express_template, ALARM))

    def test_in_jsonpath_too(self, stack: Stack) -> None:
        keep: dict[str, object] = {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:putItem",
            "Parameters": {"TableName": "${Table}", "Item": {"id": {"S.$": "$.id"}}},
            "End": True,
        }
        workflow_of(stack, state_machine_type=EXPRESS, definition={"StartAt": "Keep", "States": {"Keep": keep}})
        definition = definition_in(Template.from_stack(stack))
        assert state_in(definition, "Keep")["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "TellFailure"}]
        body = cast("Mapping[str, Mapping[str, object]]", state_in(definition, "TellFailure")["Parameters"])
        assert body["MessageBody"]["failure.$"] == "$"
        assert state_in(definition, "FailWithItsCause")["ErrorPath"] == "$.Error"

    def test_what_catches_everything_itself_needs_no_other_path(self, stack: Stack) -> None:
        catch = [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]
        definition = machine({"Keep": put_item(Catch=catch), "Done": {"Type": "Succeed"}})
        workflow = workflow_of(stack, state_machine_type=EXPRESS, definition=definition)
        assert "TellFailure" not in cast("Mapping[str, object]", workflow.definition["States"])


class TestOverrides:
    def test_a_task_keeps_what_it_says(self, stack: Stack) -> None:
        retry = [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 1}]
        workflow_of(stack, definition=machine({"Keep": put_item(Retry=retry, TimeoutSeconds=5)}, TimeoutSeconds=70))
        definition = definition_in(Template.from_stack(stack))
        assert state_in(definition, "Keep")["Retry"] == retry
        assert state_in(definition, "Keep")["TimeoutSeconds"] == 5
        assert definition["TimeoutSeconds"] == 70

    def test_every_parameter_comes_first(self, stack: Stack) -> None:
        queue = sqs.Queue(stack, "Own")
        boundary = iam.ManagedPolicy(
            stack, "Boundary", statements=[iam.PolicyStatement(actions=["dynamodb:*"], resources=["*"])]
        )
        workflow = workflow_of(
            stack,
            timeout=Duration.hours(2),
            task_timeout=Duration.seconds(7),
            retry=RetryDefaults(max_attempts=2, interval_seconds=3, jitter_strategy="NONE"),
            on_failure=queue,
            comment="Keeps things",
            log_level=stepfunctions.LogLevel.ERROR,
            include_execution_data=True,
            log_retention=logs.RetentionDays.ONE_DAY,
            removal_policy=RemovalPolicy.DESTROY,
            tracing_enabled=False,
            role_path="/shop/",
            permissions_boundary=boundary,
            customize=lambda inner: inner.apply_removal_policy(RemovalPolicy.RETAIN),
        )
        template = Template.from_stack(stack)
        definition = definition_in(template)
        assert definition["TimeoutSeconds"] == 7200
        assert state_in(definition, "Keep")["TimeoutSeconds"] == 7
        _, passing = _retriers(template)
        assert (passing["MaxAttempts"], passing["IntervalSeconds"], passing["JitterStrategy"]) == (2, 3, "NONE")
        assert workflow.failures_queue is queue
        assert workflow.failures_alarm is None
        properties = only_resource(template, MACHINE)
        assert properties["TracingConfiguration"] == {"Enabled": False}
        logging = cast("Mapping[str, object]", properties["LoggingConfiguration"])
        assert (logging["Level"], logging["IncludeExecutionData"]) == ("ERROR", True)
        assert only_resource(template, "AWS::Logs::LogGroup")["RetentionInDays"] == 1
        role = only_resource(template, "AWS::IAM::Role")
        assert role["Path"] == "/shop/"
        assert "PermissionsBoundary" in role
        resources = cast("Mapping[str, Mapping[str, object]]", template.to_json()["Resources"])
        assert resources[_name(template, MACHINE)]["DeletionPolicy"] == "Retain"

    def test_the_defaults_of_the_service_hold_below_it(self, app: App) -> None:
        ServiceDefaults(log_retention=logs.RetentionDays.ONE_WEEK, tracing=lambda_.Tracing.DISABLED).apply_to(app)
        stack = Stack(app, "S")
        workflow_of(stack)
        template = Template.from_stack(stack)
        assert only_resource(template, "AWS::Logs::LogGroup")["RetentionInDays"] == 7
        assert only_resource(template, MACHINE)["TracingConfiguration"] == {"Enabled": False}

    def test_a_failure_state_gets_the_errors_of_all_but_those_that_follow_it(self, stack: Stack) -> None:
        states = {
            "Keep": put_item(Next="Again"),
            "Again": put_item(),
            "TellOfIt": put_item(Next="Failed"),
            "Failed": {"Type": "Fail", "Error": "NotKept"},
        }
        workflow_of(stack, definition=machine(states), failure_state="TellOfIt")
        definition = definition_in(Template.from_stack(stack))
        for name in ("Keep", "Again"):
            (catcher,) = cast("list[Mapping[str, object]]", state_in(definition, name)["Catch"])
            assert catcher["Next"] == "TellOfIt"
            assert cast("Mapping[str, object]", catcher["Output"])["State"] == name
        assert "Catch" not in state_in(definition, "TellOfIt")

    def test_permissions_of_a_state_replace_what_is_derived(self, stack: Stack) -> None:
        allowed = Permission(actions=("dynamodb:PutItem",), resources=("arn:aws:dynamodb:eu-west-1:1:table/mine",))
        workflow_of(stack, permissions={"Keep": [allowed]})
        template = Template.from_stack(stack)
        role = _name(template, "AWS::IAM::Role")
        assert (
            "Allow",
            ("dynamodb:PutItem",),
            ('"arn:aws:dynamodb:eu-west-1:1:table/mine"',),
        ) in statements_of_role(template, role)

    def test_tasks_of_a_map_fail_their_map(self, stack: Stack) -> None:
        inner = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Keep", "States": {"Keep": put_item()}}
        each = {"Type": "Map", "Items": "{% $states.input %}", "ItemProcessor": inner, "End": True}
        workflow = workflow_of(stack, definition=machine({"Each": each}), state_machine_type=EXPRESS)
        kept = state_in(cast("Mapping[str, object]", state_in(workflow.definition, "Each")["ItemProcessor"]), "Keep")
        assert "Retry" in kept
        assert "Catch" not in kept
        assert "Catch" in state_in(workflow.definition, "Each")


class TestSources:
    def test_a_file(self, stack: Stack, tmp_path: Path) -> None:
        path = tmp_path / "keep.asl.json"
        path.write_text(json.dumps(machine({"Keep": put_item()})))
        workflow_of(stack, definition=path)
        assert "Retry" in state_in(definition_in(Template.from_stack(stack)), "Keep")

    @pytest.mark.parametrize("kind", ["string", "file"])
    def test_bodies_of_aws_cdk_lib(self, stack: Stack, tmp_path: Path, kind: str) -> None:
        text = json.dumps(machine({"Keep": put_item()}))
        path = tmp_path / "keep.asl.json"
        path.write_text(text)
        bodies = {
            "string": lambda: stepfunctions.DefinitionBody.from_string(text),
            "file": lambda: stepfunctions.DefinitionBody.from_file(str(path)),
        }
        workflow_of(stack, definition=None, definition_body=bodies[kind]())
        assert "Retry" in state_in(definition_in(Template.from_stack(stack)), "Keep")

    def test_states_of_aws_cdk_lib(self, stack: Stack) -> None:
        table = table_of(stack)
        put = tasks.DynamoPutItem(stack, "Keep", table=table, item={"id": tasks.DynamoAttributeValue.from_string("1")})
        body = stepfunctions.DefinitionBody.from_chainable(put.next(stepfunctions.Succeed(stack, "Kept")))
        ServiceWorkflow(stack, "Workflow", definition_body=body)
        template = Template.from_stack(stack)
        text = json.dumps(only_resource(template, MACHINE)["DefinitionString"])
        assert "JitterStrategy" in text
        assert "TimeoutSeconds" in text
        role = _name(template, "AWS::IAM::Role")
        allowed = {actions for _, actions, _ in statements_of_role(template, role)}
        assert ("dynamodb:PutItem",) in allowed

    def test_what_is_given_stays_as_it_is(self, stack: Stack) -> None:
        given = machine({"Keep": put_item()})
        before = json.dumps(given)
        workflow_of(stack, definition=given)
        assert json.dumps(given) == before
