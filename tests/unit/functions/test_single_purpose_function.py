from __future__ import annotations

from typing import cast

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Size, Stack
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Match, Template

from best_practice_constructs import InvalidArgumentError, InvocationModel, ServiceDefaults, SinglePurposeFunction
from best_practice_constructs.functions.provisioned_concurrency import (
    ProvisionedConcurrencyScaling,
    ProvisionedConcurrencySchedule,
)
from best_practice_constructs.permissions import dynamodb as dynamodb_permissions
from best_practice_constructs.permissions import sam
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import allowed_actions, only_resource, resources_of_type, statements_of_role

LOGS_AND_TRACES = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}


def _app() -> App:
    return App(context={"aws:cdk:bundling-stacks": []})


@pytest.fixture(scope="module")
def default_template() -> Template:
    stack = Stack(_app(), "Orders")
    SinglePurposeFunction(stack, "PlaceOrder", entry=ENTRY, handler=HANDLER)
    return Template.from_stack(stack)


class TestDefaults:
    def test_the_function_is_lean_observable_and_guarded(self, default_template: Template) -> None:
        default_template.has_resource_properties(
            "AWS::Lambda::Function",
            {
                "Architectures": ["arm64"],
                "Runtime": "python3.14",
                "MemorySize": 512,
                "Timeout": 10,
                "TracingConfig": {"Mode": "Active"},
                "RecursiveLoop": "Terminate",
                "LoggingConfig": {
                    "LogFormat": "JSON",
                    "ApplicationLogLevel": "INFO",
                    "SystemLogLevel": "INFO",
                    "LogGroup": {"Ref": Match.string_like_regexp("PlaceOrderLogGroup")},
                },
                "Environment": {
                    "Variables": {
                        "POWERTOOLS_SERVICE_NAME": "Orders",
                        "POWERTOOLS_METRICS_NAMESPACE": "Orders",
                        "POWERTOOLS_LOG_LEVEL": "INFO",
                        "SERVICE_STAGE": "development",
                        "APPLICATION_VERSION": "unversioned",
                    }
                },
            },
        )

    def test_logs_are_kept_a_month_without_a_custom_resource(self, default_template: Template) -> None:
        assert only_resource(default_template, "AWS::Logs::LogGroup")["RetentionInDays"] == 30
        assert not resources_of_type(default_template, "Custom::LogRetention")

    def test_the_role_may_write_logs_send_traces_and_report_failures_only(self, default_template: Template) -> None:
        (role,) = resources_of_type(default_template, "AWS::IAM::Role")
        statements = statements_of_role(default_template, role)
        assert {actions for _, actions, _ in statements} == {
            ("logs:CreateLogStream", "logs:PutLogEvents"),
            ("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
            ("sqs:SendMessage",),
        }
        wildcards = {actions for _, actions, resources in statements if any("*" in r for r in resources)}
        assert wildcards == {("xray:PutTelemetryRecords", "xray:PutTraceSegments")}

    def test_failed_asynchronous_events_go_to_a_queue_that_is_watched(self, default_template: Template) -> None:
        config = only_resource(default_template, "AWS::Lambda::EventInvokeConfig")
        (queue,) = resources_of_type(default_template, "AWS::SQS::Queue")
        assert config["MaximumRetryAttempts"] == 2
        assert config["MaximumEventAgeInSeconds"] == 21_600
        assert config["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": [queue, "Arn"]}}}
        default_template.has_resource_properties(
            "AWS::SQS::Queue", {"MessageRetentionPeriod": 1_209_600, "SqsManagedSseEnabled": True}
        )
        default_template.has_resource_properties(
            "AWS::SQS::QueuePolicy",
            {"PolicyDocument": {"Statement": Match.array_with([Match.object_like({"Effect": "Deny"})])}},
        )
        alarm = only_resource(default_template, "AWS::CloudWatch::Alarm")
        assert alarm["Threshold"] == 1
        assert "send the events again" in str(alarm["AlarmDescription"])

    def test_the_configuration_waits_for_the_policy_that_lambda_checks(self, default_template: Template) -> None:
        config = next(iter(default_template.find_resources("AWS::Lambda::EventInvokeConfig").values()))
        policies = {name for name in cast("list[str]", config["DependsOn"]) if "AsynchronousInvocationsPolicy" in name}
        assert len(policies) == 1

    def test_no_alias_no_reservation_no_physical_name(self, default_template: Template) -> None:
        default_template.resource_count_is("AWS::Lambda::Alias", 0)
        function = only_resource(default_template, "AWS::Lambda::Function")
        assert not {"ReservedConcurrentExecutions", "FunctionName"} & function.keys()


class TestServiceDefaults:
    def test_the_nearest_scope_decides_and_arguments_come_first(self) -> None:
        app = _app()
        ServiceDefaults.development(service="shop", application_version="1.2.3").apply_to(app)
        stack = Stack(app, "Orders")
        SinglePurposeFunction(stack, "A", entry=ENTRY, handler=HANDLER, log_retention=logs.RetentionDays.ONE_DAY)
        template = Template.from_stack(stack)
        variables = cast("dict[str, dict[str, str]]", only_resource(template, "AWS::Lambda::Function")["Environment"])[
            "Variables"
        ]
        assert variables["POWERTOOLS_SERVICE_NAME"] == "shop"
        assert variables["APPLICATION_VERSION"] == "1.2.3"
        assert only_resource(template, "AWS::Logs::LogGroup")["RetentionInDays"] == 1
        template.has_resource("AWS::Logs::LogGroup", {"DeletionPolicy": "Delete"})


class TestPermissions:
    def test_a_policy_of_several_permissions_is_passed_with_a_star(self, stack: Stack) -> None:
        function = SinglePurposeFunction(stack, "PlaceOrder", entry=ENTRY, handler=HANDLER)
        policy: object = sam.sqs_poller_policy("arn:aws:sqs:eu-west-1:111122223333:orders")
        with pytest.raises(InvalidArgumentError, match=r"PlaceOrder: allow\(.*with a star, allow\(\*"):
            function.allow(policy)  # type: ignore[arg-type]  # what is refused

    def test_allow_adds_exactly_what_it_is_given(self, stack: Stack) -> None:
        table = dynamodb.Table.from_table_arn(stack, "T", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders")
        function = SinglePurposeFunction(
            stack, "F", entry=ENTRY, handler=HANDLER, invocation_model=InvocationModel.SYNCHRONOUS
        )
        function.allow(dynamodb_permissions.put_item(table))
        template = Template.from_stack(stack)
        (role,) = resources_of_type(template, "AWS::IAM::Role")
        assert allowed_actions(template, role) == LOGS_AND_TRACES | {"dynamodb:PutItem"}
        assert (
            "Allow",
            ("dynamodb:PutItem",),
            ('"arn:aws:dynamodb:eu-west-1:111122223333:table/orders"',),
        ) in statements_of_role(template, role)

    def test_a_role_of_the_user_gets_the_same_statements(self, stack: Stack) -> None:
        role = iam.Role(stack, "Mine", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        SinglePurposeFunction(
            stack, "F", entry=ENTRY, handler=HANDLER, role=role, invocation_model=InvocationModel.POLLED
        )
        template = Template.from_stack(stack)
        (logical_id,) = resources_of_type(template, "AWS::IAM::Role")
        assert allowed_actions(template, logical_id) == LOGS_AND_TRACES

    def test_without_tracing_there_is_no_wildcard(self, stack: Stack) -> None:
        SinglePurposeFunction(
            stack,
            "F",
            entry=ENTRY,
            handler=HANDLER,
            tracing=lambda_.Tracing.DISABLED,
            invocation_model=InvocationModel.POLLED,
        )
        template = Template.from_stack(stack)
        (role,) = resources_of_type(template, "AWS::IAM::Role")
        assert allowed_actions(template, role) == {"logs:CreateLogStream", "logs:PutLogEvents"}
        assert "TracingConfig" not in only_resource(template, "AWS::Lambda::Function")

    def test_in_a_vpc_it_may_attach_to_it(self, stack: Stack) -> None:
        vpc = ec2.Vpc(
            stack,
            "Network",
            max_azs=1,
            nat_gateways=0,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
            ],
        )
        SinglePurposeFunction(
            stack,
            "G",
            entry=ENTRY,
            handler=HANDLER,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            invocation_model=InvocationModel.POLLED,
        )
        template = Template.from_stack(stack)
        roles = [r for r in resources_of_type(template, "AWS::IAM::Role") if r.startswith("GRole")]
        assert "ec2:CreateNetworkInterface" in allowed_actions(template, roles[0])


class TestInvocationModels:
    @pytest.mark.parametrize("model", [InvocationModel.SYNCHRONOUS, InvocationModel.POLLED])
    def test_a_construct_that_knows_better_takes_the_asynchronous_part_away(
        self, stack: Stack, model: InvocationModel
    ) -> None:
        function = SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER)
        function.invoked_by(model)
        template = Template.from_stack(stack)
        for resource_type in ("AWS::Lambda::EventInvokeConfig", "AWS::SQS::Queue", "AWS::CloudWatch::Alarm"):
            template.resource_count_is(resource_type, 0)
        (role,) = resources_of_type(template, "AWS::IAM::Role")
        assert allowed_actions(template, role) == LOGS_AND_TRACES
        assert function.event_invoke_config is None
        assert function.on_failure_queue is None

    def test_it_comes_back_for_a_caller_that_is_asynchronous(self, stack: Stack) -> None:
        function = SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER)
        function.invoked_by(InvocationModel.SYNCHRONOUS)
        function.invoked_by(InvocationModel.ASYNCHRONOUS)
        Template.from_stack(stack).resource_count_is("AWS::Lambda::EventInvokeConfig", 1)

    def test_what_the_user_chose_or_uses_stays(self, stack: Stack) -> None:
        chosen = SinglePurposeFunction(
            stack, "Chosen", entry=ENTRY, handler=HANDLER, invocation_model=InvocationModel.ASYNCHRONOUS
        )
        used = SinglePurposeFunction(stack, "Used", entry=ENTRY, handler=HANDLER)
        assert used.on_failure_queue is not None
        for function in (chosen, used):
            function.invoked_by(InvocationModel.SYNCHRONOUS)
        Template.from_stack(stack).resource_count_is("AWS::Lambda::EventInvokeConfig", 2)

    def test_destinations_of_the_user_replace_the_queue(self, stack: Stack) -> None:
        topic = sns.Topic(stack, "Topic")
        function = SinglePurposeFunction(
            stack,
            "F",
            entry=ENTRY,
            handler=HANDLER,
            on_failure=destinations.SnsDestination(topic),
            on_success=destinations.SnsDestination(topic),
            retry_attempts=0,
            max_event_age=Duration.minutes(5),
        )
        template = Template.from_stack(stack)
        template.resource_count_is("AWS::SQS::Queue", 0)
        config = only_resource(template, "AWS::Lambda::EventInvokeConfig")
        assert cast("dict[str, object]", config["DestinationConfig"]).keys() == {"OnFailure", "OnSuccess"}
        assert config["MaximumRetryAttempts"] == 0
        assert config["MaximumEventAgeInSeconds"] == 300
        assert function.on_failure_queue is None


class TestProvisionedConcurrency:
    def test_it_is_on_an_alias_of_the_current_version_and_scales(self, stack: Stack) -> None:
        function = SinglePurposeFunction(
            stack,
            "F",
            entry=ENTRY,
            handler=HANDLER,
            provisioned_concurrent_executions=2,
            provisioned_concurrency_scaling=ProvisionedConcurrencyScaling(
                max_capacity=10,
                schedules=(
                    ProvisionedConcurrencySchedule(
                        name="Morning", schedule=autoscaling.Schedule.cron(hour="8", minute="0"), min_capacity=5
                    ),
                ),
            ),
        )
        template = Template.from_stack(stack)
        alias = only_resource(template, "AWS::Lambda::Alias")
        (version,) = resources_of_type(template, "AWS::Lambda::Version")
        assert alias["ProvisionedConcurrencyConfig"] == {"ProvisionedConcurrentExecutions": 2}
        assert alias["FunctionVersion"] == {"Fn::GetAtt": [version, "Version"]}
        target = only_resource(template, "AWS::ApplicationAutoScaling::ScalableTarget")
        assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 10)
        assert cast("list[dict[str, object]]", target["ScheduledActions"])[0]["ScalableTargetAction"] == {
            "MinCapacity": 5
        }
        policy = only_resource(template, "AWS::ApplicationAutoScaling::ScalingPolicy")
        assert cast("dict[str, object]", policy["TargetTrackingScalingPolicyConfiguration"])["TargetValue"] == 0.7
        assert only_resource(template, "AWS::Lambda::EventInvokeConfig")["Qualifier"] == "live"
        assert function.invocation_target is function.alias

    def test_it_is_set_once(self, stack: Stack) -> None:
        function = SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER, provisioned_concurrent_executions=2)
        with pytest.raises(InvalidArgumentError, match="Stack/F: provision\\(3\\) a second time"):
            function.provision(3)


class TestOverrides:
    def test_every_setting_of_the_function_can_be_set(self, stack: Stack) -> None:
        group = logs.LogGroup(stack, "Group")
        SinglePurposeFunction(
            stack,
            "F",
            code=lambda_.Code.from_inline("def handler(event, context): ..."),
            handler="index.handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.X86_64,
            memory_size=1024,
            timeout=Duration.seconds(30),
            environment={"TABLE": "orders", "POWERTOOLS_LOG_LEVEL": "DEBUG"},
            description="Places orders",
            tracing=lambda_.Tracing.PASS_THROUGH,
            log_group=group,
            application_log_level_v2=lambda_.ApplicationLogLevel.DEBUG,
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
            recursive_loop=lambda_.RecursiveLoop.ALLOW,
            reserved_concurrent_executions=0,
            removal_policy=RemovalPolicy.DESTROY,
            customize=lambda function: function.add_environment("LATE", "yes"),
        )
        template = Template.from_stack(stack)
        function = only_resource(template, "AWS::Lambda::Function")
        variables = cast("dict[str, dict[str, str]]", function["Environment"])["Variables"]
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == ["x86_64"]
        assert function["MemorySize"] == 1024
        assert function["Timeout"] == 30
        assert function["Description"] == "Places orders"
        assert function["TracingConfig"] == {"Mode": "PassThrough"}
        assert function["RecursiveLoop"] == "Allow"
        assert function["ReservedConcurrentExecutions"] == 0
        assert (variables["TABLE"], variables["LATE"], variables["POWERTOOLS_LOG_LEVEL"]) == ("orders", "yes", "DEBUG")
        template.resource_count_is("AWS::Logs::LogGroup", 1)

    def test_what_is_handed_on_arrives(self, stack: Stack) -> None:
        SinglePurposeFunction(
            stack,
            "F",
            entry=ENTRY,
            handler=HANDLER,
            logging_format=lambda_.LoggingFormat.TEXT,
            function_name="place-order",
            ephemeral_storage_size=Size.gibibytes(1),
            runtime_management_mode=lambda_.RuntimeManagementMode.FUNCTION_UPDATE,
            params_and_secrets=lambda_.ParamsAndSecretsLayerVersion.from_version_arn(
                "arn:aws:lambda:eu-west-1:015030872274:layer:AWS-Parameters-and-Secrets-Lambda-Extension-Arm64:12"
            ),
        )
        function = only_resource(Template.from_stack(stack), "AWS::Lambda::Function")
        assert function["FunctionName"] == "place-order"
        assert function["EphemeralStorage"] == {"Size": 1024}
        assert function["RuntimeManagementConfig"] == {"UpdateRuntimeOn": "FunctionUpdate"}
        assert len(cast("list[str]", function["Layers"])) == 1
        assert "SystemLogLevel" not in cast("dict[str, object]", function["LoggingConfig"])

    def test_lambda_insights_comes_for_the_architecture(self) -> None:
        app = _app()
        stack = Stack(app, "S", env={"account": "111122223333", "region": "eu-west-1"})
        SinglePurposeFunction(
            stack,
            "F",
            entry=ENTRY,
            handler=HANDLER,
            insights_version=lambda_.LambdaInsightsVersion.VERSION_1_0_404_0,
            invocation_model=InvocationModel.SYNCHRONOUS,
        )
        layers = cast("list[str]", only_resource(Template.from_stack(stack), "AWS::Lambda::Function")["Layers"])
        assert len(layers) == 1
        assert "LambdaInsightsExtension-Arm64" in layers[0]
        assert not findings(app).open


class TestTogether:
    def test_two_in_a_stack_and_two_stacks_are_compliant(self) -> None:
        app = _app()
        for name in ("Blue", "Green"):
            stack = Stack(app, name)
            SinglePurposeFunction(stack, "A", entry=ENTRY, handler=HANDLER)
            SinglePurposeFunction(stack, "B", entry=ENTRY, handler=HANDLER, provisioned_concurrent_executions=1)
        found = findings(app)
        assert not found.open
        assert {rule for rule, _ in found.acknowledged} == {
            "AwsSolutions-IAM5[Resource::*]",
            "AwsSolutions-SQS3",
            "Serverless-LambdaDLQ",
            "Serverless-LambdaStarPermissions",
            "Serverless-SQSRedrivePolicy",
        }

    def test_a_later_wildcard_is_still_found(self) -> None:
        app = _app()
        function = SinglePurposeFunction(Stack(app, "S"), "F", entry=ENTRY, handler=HANDLER)
        function.role.add_to_principal_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"]))
        assert {rule for rule, _ in findings(app).open} == {"AwsSolutions-IAM5[Resource::*]"}
