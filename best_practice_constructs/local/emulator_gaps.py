"""What MiniStack 1.5.33 knows by type but does not run, or not as AWS does: the one place that records it.

Types that it does not know at all are not listed here: the set of known types is read from the emulator itself.
Every entry was seen in its source or by running it; ``docs/local_stage.md`` tells how.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class EmulatorGap:
    """A property with which the emulator differs from AWS.

    :param resource_type: the CloudFormation type.
    :param property_path: the property that makes the difference, lists left out of the path; ``""`` for any resource
        of the type.
    :param effect: what is different, as a clause.
    :param beside: a property that must be there too, ``""`` for none.
    """

    resource_type: str
    property_path: str
    effect: str
    beside: str = ""


# With these the emulator refuses the whole stack, so the resource is left out.
REFUSED: tuple[EmulatorGap, ...] = (
    EmulatorGap(
        resource_type="AWS::CloudWatch::Alarm",
        property_path="Metrics",
        effect="the emulator refuses alarms on metric math",
    ),
    EmulatorGap(
        resource_type="AWS::Lambda::Function",
        property_path="Code.ImageUri",
        effect="container images need Docker",
    ),
    *(
        EmulatorGap(
            resource_type=resource_type,
            property_path="",
            effect="its handler needs the AWS SDK of Lambda's Node runtimes, which is not on this machine",
        )
        for resource_type in (
            "Custom::AWS",
            "Custom::AWSCDKOpenIdConnectProvider",
            "Custom::CrossRegionExportReader",
            "Custom::CrossRegionExportWriter",
            "Custom::DynamoDBReplica",
            "Custom::ECRAutoDeleteImages",
            "Custom::LogRetention",
            "Custom::S3AutoDeleteObjects",
            "Custom::VpcRestrictDefaultSG",
        )
    ),
)

# These are accepted, and nothing happens.
IGNORED: tuple[EmulatorGap, ...] = (
    EmulatorGap(
        resource_type="AWS::Events::EventBus",
        property_path="LogConfig",
        effect="the bus logs nothing",
    ),
    EmulatorGap(
        resource_type="AWS::Lambda::EventSourceMapping",
        property_path="FunctionResponseTypes",
        effect="of a stream's batch, failed records are taken for done unless the handler raises",
        # Only mappings of streams have it; those of queues honour partial batch responses.
        beside="StartingPosition",
    ),
    EmulatorGap(
        resource_type="AWS::Lambda::EventSourceMapping",
        property_path="MaximumRetryAttempts",
        effect="a failing batch of a stream is tried every second, without an end",
    ),
    EmulatorGap(
        resource_type="AWS::Lambda::EventSourceMapping",
        property_path="BisectBatchOnFunctionError",
        effect="a failing batch of a stream is tried whole, never in halves",
    ),
    EmulatorGap(
        resource_type="AWS::Lambda::EventSourceMapping",
        property_path="ParallelizationFactor",
        effect="a shard is handled by one invocation at a time",
    ),
    EmulatorGap(
        resource_type="AWS::Events::Rule",
        property_path="Targets.DeadLetterConfig",
        effect="an event that a target refuses is lost instead of being sent to the dead-letter queue",
    ),
    EmulatorGap(
        resource_type="AWS::Events::Rule",
        property_path="Targets.RetryPolicy",
        effect="a target that refuses an event is not tried again",
    ),
    EmulatorGap(
        resource_type="AWS::Pipes::Pipe",
        property_path="TargetParameters.EventBridgeEventBusParameters",
        effect="the pipe puts nothing on the bus",
    ),
    EmulatorGap(
        resource_type="AWS::S3::Bucket",
        property_path="LifecycleConfiguration",
        effect="objects do not expire",
    ),
    EmulatorGap(
        resource_type="AWS::CloudWatch::Alarm",
        property_path="",
        effect="the alarm stays in INSUFFICIENT_DATA where its metric comes from SQS, the embedded metric format or a "
        "metric filter",
    ),
    EmulatorGap(
        resource_type="AWS::ApiGateway::Stage",
        property_path="AccessLogSetting",
        effect="no access log is written",
    ),
    EmulatorGap(
        resource_type="AWS::Logs::MetricFilter",
        property_path="",
        effect="no metric is made from log lines",
    ),
)
