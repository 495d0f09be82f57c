"""What EventBridge needs to tell a function of the objects that come into a bucket (E2, H1, H6)."""

from __future__ import annotations

from typing import cast

import jsii
from aws_cdk import Annotations, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IValidation

from best_practice_constructs.construct_place import path_of, stack_of, tell_place
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.errors import InvalidArgumentError, named
from best_practice_constructs.observability.dead_letters_alarm import create_dead_letters_alarm
from best_practice_constructs.observability.redrive_command import redrive_command
from best_practice_constructs.queues.dead_letter_queue import create_dead_letter_queue
from best_practice_constructs.queues.queue_delivery import let_service_send

_EVENTS = "events.amazonaws.com"
_RETRY_ATTEMPTS = 185
_EVENT_AGE_SECONDS = 86_400
_UNKNOWN_BUCKET = "best-practice-constructs:imported-bucket-events"
# The child by which aws-cdk-lib's own notifications (a custom resource) are known.
_NOTIFICATIONS_ID = "Notifications"


class ObjectCreatedRule(Construct):
    """A rule on the account's default bus for the objects that come into one bucket, with dead letters (E2, H1, H6).

    Made by ``AsyncFunctionConsumer.on_object_created``.

    The bucket sends its events to EventBridge by its own property: no custom resource is made, whose function and
    role would be one more thing to keep.

    :ivar rule: the ``aws_events.CfnRule``.
    :ivar dead_letter_queue: events that could not be delivered, with the cause in ``ERROR_CODE`` and ``ERROR_MESSAGE``.
    :ivar dead_letters_alarm: goes off at the first of them.
    :ivar permission: lets the rule invoke the function.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        bucket: s3.IBucket,
        prefix: str | None,
        suffix: str | None,
        function: lambda_.IFunction,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        _check_environment(self, bucket)
        _send_events(self, bucket)
        defaults = ServiceDefaults.used_in(scope)
        self.dead_letter_queue: sqs.IQueue = create_dead_letter_queue(
            self, "DeadLetters", removal_policy=removal_policy
        )
        self.dead_letters_alarm: cloudwatch.Alarm = create_dead_letters_alarm(
            self,
            "DeadLettersAlarm",
            queue=self.dead_letter_queue,
            description=(
                f"EventBridge could not deliver events of {path_of(self)}. Why is shown by: "
                f"{redrive_command(self.dead_letter_queue)}. Mend it, then have the function invoked with them with "
                "--move."
            ),
            defaults=defaults,
        )
        detail: dict[str, object] = {"bucket": {"name": [bucket.bucket_name]}}
        if prefix or suffix:
            detail["object"] = {"key": [_key_pattern(prefix, suffix)]}
        self.rule = events.CfnRule(
            self,
            "Rule",
            event_pattern={"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail},
            targets=[
                events.CfnRule.TargetProperty(
                    id="Target",
                    arn=function.function_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self.dead_letter_queue.queue_arn),
                    retry_policy=events.CfnRule.RetryPolicyProperty(
                        maximum_retry_attempts=_RETRY_ATTEMPTS, maximum_event_age_in_seconds=_EVENT_AGE_SECONDS
                    ),
                )
            ],
        )
        let_service_send(self, self.dead_letter_queue, service=_EVENTS, source_arn=self.rule.attr_arn)
        self.permission = lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal=_EVENTS,
            source_arn=self.rule.attr_arn,
        )


def check_bucket(scope: Construct, bucket: object) -> None:
    """Refuse what is no bucket, such as the name of one.

    :raises InvalidArgumentError: it says how a bucket is named.
    """
    # Some imported buckets have no class of their own in Python.
    if hasattr(type(bucket), "bucket_name") or (not isinstance(bucket, Construct) and hasattr(bucket, "bucket_name")):
        return
    name = bucket if isinstance(bucket, str) else "photos"
    raise InvalidArgumentError(
        scope,
        given=f"on_object_created({named(bucket)})",
        reason="it is no bucket of S3",
        remedy=f"pass an aws_s3.Bucket; of one that is there, Bucket.from_bucket_name(self, 'Photos', {name!r})",
    )


def _check_environment(scope: Construct, bucket: s3.IBucket) -> None:
    stack, there = stack_of(scope), bucket.env
    for name, theirs, own in (("account", there.account, stack.account), ("region", there.region, stack.region)):
        if theirs != own and not is_deploy_time_value(theirs) and not is_deploy_time_value(own):
            raise InvalidArgumentError(
                scope,
                given=f"the bucket {path_of(bucket)} of the {name} {theirs} for a consumer in {own}",
                reason="S3 sends its events to the default bus of the bucket's own account and region, and nothing "
                "would arrive here",
                remedy=f"put the consumer into a stack of the {name} {theirs}, or route the events there from "
                "ExistingEventBus.default(…) to a bus here",
            )


def _key_pattern(prefix: str | None, suffix: str | None) -> dict[str, str]:
    if prefix and suffix:
        # The alternatives of one field are alternatives: only a wildcard asks for both ends at once.
        return {"wildcard": f"{_literally(prefix)}*{_literally(suffix)}"}
    return {"prefix": prefix} if prefix else {"suffix": suffix or ""}


def _literally(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*")


def _send_events(scope: Construct, bucket: s3.IBucket) -> None:
    resource = bucket.node.default_child
    if not isinstance(resource, s3.CfnBucket):
        Annotations.of(scope).add_warning_v2(
            _UNKNOWN_BUCKET,
            f"{path_of(scope)} waits for events of the imported bucket {path_of(bucket)}, which cannot be changed "
            "from here. See to it that it sends its events to EventBridge, else nothing arrives; then acknowledge this "
            "warning.",
        )
        return
    if bucket.node.try_find_child(_NOTIFICATIONS_ID) is not None:
        # The bucket has aws-cdk-lib's notifications already, which would write over its property.
        cast("s3.Bucket", bucket).enable_event_bridge_notification()
        return
    given = resource.notification_configuration
    if given is not None and getattr(given, "event_bridge_configuration", None) is None:
        raise InvalidArgumentError(
            scope,
            given=f"the bucket {path_of(bucket)}, whose notification_configuration is set without EventBridge",
            reason="this would replace it",
            remedy="set event_bridge_configuration there too",
        )
    if given is None:
        properties = s3.CfnBucket
        resource.notification_configuration = properties.NotificationConfigurationProperty(
            event_bridge_configuration=properties.EventBridgeConfigurationProperty(event_bridge_enabled=True)
        )
    scope.node.add_validation(_BucketStillSends(bucket))


@jsii.implements(IValidation)
class _BucketStillSends:
    """Says at synth that aws-cdk-lib's notifications, added later, would switch the bucket's events off again."""

    def __init__(self, bucket: s3.IBucket) -> None:
        self._bucket = bucket

    def validate(self) -> list[str]:
        if self._bucket.node.try_find_child(_NOTIFICATIONS_ID) is None:
            return []
        fault = (
            f"The bucket {path_of(self._bucket)} got notifications of aws-cdk-lib's after on_object_created: their "
            "custom resource would replace what makes the bucket send its events. Add them before on_object_created, "
            "or make the bucket with event_bridge_enabled=True."
        )
        return [fault]
