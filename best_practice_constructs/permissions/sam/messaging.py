"""SAM's policies on queues, topics, buses, streams and mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import exact_arn
from best_practice_constructs.permissions.sam.resources import arn_of, scoped, unscoped

if TYPE_CHECKING:
    from aws_cdk import aws_events as events
    from aws_cdk import aws_kinesis as kinesis
    from aws_cdk import aws_kinesisfirehose as firehose
    from aws_cdk import aws_ses as ses
    from aws_cdk import aws_sns as sns
    from aws_cdk import aws_sqs as sqs


def sqs_poller_policy(queue: sqs.IQueue | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``SQSPollerPolicy`` allows on ``queue``.

    Tighter than SAM's: Batches have no action of their own, and none is named.
    """
    queue_arn = arn_of(queue, "queue_arn", service="sqs", example="eu-west-1:111122223333:orders")
    return (scoped("sqs", "ChangeMessageVisibility DeleteMessage GetQueueAttributes ReceiveMessage", queue_arn),)


def sqs_send_message_policy(queue: sqs.IQueue | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``SQSSendMessagePolicy`` allows on ``queue``.

    Tighter than SAM's: ``SendMessage`` without a wildcard.
    """
    queue_arn = arn_of(queue, "queue_arn", service="sqs", example="eu-west-1:111122223333:orders")
    return (scoped("sqs", "SendMessage", queue_arn),)


def sns_crud_policy(topic: sns.ITopic | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``SNSCrudPolicy`` allows on ``topic``.

    Tighter than SAM's: The wildcard at the end of the name is gone.
    """
    topic_arn = arn_of(topic, "topic_arn", service="sns", example="eu-west-1:111122223333:notices")
    return (scoped("sns", "ListSubscriptionsByTopic CreateTopic SetTopicAttributes Subscribe Publish", topic_arn),)


def sns_publish_message_policy(topic: sns.ITopic | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``SNSPublishMessagePolicy`` allows on ``topic``."""
    topic_arn = arn_of(topic, "topic_arn", service="sns", example="eu-west-1:111122223333:notices")
    return (scoped("sns", "Publish", topic_arn),)


def event_bridge_put_events_policy(bus: events.IEventBus | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``EventBridgePutEventsPolicy`` allows on ``bus``."""
    bus_arn = arn_of(bus, "event_bus_arn", service="events", example="eu-west-1:111122223333:event-bus/orders")
    return (scoped("events", "PutEvents", bus_arn),)


def kinesis_crud_policy(stream: kinesis.IStream | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``KinesisCrudPolicy`` allows on ``stream``."""
    stream_arn = arn_of(stream, "stream_arn", service="kinesis", example="eu-west-1:111122223333:stream/sales")
    return (
        scoped(
            "kinesis",
            "AddTagsToStream CreateStream DecreaseStreamRetentionPeriod DeleteStream DescribeStream "
            "DescribeStreamSummary GetShardIterator IncreaseStreamRetentionPeriod ListTagsForStream "
            "MergeShards PutRecord PutRecords SplitShard RemoveTagsFromStream",
            stream_arn,
        ),
    )


def kinesis_stream_read_policy(stream: kinesis.IStream | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``KinesisStreamReadPolicy`` allows on ``stream``.

    Tighter than SAM's: ``ListStreams`` and ``DescribeLimits``, which no ARN of a stream allows, are left out.
    """
    stream_arn = arn_of(stream, "stream_arn", service="kinesis", example="eu-west-1:111122223333:stream/sales")
    return (scoped("kinesis", "DescribeStream DescribeStreamSummary GetRecords GetShardIterator", stream_arn),)


def firehose_crud_policy(delivery_stream: firehose.IDeliveryStream | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``FirehoseCrudPolicy`` allows on ``delivery_stream``."""
    delivery_stream_arn = arn_of(
        delivery_stream,
        "delivery_stream_arn",
        service="firehose",
        example="eu-west-1:111122223333:deliverystream/clicks",
    )
    return (
        scoped(
            "firehose",
            "CreateDeliveryStream DeleteDeliveryStream DescribeDeliveryStream PutRecord PutRecordBatch "
            "UpdateDestination",
            delivery_stream_arn,
        ),
    )


def firehose_write_policy(delivery_stream: firehose.IDeliveryStream | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``FirehoseWritePolicy`` allows on ``delivery_stream``."""
    delivery_stream_arn = arn_of(
        delivery_stream,
        "delivery_stream_arn",
        service="firehose",
        example="eu-west-1:111122223333:deliverystream/clicks",
    )
    return (scoped("firehose", "PutRecord PutRecordBatch", delivery_stream_arn),)


def ses_crud_policy(identity: ses.IEmailIdentity | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``SESCrudPolicy`` allows on ``identity``.

    Tighter than SAM's: Verifying identities, which no ARN of an identity allows, is left out.
    """
    identity_arn = arn_of(
        identity, "email_identity_arn", service="ses", example="eu-west-1:111122223333:identity/example.com"
    )
    return (scoped("ses", "SendEmail SendRawEmail", identity_arn),)


def ses_bulk_templated_crud_policy(identity: ses.IEmailIdentity | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``SESBulkTemplatedCrudPolicy`` allows on ``identity``.

    Tighter than SAM's: Verifying identities, which no ARN of an identity allows, is left out.
    """
    identity_arn = arn_of(
        identity, "email_identity_arn", service="ses", example="eu-west-1:111122223333:identity/example.com"
    )
    return (scoped("ses", "SendEmail SendRawEmail SendTemplatedEmail SendBulkTemplatedEmail", identity_arn),)


def ses_bulk_templated_crud_policy_v2(identity: ses.IEmailIdentity | str, template_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``SESBulkTemplatedCrudPolicy_v2`` allows on ``identity`` and on ``template_arn``.

    Tighter than SAM's: ``SendRawEmail`` takes no template.
    """
    identity_arn = arn_of(
        identity, "email_identity_arn", service="ses", example="eu-west-1:111122223333:identity/example.com"
    )
    template_arn = exact_arn(template_arn, service="ses", example="eu-west-1:111122223333:template/shipped")
    return (
        scoped("ses", "SendEmail SendTemplatedEmail SendBulkTemplatedEmail", identity_arn, template_arn),
        scoped("ses", "SendRawEmail", identity_arn),
        unscoped(
            "ses",
            "GetIdentityVerificationAttributes VerifyEmailIdentity",
            because="SES knows no resource for an identity that is not yet one",
        ),
    )


def ses_email_template_crud_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``SESEmailTemplateCrudPolicy`` allows."""
    return (
        unscoped(
            "ses",
            "CreateTemplate GetTemplate ListTemplates UpdateTemplate DeleteTemplate TestRenderTemplate",
            because="SES knows no resource for these calls on templates",
        ),
    )


def ses_send_bounce_policy(identity: ses.IEmailIdentity | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``SESSendBouncePolicy`` allows on ``identity``."""
    identity_arn = arn_of(
        identity, "email_identity_arn", service="ses", example="eu-west-1:111122223333:identity/example.com"
    )
    return (scoped("ses", "SendBounce", identity_arn),)


def pinpoint_endpoint_access_policy(application_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``PinpointEndpointAccessPolicy`` allows on ``application_arn``.

    Wider than SAM's: ``UpdateEndpointsBatch`` is allowed on the application, the resource that it takes.
    """
    arn = exact_arn(application_arn, service="mobiletargeting", example="eu-west-1:111122223333:apps/1a2b")
    return (
        scoped("mobiletargeting", "GetEndpoint UpdateEndpoint", f"{arn}/endpoints/*"),
        scoped("mobiletargeting", "UpdateEndpointsBatch", arn),
    )


def mobile_analytics_write_only_access_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``MobileAnalyticsWriteOnlyAccessPolicy`` allows."""
    return (unscoped("mobileanalytics", "PutEvents", because="Mobile Analytics knows no resource for an event"),)
