"""A queue consumer written by hand with aws-cdk-lib's L2 constructs: resource for resource what the construct makes."""

from __future__ import annotations

from typing import cast

from aws_cdk import Aws, Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs

CODE = "def handler(event, context): return {'batchItemFailures': []}"
NAME_HASH = "00000000"
"""Stands in the queue's name where the construct has a hash of its path."""


_TRACING = lambda_.CfnFunction.TracingConfigProperty(mode="Active")


def create_queue_consumer(stack: Stack, id: str) -> None:
    """Make the queues, the table, the function with its role and log, the mapping and the alarms."""
    name = Fn.join("", [f"{id}-{NAME_HASH}-", Fn.select(2, Fn.split("/", Aws.STACK_ID))])
    dead_letters = sqs.Queue(
        stack,
        f"{id}DeadLetters",
        enforce_ssl=True,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        retention_period=Duration.days(14),
        removal_policy=RemovalPolicy.RETAIN,
        redrive_allow_policy=sqs.RedriveAllowPolicy(
            redrive_permission=sqs.RedrivePermission.BY_QUEUE,
            source_queues=[
                sqs.Queue.from_queue_arn(
                    stack, f"{id}Source", f"arn:{Aws.PARTITION}:sqs:{Aws.REGION}:{Aws.ACCOUNT_ID}:{name}"
                )
            ],
        ),
    )
    queue = sqs.Queue(
        stack,
        f"{id}Queue",
        queue_name=name,
        enforce_ssl=True,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        retention_period=Duration.days(4),
        visibility_timeout=Duration.seconds(60),
        removal_policy=RemovalPolicy.RETAIN,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=5),
    )
    table = dynamodb.Table(
        stack,
        f"{id}Idempotency",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        time_to_live_attribute="expiration",
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=RemovalPolicy.RETAIN,
    )
    log_group = logs.LogGroup(
        stack, f"{id}LogGroup", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.RETAIN
    )
    role = _role(stack, id, log_group=log_group)
    for actions, resource in (
        (["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue.queue_arn),
        (["sqs:SendMessage"], dead_letters.queue_arn),
        (["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], table.table_arn),
    ):
        role.add_to_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
    function = lambda_.Function(
        stack,
        f"{id}Function",
        runtime=lambda_.Runtime.PYTHON_3_14,
        architecture=lambda_.Architecture.ARM_64,
        code=lambda_.Code.from_inline(CODE),
        handler="index.handler",
        role=role,
        memory_size=512,
        timeout=Duration.seconds(10),
        log_group=log_group,
        logging_format=lambda_.LoggingFormat.JSON,
        application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
        system_log_level_v2=lambda_.SystemLogLevel.INFO,
        recursive_loop=lambda_.RecursiveLoop.TERMINATE,
        environment={
            "POWERTOOLS_SERVICE_NAME": "Stack",
            "POWERTOOLS_METRICS_NAMESPACE": "Stack",
            "POWERTOOLS_LOG_LEVEL": "INFO",
            "SERVICE_STAGE": "development",
            "APPLICATION_VERSION": "unversioned",
            "IDEMPOTENCY_TABLE_NAME": table.table_name,
            "IDEMPOTENCY_KEY": "detail.metadata.event_id",
            "IDEMPOTENCY_MODEL": "record",
            "IDEMPOTENCY_EXPIRES_AFTER_SECONDS": "1900800",
            "DEAD_LETTER_QUEUE_URL": dead_letters.queue_url,
            "MAX_RECEIVE_COUNT": "5",
            "QUEUE_IS_FIFO": "false",
        },
    )
    # As a property of the L2 it would add the statement, which the role has, a second time.
    cast(lambda_.CfnFunction, function.node.default_child).tracing_config = _TRACING
    lambda_.EventSourceMapping(
        stack,
        f"{id}Mapping",
        target=function,
        event_source_arn=queue.queue_arn,
        enabled=True,
        batch_size=10,
        report_batch_item_failures=True,
        max_concurrency=10,
    )
    _create_alarms(stack, id, queue=queue, dead_letters=dead_letters)


def _role(stack: Stack, id: str, *, log_group: logs.LogGroup) -> iam.Role:
    return iam.Role(
        stack,
        f"{id}Role",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        inline_policies={
            "Observe": iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(
                        actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group.log_group_arn]
                    ),
                    iam.PolicyStatement(actions=["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources=["*"]),
                ]
            )
        },
    )


def _create_alarms(stack: Stack, id: str, *, queue: sqs.Queue, dead_letters: sqs.Queue) -> None:
    cloudwatch.Alarm(
        stack,
        f"{id}DeadLettersAlarm",
        metric=dead_letters.metric_approximate_number_of_messages_visible(
            period=Duration.minutes(1), statistic="Maximum"
        ),
        threshold=1,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=(
            f"{stack.node.path}/{id} has dead letters. By cause they are shown by: python -m "
            f"best_practice_constructs.operations.redrive {dead_letters.queue_name} (without a cause, search the "
            "function's log for the message id). Mend the cause, then move them back with --move: what has been done "
            "already is not done twice."
        ),
    )
    cloudwatch.Alarm(
        stack,
        f"{id}MessageAgeAlarm",
        metric=queue.metric_approximate_age_of_oldest_message(period=Duration.minutes(1), statistic="Maximum"),
        threshold=300,
        evaluation_periods=3,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=(
            f"A message of {stack.node.path}/{id} has waited for 300 s. Either handling fails and is retried (see the "
            "function's errors), or more comes in than is handled: raise max_concurrency or batch_size if what is "
            "downstream can take it."
        ),
    )
