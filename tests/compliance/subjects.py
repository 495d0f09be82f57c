"""What is checked: each construct alone in a stack, in the forms that make different resources, and the example."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions

from best_practice_constructs import (
    ApiDestinationTarget,
    ApiGatewayLoggingRole,
    ApiKeyAuthorization,
    AsyncFunctionConsumer,
    ChangePipe,
    ChangePublisher,
    ClaimCheckStore,
    CognitoAuthorization,
    EnrichedEventBus,
    EventSchemaRegistry,
    EventSource,
    ExistingClaimCheckStore,
    ExistingEventBus,
    IdempotencyModel,
    IdempotentQueueConsumer,
    InvocationModel,
    NoAuthorization,
    PowerTuning,
    ProvisionedApi,
    ServiceDefaults,
    ServiceWorkflow,
    SinglePurposeFunction,
    StreamConsumer,
    TopicConsumer,
    from_data,
)
from best_practice_constructs.compliance import acknowledge
from best_practice_constructs.permissions import dynamodb as dynamodb_permissions
from examples.order_invoice.system import create_order_invoice_system

ROOT = Path(__file__).resolve().parents[2]
NO_BUNDLING: Mapping[str, object] = {"aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True}

_tests = EventSource("com.example.tests")


@_tests.event
class SubjectChecked:
    """An event to route."""

    subject_id: str


@_tests.event(claim_check=("findings",))
class SubjectReported:
    """An event whose findings may be many."""

    subject_id: str
    findings: list[str]


def _function(
    stack: Stack, id: str = "Function", *, invocation_model: InvocationModel | None = None
) -> SinglePurposeFunction:
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    return SinglePurposeFunction(stack, id, code=code, handler="index.handler", invocation_model=invocation_model)


def _consumer(
    stack: Stack, *, fifo: bool = False, idempotency_model: IdempotencyModel = IdempotencyModel.RECORD
) -> IdempotentQueueConsumer:
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    return IdempotentQueueConsumer(
        stack, "Consumer", code=code, handler="index.handler", fifo=fifo, idempotency_model=idempotency_model
    )


def _allowed_function(stack: Stack) -> None:
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    recovery = dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True)
    table = dynamodb.Table(
        stack,
        "Table",
        partition_key=key,
        point_in_time_recovery_specification=recovery,
        removal_policy=RemovalPolicy.DESTROY,
    )
    _function(stack).allow(dynamodb_permissions.put_item(table), dynamodb_permissions.get_item(table))


def _provisioned_function(stack: Stack) -> None:
    _function(stack, invocation_model=InvocationModel.SYNCHRONOUS).provision(2)


def _consumer_of_own_queue(stack: Stack) -> None:
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    dead_letters = sqs.Queue(stack, "OwnDeadLetters", enforce_ssl=True, retention_period=Duration.days(14))
    finding = "Serverless::Serverless-SQSRedrivePolicy"
    acknowledge(dead_letters, reason="The user's own queue for dead letters.", findings=(finding,))
    redrive = sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=5)
    queue = sqs.Queue(
        stack, "OwnQueue", enforce_ssl=True, dead_letter_queue=redrive, visibility_timeout=Duration.minutes(2)
    )
    IdempotentQueueConsumer(stack, "Consumer", code=code, handler="index.handler", queue=queue)


def _stream_consumers(stack: Stack) -> None:
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    table = dynamodb.Table(
        stack,
        "Table",
        partition_key=key,
        stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
    )
    stream = kinesis.Stream(stack, "Stream", encryption=kinesis.StreamEncryption.MANAGED)
    start = lambda_.StartingPosition.TRIM_HORIZON
    for name, source in (("OfTable", table), ("OfStream", stream)):
        StreamConsumer(stack, name, stream=source, starting_position=start, code=code, handler="index.handler")


def _change_publishers(stack: Stack) -> None:
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    table = dynamodb.Table(
        stack,
        "Table",
        partition_key=dynamodb.Attribute(name="subject_id", type=dynamodb.AttributeType.STRING),
        stream=dynamodb.StreamViewType.NEW_IMAGE,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
    )
    bus = EnrichedEventBus(stack, "Bus")
    events = (SubjectChecked,)
    ChangePublisher(stack, "Function", table=table, bus=bus, events=events, code=code, handler="index.handler")
    ChangePipe(stack, "Pipe", table=table, bus=bus, event=SubjectChecked)


def _topic_consumer(stack: Stack) -> None:
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    topic = sns.Topic(stack, "Topic", enforce_ssl=True)
    TopicConsumer(stack, "Consumer", topic=topic, filter_policy=SubjectChecked, code=code, handler="index.handler")


def _async_consumer(stack: Stack) -> None:
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    consumer = AsyncFunctionConsumer(stack, "Consumer", code=code, handler="index.handler")
    EnrichedEventBus(stack, "Bus").route(SubjectChecked, to=consumer)
    consumer.on_object_created(s3.Bucket.from_bucket_name(stack, "Bucket", "uploads"), prefix="photos/")


def _bus_found_by_parameter(stack: Stack) -> None:
    bus = ExistingEventBus.from_parameter(stack, "Bus", parameter_name="/checked/bus")
    bus.route(SubjectChecked, to=_consumer(stack))
    ExistingEventBus.default(stack, "Default").route({"source": ["aws.s3"]}, to=_function(stack))


def _routing_bus(stack: Stack) -> None:
    bus = EnrichedEventBus(stack, "Bus", archive_retention=Duration.days(30))
    bus.route(SubjectChecked, to=_consumer(stack))
    bus.route(SubjectChecked, to=_function(stack))
    bus.add_publisher(_function(stack, "Publisher"))
    bus.route(SubjectChecked, to=EnrichedEventBus(stack, "OtherBus"))
    bus.log_everything()


def _api_destination(stack: Stack) -> None:
    secret = secretsmanager.Secret.from_secret_name_v2(stack, "Secret", "checked/key")
    target = ApiDestinationTarget(
        stack,
        "Partner",
        url="https://partner.example/subjects",
        authorization=ApiKeyAuthorization(header="x-api-key", secret=secret),
        rate_limit_per_second=10,
        body={"subject": from_data("subject_id")},
    )
    EnrichedEventBus(stack, "Bus").route(SubjectChecked, to=target)


def _claim_checks(stack: Stack) -> None:
    bus = EnrichedEventBus(stack, "Bus", claim_check=ClaimCheckStore(stack, "ClaimChecks"))
    bus.add_publisher(_function(stack), SubjectReported)
    bus.route(SubjectReported, to=_consumer(stack))


def _claim_checks_of_another_app(stack: Stack) -> None:
    store = ExistingClaimCheckStore(stack, "ClaimChecks", parameter_name="/checked/claim-checks")
    bus = ExistingEventBus.from_parameter(stack, "Bus", parameter_name="/checked/bus", claim_check=store)
    bus.add_publisher(_function(stack), SubjectReported)
    bus.route(SubjectReported, to=_consumer(stack))


def _workflows(stack: Stack) -> None:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
        "StartAt": "Call",
        "States": {"Call": {"Type": "Task", "Resource": "${Function}", "End": True}},
    }
    each = {"Type": "Map", "Items": "{% $states.input %}", "ItemProcessor": processor, "End": True}
    standard = ServiceWorkflow(
        stack,
        "Standard",
        definition={"QueryLanguage": "JSONata", "StartAt": "Each", "States": {"Each": each}},
        definition_substitutions={"Function": _function(stack)},
    )
    ServiceWorkflow(
        stack,
        "Express",
        definition={"QueryLanguage": "JSONata", "StartAt": "Call", "States": processor["States"]},
        definition_substitutions={"Function": _function(stack, "Called")},
        state_machine_type=stepfunctions.StateMachineType.EXPRESS,
    )
    EnrichedEventBus(stack, "Bus").route(SubjectChecked, to=standard)


def _api(stack: Stack) -> None:
    ProvisionedApi(stack, "Api").get("/subjects/{id}", _function(stack))


def _provisioned_api(stack: Stack) -> None:
    ProvisionedApi(stack, "Api").post("/subjects", _function(stack), provisioned_concurrency=2)


def _cognito_api(stack: Stack) -> None:
    pool = cognito.UserPool.from_user_pool_id(stack, "Pool", "us-east-1_123456789")
    ProvisionedApi(stack, "Api", authorization=CognitoAuthorization(user_pools=[pool])).get(
        "/subjects", _function(stack)
    )


def _open_api(stack: Stack) -> None:
    open_to_all = NoAuthorization(reason="It tells the public opening hours.")
    ProvisionedApi(stack, "Api", authorization=open_to_all).get("/hours", _function(stack))


def _power_tuning(stack: Stack) -> None:
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    x86 = SinglePurposeFunction(
        stack,
        "Twin",
        code=code,
        handler="index.handler",
        architecture=lambda_.Architecture.X86_64,
        invocation_model=InvocationModel.SYNCHRONOUS,
    )
    target = _function(stack, invocation_model=InvocationModel.SYNCHRONOUS)
    PowerTuning(stack, "Tuning", function=target, other_architecture=x86)


CONSTRUCTS: Mapping[str, Callable[[Stack], object]] = {
    "function": _function,
    "function-allowed": _allowed_function,
    "function-polled": lambda stack: _function(stack, invocation_model=InvocationModel.POLLED),
    "function-provisioned": _provisioned_function,
    "consumer": _consumer,
    "consumer-fifo": lambda stack: _consumer(stack, fifo=True),
    "consumer-transaction": lambda stack: _consumer(stack, idempotency_model=IdempotencyModel.TRANSACTION),
    "consumer-own-queue": _consumer_of_own_queue,
    "bus": lambda stack: EnrichedEventBus(stack, "Bus"),
    "bus-routing": _routing_bus,
    "bus-existing": _bus_found_by_parameter,
    "api-destination": _api_destination,
    "claim-checks": _claim_checks,
    "claim-checks-existing": _claim_checks_of_another_app,
    "event-schemas": lambda stack: EventSchemaRegistry(stack, "Schemas", sources=[_tests]),
    "stream-consumers": _stream_consumers,
    "change-publishers": _change_publishers,
    "topic-consumer": _topic_consumer,
    "async-function-consumer": _async_consumer,
    "workflows": _workflows,
    "api": _api,
    "api-provisioned": _provisioned_api,
    "api-cognito": _cognito_api,
    "api-open": _open_api,
    "power-tuning": _power_tuning,
    "api-logging-role": lambda stack: ApiGatewayLoggingRole(stack, "LoggingRole"),
}


def all_apps(directory: Path) -> dict[str, App]:
    """Give every app that is checked, by the name of its output directory."""
    return {
        "constructs": constructs_app(directory / "constructs"),
        "examples": minimal_examples_app(directory / "examples"),
        "order-invoice": order_invoice_app(directory / "order-invoice"),
        "order-invoice-provisioned": order_invoice_app(
            directory / "order-invoice-provisioned", provisioned_concurrency=2
        ),
    }


def constructs_app(directory: Path) -> App:
    """Give an app with one stack for each subject."""
    app = App(context=NO_BUNDLING, outdir=str(directory))
    for name, create in CONSTRUCTS.items():
        create(Stack(app, name))
    return app


def minimal_examples_app(directory: Path) -> App:
    """Give an app with the stacks of the minimal examples, one for each construct."""
    app = App(context=NO_BUNDLING, outdir=str(directory))
    for file in sorted((ROOT / "examples").glob("*/stack.py")):
        module = import_module(f"examples.{file.parent.name}.stack")
        stacks = [
            found
            for found in vars(module).values()
            if isinstance(found, type) and issubclass(found, Stack) and found.__module__ == module.__name__
        ]
        for stack in stacks:
            stack(app, file.parent.name.replace("_", "-"))
    return app


def order_invoice_app(
    directory: Path, *, defaults: ServiceDefaults | None = None, provisioned_concurrency: int | None = None
) -> App:
    """Give the order/invoice system with the feature flags of ``cdk.json``.

    :param defaults: default: those of a development stage.
    """
    flags = json.loads((ROOT / "cdk.json").read_text("utf-8"))["context"]
    app = App(context={**flags, **NO_BUNDLING}, outdir=str(directory))
    (defaults or dataclasses.replace(ServiceDefaults.development(), stage="checked")).apply_to(app)
    create_order_invoice_system(app, prefix="order-invoice", provisioned_concurrency=provisioned_concurrency)
    return app
