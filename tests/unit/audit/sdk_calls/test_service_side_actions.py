"""What Lambda does with a role is known exactly: no more is excused than it needs."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.unit.audit.sdk_calls.template_support import PUT, allow, arn, template_of, unused

FUNCTION = {"Ref": "Function"}
RESOURCES: Mapping[str, object] = {
    "Queue": {"Type": "AWS::SQS::Queue"},
    "OtherQueue": {"Type": "AWS::SQS::Queue"},
    "Stream": {"Type": "AWS::Kinesis::Stream"},
    "Consumer": {"Type": "AWS::Kinesis::StreamConsumer"},
    "Table": {"Type": "AWS::DynamoDB::Table"},
    "Topic": {"Type": "AWS::SNS::Topic"},
    "Bus": {"Type": "AWS::Events::EventBus"},
    "Bucket": {"Type": "AWS::S3::Bucket"},
    "Other": {"Type": "AWS::Lambda::Function"},
    "Alias": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": FUNCTION}},
}
POLL = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
READ_TABLE = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams")
READ_STREAM = (
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
)


def mapping_of(source: object, **properties: object) -> dict[str, object]:
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {"EventSourceArn": source, "FunctionName": FUNCTION, **properties},
    }


def to(destination: str, *, event: str = "OnFailure") -> dict[str, object]:
    return {"DestinationConfig": {event: {"Destination": arn(destination)}}}


def of_source(source: object, *actions: str, on: object = None, **properties: object) -> set[str]:
    mapping = mapping_of(source, **properties)
    statements = [allow(*actions, on=source if on is None else on)]
    return unused(template_of(statements=statements, resources={**RESOURCES, "Mapping": mapping}))


def test_a_mapping_polls_its_queue() -> None:
    assert of_source(arn("Queue"), *POLL) == set()


def test_a_mapping_does_neither_change_nor_look_up_its_queue() -> None:
    assert of_source(arn("Queue"), "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl", *POLL) == {
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueUrl",
    }


def test_a_mapping_polls_no_other_queue() -> None:
    assert of_source(arn("Queue"), *POLL, on=arn("OtherQueue")) == set(POLL)


def test_a_mapping_of_another_function_is_no_excuse() -> None:
    assert of_source(arn("Queue"), *POLL, FunctionName={"Ref": "Other"}) == set(POLL)


def test_a_mapping_of_an_alias_is_one_of_its_function() -> None:
    assert of_source(arn("Queue"), *POLL, FunctionName={"Ref": "Alias"}) == set()


def test_a_mapping_reads_the_stream_of_a_table() -> None:
    source = {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert of_source(source, *READ_TABLE, "dynamodb:GetItem", StartingPosition="LATEST") == {"dynamodb:GetItem"}


def test_a_mapping_reads_a_stream() -> None:
    assert of_source(arn("Stream"), *READ_STREAM, "kinesis:SubscribeToShard", StartingPosition="LATEST") == {
        "kinesis:SubscribeToShard"
    }


def test_a_consumer_of_a_stream_subscribes() -> None:
    consumer = {"Ref": "Consumer"}
    assert of_source(consumer, *READ_STREAM, "kinesis:SubscribeToShard", StartingPosition="LATEST") == set()


def test_a_source_that_is_known_at_deployment_is_a_queue_or_a_stream() -> None:
    assert of_source({"Ref": "QueueArn"}, *POLL) == set()
    assert of_source({"Ref": "StreamArn"}, *READ_TABLE, *POLL, StartingPosition="LATEST") == set(POLL)


def test_a_source_by_its_arn() -> None:
    assert of_source("arn:aws:sqs:eu-west-1:111122223333:orders", *POLL, *READ_STREAM) == set(READ_STREAM)


IN_NETWORK = ("ec2:CreateNetworkInterface", "ec2:DescribeSecurityGroups", "ec2:DescribeVpcs")
OF_CLUSTERS = {
    "kafka": (
        "arn:aws:kafka:eu-west-1:111122223333:cluster/orders/1",
        {"Topics": ["orders"], "StartingPosition": "LATEST"},
        ("kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers", "kafka-cluster:Connect", "kafka-cluster:ReadData"),
    ),
    "mq": (
        "arn:aws:mq:eu-west-1:111122223333:broker:orders:1",
        {"Queues": ["orders"]},
        ("mq:DescribeBroker",),
    ),
    "rds": (
        "arn:aws:rds:eu-west-1:111122223333:cluster:orders",
        {"DocumentDBEventSourceConfig": {}, "StartingPosition": "LATEST"},
        ("rds:DescribeDBClusters", "rds:DescribeDBClusterParameters", "rds:DescribeDBSubnetGroups"),
    ),
}


@pytest.mark.parametrize("source", ["by its ARN", "known at deployment"])
@pytest.mark.parametrize(("by_arn", "properties", "actions"), OF_CLUSTERS.values(), ids=OF_CLUSTERS)
def test_a_mapping_of_a_cluster_is_known(
    by_arn: str, properties: dict[str, object], actions: tuple[str, ...], source: str
) -> None:
    arn_ = by_arn if source == "by its ARN" else {"Ref": "SourceArn"}
    more = (*READ_STREAM, *READ_TABLE, *POLL)
    assert of_source(arn_, *actions, *IN_NETWORK, *more, on="*", **properties) == set(more)


def test_credentials_of_a_source_are_read_and_take_the_place_of_iam() -> None:
    secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:"
    properties: dict[str, object] = {
        "Topics": ["orders"],
        "SelfManagedEventSource": {"Endpoints": {}},
        "SourceAccessConfigurations": [
            {"Type": "SASL_SCRAM_512_AUTH", "URI": f"{secret}kafka-abcdef"},
            {"Type": "VPC_SUBNET", "URI": "subnet:subnet-1"},
        ],
    }
    read = "secretsmanager:GetSecretValue"
    assert of_source(None, read, *IN_NETWORK, on=f"{secret}kafka-abcdef", **properties) == set()
    assert of_source(None, read, "kafka-cluster:Connect", on=f"{secret}other-abcdef", **properties) == {
        read,
        "kafka-cluster:Connect",
    }


SENT = {"Queue": "sqs:SendMessage", "Topic": "sns:Publish", "Bus": "events:PutEvents", "Other": "lambda:InvokeFunction"}


@pytest.mark.parametrize("event", ["OnFailure", "OnSuccess"])
@pytest.mark.parametrize("destination", SENT)
def test_asynchronous_invocations_send_to_their_destinations(destination: str, event: str) -> None:
    config = {
        "Type": "AWS::Lambda::EventInvokeConfig",
        "Properties": {"FunctionName": FUNCTION, "Qualifier": "$LATEST", **to(destination, event=event)},
    }
    statements = [allow(action, on=arn(name)) for name, action in SENT.items()]
    found = unused(template_of(statements=statements, resources={**RESOURCES, "Config": config}))
    assert found == set(SENT.values()) - {SENT[destination]}


def test_a_mapping_sends_what_it_gave_up() -> None:
    assert (
        of_source(arn("Stream"), "sqs:SendMessage", on=arn("Queue"), StartingPosition="LATEST", **to("Queue")) == set()
    )
    assert of_source(arn("Stream"), "sqs:SendMessage", on=arn("Queue"), StartingPosition="LATEST") == {
        "sqs:SendMessage"
    }


def test_a_bucket_as_destination_is_listed_too() -> None:
    actions = ("s3:PutObject", "s3:ListBucket", "s3:GetObject")
    assert of_source(arn("Stream"), *actions, on=arn("Bucket"), StartingPosition="LATEST", **to("Bucket")) == {
        "s3:GetObject"
    }


def test_a_dead_letter_queue_of_the_function() -> None:
    properties = {"DeadLetterConfig": {"TargetArn": arn("Queue")}}
    statements = [allow("sqs:SendMessage", on=arn("Queue")), allow("sqs:SendMessage", on=arn("OtherQueue"))]
    template = template_of(statements=statements[:1], properties=properties, resources=RESOURCES)
    assert unused(template) == set()
    assert unused(template_of(statements=statements[1:], properties=properties, resources=RESOURCES)) == {
        "sqs:SendMessage"
    }


OF_PLATFORM = {
    "logs": ({}, ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")),
    "logs into a group": ({"LoggingConfig": {"LogGroup": "orders"}}, ("logs:CreateLogStream", "logs:PutLogEvents")),
    "traces": ({"TracingConfig": {"Mode": "Active"}}, ("xray:PutTelemetryRecords", "xray:PutTraceSegments")),
    "a network": ({"VpcConfig": {}}, ("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface")),
    "durable executions": (
        {"DurableConfig": {"ExecutionTimeout": 60}},
        ("lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"),
    ),
    "files": ({"FileSystemConfigs": []}, ("elasticfilesystem:ClientMount",)),
    "a key": ({"KmsKeyArn": "arn:aws:kms:eu-west-1:111122223333:key/1"}, ("kms:Decrypt",)),
    "an extension": (
        {"Layers": ["arn:aws:lambda:eu-west-1:434848589818:layer:AWS-AppConfig-Extension-Arm64:1"]},
        ("appconfig:GetLatestConfiguration", "appconfig:StartConfigurationSession"),
    ),
}


@pytest.mark.parametrize(("properties", "actions"), OF_PLATFORM.values(), ids=OF_PLATFORM)
def test_what_the_platform_does_is_not_unused(properties: dict[str, object], actions: tuple[str, ...]) -> None:
    assert unused(template_of(statements=[allow(*actions, on="*")], properties=properties)) == set()


@pytest.mark.parametrize("name", [name for name in OF_PLATFORM if name != "logs"])
def test_what_is_not_configured_is_no_excuse(name: str) -> None:
    actions = OF_PLATFORM[name][1]
    expected = set(actions) - {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert unused(template_of(statements=[allow(*actions, on="*")])) == expected


def test_a_log_group_that_is_there_is_not_created() -> None:
    properties = {"LoggingConfig": {"LogGroup": "orders"}}
    assert unused(template_of(statements=[allow("logs:CreateLogGroup", on="*")], properties=properties)) == {
        "logs:CreateLogGroup"
    }


def test_a_key_is_used_by_the_services_that_are_called() -> None:
    key = allow("kms:Decrypt", "kms:DescribeKey", "kms:Sign", on=arn("Key"))
    assert unused(template_of(PUT, statements=[allow("dynamodb:PutItem"), key])) == {"kms:Sign"}
    assert unused(template_of(statements=[key])) == {"kms:Decrypt", "kms:DescribeKey", "kms:Sign"}


def test_a_key_of_a_queue_is_used_to_poll_it() -> None:
    assert of_source(arn("Queue"), "kms:Decrypt", "kms:GenerateDataKey", on=arn("Key")) == {"kms:GenerateDataKey"}
