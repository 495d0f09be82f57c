"""What asynchronous invocations of a function need so that none is lost (H3)."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.construct_place import path_of, tell_place
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.durations import whole_seconds
from best_practice_constructs.observability.dead_letters_alarm import create_dead_letters_alarm
from best_practice_constructs.observability.redrive_command import redrive_command
from best_practice_constructs.permissions import sqs as sqs_permissions
from best_practice_constructs.policy_document import policy_document
from best_practice_constructs.queues.dead_letter_queue import create_dead_letter_queue


class AsynchronousInvocations(Construct):
    """Bounded retries and age, and an on-failure destination, for one function or alias (H3; talk 43:57).

    Lambda checks at deployment that the function's role may send to the destination, so the configuration waits for the
    policy.

    :ivar on_failure_queue: holds each event that failed, with its cause (``requestContext``, ``responsePayload``);
        ``None`` with a destination of the user's.
    :ivar failures_alarm: goes off at the first of them; ``None`` with a destination of the user's.
    :ivar policy: lets the function send to that queue; ``None`` with a destination of the user's.
    :ivar event_invoke_config: the retries, age and destinations.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: lambda_.IFunction,
        role: iam.IRole,
        qualifier: str,
        max_event_age: Duration,
        retry_attempts: int,
        on_failure: lambda_.IDestination | None,
        on_success: lambda_.IDestination | None,
        removal_policy: RemovalPolicy,
        defaults: ServiceDefaults,
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        self.on_failure_queue: sqs.Queue | None = None
        self.failures_alarm: cloudwatch.Alarm | None = None
        self.policy: iam.Policy | None = None
        if on_failure is None:
            self.on_failure_queue = create_dead_letter_queue(self, "OnFailure", removal_policy=removal_policy)
            on_failure_arn = self.on_failure_queue.queue_arn
            self.policy = iam.Policy(
                self,
                "Policy",
                document=policy_document([sqs_permissions.send_message(on_failure_arn)]),
                roles=[role],
            )
            self.failures_alarm = create_dead_letters_alarm(
                self,
                "FailuresAlarm",
                queue=self.on_failure_queue,
                description=(
                    f"Events that {path_of(function)} could not handle, after all retries, are in its on-failure "
                    f"queue. By cause they are shown by: {redrive_command(self.on_failure_queue)}. Mend the cause, "
                    "then send the events again with --move."
                ),
                defaults=defaults,
            )
        else:
            on_failure_arn = on_failure.bind(self, function, type=lambda_.DestinationType.FAILURE).destination
        on_success_arn = (
            on_success.bind(self, function, type=lambda_.DestinationType.SUCCESS).destination if on_success else None
        )
        self.event_invoke_config = lambda_.CfnEventInvokeConfig(
            self,
            "Config",
            function_name=function.function_name,
            qualifier=qualifier,
            maximum_event_age_in_seconds=whole_seconds(max_event_age),
            maximum_retry_attempts=retry_attempts,
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=on_failure_arn),
                on_success=lambda_.CfnEventInvokeConfig.OnSuccessProperty(destination=on_success_arn)
                if on_success_arn
                else None,
            ),
        )
        self.event_invoke_config.node.add_dependency(self.policy or role)
