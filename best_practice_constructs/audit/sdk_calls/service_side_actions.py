"""What Lambda itself does with a function's role, known from the template: no code of the function calls it (C2).

Sources: Lambda developer guide, *Defining Lambda function permissions with an execution role* and the page of each
event source and destination; AWS KMS developer guide, *How AWS services use AWS KMS*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from best_practice_constructs.audit.sdk_calls.template_model import Assembly, Json, Resource, listed, mapping


@dataclass(frozen=True, kw_only=True, eq=False)
class ServiceSideAction:
    """An action that Lambda takes with the role.

    :param target: on what, as the template writes it; ``None`` where it is on no one resource.
    """

    action: str
    target: object = None


_POLLED = {
    "sqs": ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage"),
    "kinesis": ("DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"),
    "dynamodb": ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"),
    "kafka": ("DescribeCluster", "DescribeClusterV2", "GetBootstrapBrokers"),
    "mq": ("DescribeBroker",),
    # Of DocumentDB, whose ARNs are those of RDS.
    "rds": ("DescribeDBClusterParameters", "DescribeDBClusters", "DescribeDBSubnetGroups"),
}
# Of a cluster of MSK that is told who asks by IAM.
_OF_KAFKA = (
    "kafka-cluster:AlterGroup",
    "kafka-cluster:Connect",
    "kafka-cluster:DescribeClusterDynamicConfiguration",
    "kafka-cluster:DescribeGroup",
    "kafka-cluster:DescribeTopic",
    "kafka-cluster:ReadData",
)
# What only a mapping of this source has, where the template does not say what its ARN is of.
_TOLD_BY = {
    "DocumentDBEventSourceConfig": ("rds",),
    "Queues": ("mq",),
    "SelfManagedEventSource": ("self-managed",),
    "Topics": ("kafka",),
    # Streams are begun somewhere.
    "StartingPosition": ("kinesis", "dynamodb"),
}
# Their pollers are in a network of the user's.
_IN_NETWORK = frozenset({"kafka", "mq", "rds", "self-managed"})
_SENT = {
    "sqs": ("sqs:SendMessage",),
    "sns": ("sns:Publish",),
    "events": ("events:PutEvents",),
    "lambda": ("lambda:InvokeFunction",),
    "s3": ("s3:PutObject", "s3:ListBucket"),
}
_SERVICES = {
    "AWS::SQS::Queue": "sqs",
    "AWS::SNS::Topic": "sns",
    "AWS::Events::EventBus": "events",
    "AWS::Lambda::Function": "lambda",
    "AWS::Lambda::Alias": "lambda",
    "AWS::Lambda::Version": "lambda",
    "AWS::S3::Bucket": "s3",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::Kinesis::StreamConsumer": "kinesis",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::DynamoDB::GlobalTable": "dynamodb",
    "AWS::MSK::Cluster": "kafka",
    "AWS::MSK::ServerlessCluster": "kafka",
    "AWS::AmazonMQ::Broker": "mq",
    "AWS::DocDB::DBCluster": "rds",
}
_NETWORK = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
_NETWORK_OF_POLLER = (
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
# Extensions of AWS, which call with the function's role, by what the ARNs of their layers hold.
_EXTENSIONS = {
    "AWS-AppConfig-Extension": ("appconfig:GetLatestConfiguration", "appconfig:StartConfigurationSession"),
    "AWS-Parameters-and-Secrets-Lambda-Extension": ("secretsmanager:GetSecretValue", "ssm:GetParameter"),
    "LambdaInsightsExtension": ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
}
_SECRETS = frozenset(
    {
        "BASIC_AUTH",
        "CLIENT_CERTIFICATE_TLS_AUTH",
        "SASL_SCRAM_256_AUTH",
        "SASL_SCRAM_512_AUTH",
        "SERVER_ROOT_CA_CERTIFICATE",
    }
)
# What the services of these actions do with a key of the caller's; the first part is the service.
_WITH_KEY = {
    "dynamodb": (
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    ),
    "events": ("kms:Decrypt", "kms:GenerateDataKey"),
    "kinesis:GetRecords": ("kms:Decrypt",),
    "kinesis:PutRecord": ("kms:GenerateDataKey",),
    "kinesis:PutRecords": ("kms:GenerateDataKey",),
    "s3:GetObject": ("kms:Decrypt",),
    "s3:GetObjectVersion": ("kms:Decrypt",),
    "s3:PutObject": ("kms:Decrypt", "kms:GenerateDataKey"),
    "secretsmanager:GetSecretValue": ("kms:Decrypt",),
    "secretsmanager:PutSecretValue": ("kms:Decrypt", "kms:GenerateDataKey"),
    "sns:Publish": ("kms:Decrypt", "kms:GenerateDataKey"),
    "sqs:ReceiveMessage": ("kms:Decrypt",),
    "sqs:SendMessage": ("kms:Decrypt", "kms:GenerateDataKey"),
    "ssm:GetParameter": ("kms:Decrypt",),
    "ssm:GetParameters": ("kms:Decrypt",),
    "ssm:GetParametersByPath": ("kms:Decrypt",),
    "ssm:PutParameter": ("kms:Encrypt", "kms:GenerateDataKey"),
    "states": ("kms:Decrypt", "kms:GenerateDataKey"),
}


def service_side_actions(assembly: Assembly, function: Resource) -> Iterator[ServiceSideAction]:
    """Give what Lambda does with the role of a function: logs, traces, network, event sources and destinations."""
    properties = function.properties
    yield from _of_platform(properties)
    yield from _sent(assembly, function, mapping(properties.get("DeadLetterConfig")).get("TargetArn"))
    for template in assembly.templates:
        for other in template.of_type("AWS::Lambda::EventSourceMapping", "AWS::Lambda::EventInvokeConfig"):
            if _is_of(assembly, other, function):
                yield from _of_source(assembly, other)


def _of_platform(properties: Json) -> Iterator[ServiceSideAction]:
    group = mapping(properties.get("LoggingConfig")).get("LogGroup")
    yield from _on(group, "logs:CreateLogStream", "logs:PutLogEvents")
    if group is None:
        yield ServiceSideAction(action="logs:CreateLogGroup")
    if mapping(properties.get("TracingConfig")).get("Mode") in ("Active", "PassThrough"):
        yield from _on(None, "xray:PutTelemetryRecords", "xray:PutTraceSegments")
    if "VpcConfig" in properties:
        yield from _on(None, *_NETWORK)
    if "DurableConfig" in properties:
        yield from _on(None, "lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState")
    if "FileSystemConfigs" in properties:
        yield from _on(None, "elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")
    if "KmsKeyArn" in properties:
        yield ServiceSideAction(action="kms:Decrypt", target=properties["KmsKeyArn"])
    for layer in listed(properties.get("Layers")):
        for name, actions in _EXTENSIONS.items():
            if name in str(layer):
                yield from _on(None, *actions)


def actions_with_key(action: str) -> tuple[str, ...]:
    """Give what a service does with a key of the caller's when it is asked for an action."""
    return _WITH_KEY.get(action) or _WITH_KEY.get(action.partition(":")[0], ())


def _of_source(assembly: Assembly, other: Resource) -> Iterator[ServiceSideAction]:
    properties = other.properties
    if other.type == "AWS::Lambda::EventSourceMapping":
        arn = properties.get("EventSourceArn")
        for service in _source_services(assembly, other):
            yield from _on(arn, *(f"{service}:{name}" for name in _POLLED.get(service, ())))
            yield from _on(None, *(_NETWORK_OF_POLLER if service in _IN_NETWORK else ()))
            if service == "kafka" and "SourceAccessConfigurations" not in properties:
                yield from _on(None, *_OF_KAFKA)
            if service == "kinesis" and _type(assembly, other, arn) != "AWS::Kinesis::Stream":
                yield ServiceSideAction(action="kinesis:SubscribeToShard", target=arn)
        for access in listed(properties.get("SourceAccessConfigurations")):
            # Others are of the network.
            if mapping(access).get("Type") in _SECRETS:
                yield ServiceSideAction(action="secretsmanager:GetSecretValue", target=mapping(access).get("URI"))
    destinations = mapping(properties.get("DestinationConfig"))
    for event in ("OnFailure", "OnSuccess"):
        yield from _sent(assembly, other, mapping(destinations.get(event)).get("Destination"))


def _source_services(assembly: Assembly, mapping_: Resource) -> tuple[str, ...]:
    service = _service(assembly, mapping_, mapping_.properties.get("EventSourceArn"))
    if service is not None:
        return (service,)
    return next((sources for told, sources in _TOLD_BY.items() if told in mapping_.properties), ("sqs",))


def _sent(assembly: Assembly, resource: Resource, arn: object) -> Iterator[ServiceSideAction]:
    if arn is None:
        return
    service = _service(assembly, resource, arn)
    for name in [service] if service else _SENT:
        yield from _on(arn, *_SENT.get(name, ()))


def _service(assembly: Assembly, resource: Resource, arn: object) -> str | None:
    found = _SERVICES.get(_type(assembly, resource, arn) or "")
    if found is not None:
        return found
    written = str(assembly.resolved(resource.template, arn)[1])
    return next((name for name in (*_POLLED, *_SENT) if f":{name}:" in written), None)


def _type(assembly: Assembly, resource: Resource, arn: object) -> str | None:
    target = assembly.target(resource.template, arn)
    return target.type if target else None


def _is_of(assembly: Assembly, other: Resource, function: Resource) -> bool:
    target = assembly.target(other.template, other.properties.get("FunctionName"))
    if target is not None and target.type in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
        target = assembly.target(target.template, target.properties.get("FunctionName"))
    return target is function


def _on(target: object, *actions: str) -> Iterator[ServiceSideAction]:
    return (ServiceSideAction(action=action, target=target) for action in actions)
