"""A function that a bus or a bucket invokes directly, its retries, its failures and its idempotency (H2, H3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.construct_place import id_of, path_of, tell_place
from best_practice_constructs.consumers.idempotency_model import IdempotencyModel
from best_practice_constructs.consumers.idempotency_table import create_idempotency_table, keep_idempotency_records
from best_practice_constructs.consumers.object_created_rule import ObjectCreatedRule, check_bucket
from best_practice_constructs.consumers.queue_consumer_checks import (
    check_environment,
    check_idempotency_key,
    check_table,
)
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.durations import whole_seconds
from best_practice_constructs.errors import InvalidArgumentError, refuse_unknown_options
from best_practice_constructs.functions.function_options import FunctionOptions
from best_practice_constructs.functions.invocation_model import InvocationModel
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction
from best_practice_constructs.observability.dead_letters_alarm import create_dead_letters_alarm
from best_practice_constructs.observability.redrive_command import redrive_command
from best_practice_constructs.permissions import kms as kms_permissions
from best_practice_constructs.permissions import sqs as sqs_permissions
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.queues.dead_letter_queue import DEAD_LETTER_RETENTION, create_dead_letter_queue
from best_practice_constructs.runtime import environment as names
from best_practice_constructs.units import refuse_unitless

EVENT_KEY = (
    "detail.metadata.event_id"
    " || (detail.object.sequencer && [detail.bucket.name, detail.object.key, detail.object.sequencer])"
    " || id"
)
"""What makes an event itself: its own id, or what S3 tells of an object, or EventBridge's id."""

_LONGEST_EVENT_AGE = Duration.hours(6)
_A_DAY = 86_400


class AsyncFunctionConsumer(Construct):
    """A function that is invoked asynchronously, loses nothing and does nothing twice (E2, H1, H2, H3).

    Creates a :class:`SinglePurposeFunction` that is invoked asynchronously, with bounded retries and age; a failures
    queue (SSE-SQS, TLS only, kept 14 days) with an alarm, for what Lambda gives up and what can never be handled; and
    the idempotency table: buses, buckets and Lambda itself deliver at least once. A bus routes to it with
    ``bus.route(OrderPlaced, to=consumer.function)``, a bucket with :meth:`on_object_created`.

    :param handler: ``"module.function"``, decorated with ``runtime.async_event_consumer``.
    :param entry: the function's directory; or ``code``, any ``aws_lambda.Code``.
    :param max_event_age: how long Lambda keeps an event, 60 s to 6 h; default 6 h, to outlive an outage downstream (H3,
        H6).
    :param retry_attempts: 0 to 2; default 2 (H1, H3).
    :param on_failure: a standard queue of yours instead of the failures queue, alarm included.
    :param on_success: a destination for what the handler returns; default: none. With one, what can never be handled
        is retried too: otherwise it would count as a success.
    :param idempotency_key: JMESPath into the event; default: the event's own id, for S3 bucket, key and sequencer, else
        EventBridge's id. An event without it is a failure.
    :param idempotency_table: a table of yours: partition key ``id`` (string), TTL attribute ``expiration``.
    :param idempotency_expires_after: default and minimum: as long as an event can come again, out of the failures queue
        too.
    :param timeout: of the function; default: the service's.
    :param environment: more variables of the function.
    :param reserved_concurrent_executions: of the function. 0 stops it; events wait ``max_event_age``.
    :param removal_policy: of queues, table and log group; default: the service's.
    :param function_options: all else that :class:`SinglePurposeFunction` takes, under the same names.

    :ivar function: the :class:`SinglePurposeFunction`.
    :ivar failures_queue: what could not be handled: ``requestPayload`` is the event, ``responsePayload`` the cause.
    :ivar failures_alarm: goes off at the first failure; ``None`` for a queue of yours.
    :ivar idempotency_table: the table.
    :ivar idempotency_key: as given.
    :ivar event_invoke_config: the ``aws_lambda.CfnEventInvokeConfig``.

    :raises InvalidArgumentError: settings that cannot work.

    Sources: Lambda developer guide, *Asynchronous invocation*; S3 user guide, *Using EventBridge*; talk 15:11, 43:57.

    ```python
    from aws_cdk import App, Stack
    from aws_cdk import aws_s3 as s3
    from best_practice_constructs import AsyncFunctionConsumer
    from best_practice_constructs.permissions import s3 as s3_permissions

    stack = Stack(App(), "Photos")
    bucket = s3.Bucket(stack, "Photos", enforce_ssl=True)
    thumbnails = AsyncFunctionConsumer(
        stack, "Thumbnails", entry="examples/async_function_consumer/service", handler="note_photo.handler"
    )
    thumbnails.on_object_created(bucket, prefix="photos/")
    thumbnails.allow(s3_permissions.get_object(bucket, prefix="photos/"))
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        handler: str,
        entry: str | None = None,
        code: lambda_.Code | None = None,
        max_event_age: Duration | None = None,
        retry_attempts: int = 2,
        on_failure: sqs.IQueue | None = None,
        on_success: lambda_.IDestination | None = None,
        idempotency_key: str = EVENT_KEY,
        idempotency_table: dynamodb.ITable | None = None,
        idempotency_expires_after: Duration | None = None,
        timeout: Duration | None = None,
        environment: Mapping[str, str] | None = None,
        reserved_concurrent_executions: int | None = None,
        removal_policy: RemovalPolicy | None = None,
        **function_options: Unpack[FunctionOptions],
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        defaults = ServiceDefaults.used_in(scope)
        self._removal_policy = removal_policy or defaults.removal_policy
        refuse_unknown_options(self, type(self), given=function_options, options=FunctionOptions)
        refuse_unitless(
            self,
            function_options,
            timeout=timeout,
            max_event_age=max_event_age,
            idempotency_expires_after=idempotency_expires_after,
        )
        max_event_age = max_event_age or _LONGEST_EVENT_AGE
        check_idempotency_key(self, idempotency_key)
        check_table(self, idempotency_table)
        if on_failure is not None and on_failure.fifo:
            raise self._refusal(
                "a FIFO queue as on_failure", "Lambda sends failures to standard queues only", "pass a standard queue"
            )
        expiry = self._expiry(max_event_age, idempotency_expires_after)

        self.idempotency_key = idempotency_key
        self.failures_queue: sqs.IQueue = on_failure or create_dead_letter_queue(
            self, "Failures", removal_policy=self._removal_policy
        )
        self.idempotency_table: dynamodb.ITable = idempotency_table or create_idempotency_table(
            self, removal_policy=self._removal_policy
        )
        variables = {
            names.IDEMPOTENCY_TABLE_NAME: self.idempotency_table.table_name,
            names.IDEMPOTENCY_KEY: idempotency_key,
            names.IDEMPOTENCY_EXPIRES_AFTER_SECONDS: str(expiry),
        }
        if on_success is None:
            variables[names.ASYNC_FAILURES_QUEUE_URL] = self.failures_queue.queue_url
        check_environment(self, environment, own=variables)
        self.function = SinglePurposeFunction(
            self,
            "Function",
            handler=handler,
            entry=entry,
            code=code,
            environment={**variables, **(environment or {})},
            timeout=timeout,
            reserved_concurrent_executions=reserved_concurrent_executions,
            removal_policy=self._removal_policy,
            invocation_model=InvocationModel.ASYNCHRONOUS,
            max_event_age=max_event_age,
            retry_attempts=retry_attempts,
            on_failure=_QueueDestination(self.failures_queue),
            on_success=on_success,
            **function_options,
        )
        self.function.allow(*self._permissions())
        self.event_invoke_config = self.function.event_invoke_config
        self.failures_alarm = self._failures_alarm(defaults) if on_failure is None else None

    def allow(self, *permissions: Permission) -> None:
        """Let the consumer's function do what ``permissions`` say, and nothing more (C2)."""
        self.function.allow(*permissions)

    def on_object_created(
        self, bucket: s3.IBucket, *, prefix: str | None = None, suffix: str | None = None, id: str | None = None
    ) -> ObjectCreatedRule:
        """Have the function invoked for each object that comes into ``bucket`` (E2).

        Through EventBridge: its rule has retries over a day and a dead-letter queue of its own, several consumers may
        hear of one object, and no custom resource is made, as aws-cdk-lib needs one for S3's own notifications.

        What the function needs of the object is not allowed by it: see ``permissions.s3``.

        :param prefix: how the keys begin; default: any.
        :param suffix: how the keys end, such as ``".jpg"``; default: any.
        :param id: of the rule below this consumer; default: from the bucket's id.
        :raises InvalidArgumentError: a second rule with the same id, what is no bucket, or one that cannot send its
            events.
        """
        check_bucket(self, bucket)
        rule_id = id or f"On{id_of(bucket)}ObjectCreated"
        if self.node.try_find_child(rule_id) is not None:
            raise self._refusal(
                f"a second on_object_created of {path_of(bucket)}",
                "the two need names that differ",
                "pass id=, and prefixes or suffixes that do not overlap",
            )
        self.function.invoked_by(InvocationModel.ASYNCHRONOUS)
        return ObjectCreatedRule(
            self,
            rule_id,
            bucket=bucket,
            prefix=prefix,
            suffix=suffix,
            function=self.function.invocation_target,
            removal_policy=self._removal_policy,
        )

    def _permissions(self) -> list[Permission]:
        permissions = [
            # Lambda itself sends what it gives up with the function's role, the runtime what can never be handled.
            sqs_permissions.send_message(self.failures_queue),
            keep_idempotency_records(self.idempotency_table.table_arn, IdempotencyModel.RECORD),
        ]
        if self.failures_queue.encryption_master_key:
            permissions.append(kms_permissions.encrypt_messages(self.failures_queue.encryption_master_key))
        return permissions

    def _expiry(self, max_event_age: Duration, given: Duration | None) -> int:
        # Whoever sends it tries for a day, Lambda for the event's age; then it waits among the failures, and is sent
        # again.
        least = _A_DAY + 2 * whole_seconds(max_event_age) + whole_seconds(DEAD_LETTER_RETENTION)
        if given is None:
            return least
        seconds = whole_seconds(given)
        if seconds < least:
            raise self._refusal(
                f"idempotency_expires_after={seconds} s",
                f"an event can come again for {least} s: from its source, from Lambda's retries, and out of the "
                "failures queue; after the record has expired its effect would happen twice (H2)",
                f"leave it out, or pass at least Duration.seconds({least})",
            )
        return seconds

    def _failures_alarm(self, defaults: ServiceDefaults) -> cloudwatch.Alarm:
        return create_dead_letters_alarm(
            self,
            "FailuresAlarm",
            queue=self.failures_queue,
            description=(
                f"{path_of(self)} could not handle events. By cause they are shown by: "
                f"{redrive_command(self.failures_queue)}. Mend the cause, then have the function invoked with them "
                "again with --move: what has been done already is not done twice."
            ),
            defaults=defaults,
        )

    def _refusal(self, given: str, reason: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError(self, given=given, reason=reason, remedy=remedy)


class _QueueDestination:
    """The queue as Lambda's destination, without what aws-cdk-lib's own would allow the role beside (C2)."""

    def __init__(self, queue: sqs.IQueue) -> None:
        self._queue = queue

    def bind(
        self,
        _scope: Construct,
        _fn: lambda_.IFunction,
        *,
        type: lambda_.DestinationType,  # noqa: ARG002 -- it is the same for both
    ) -> lambda_.DestinationConfig:
        """Give the queue's ARN."""
        return lambda_.DestinationConfig(destination=self._queue.queue_arn)
