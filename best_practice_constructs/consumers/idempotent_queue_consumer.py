"""A queue, its dead letters, its consumer and the consumer's idempotency, as one contract (H2, H4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Unpack

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.compliance import acknowledge
from best_practice_constructs.construct_place import path_of, tell_place
from best_practice_constructs.consumers.brought_queue import BroughtQueue, brought_queue
from best_practice_constructs.consumers.idempotency_model import IdempotencyModel
from best_practice_constructs.consumers.idempotency_table import create_idempotency_table, keep_idempotency_records
from best_practice_constructs.consumers.message_readers import MessageReaders
from best_practice_constructs.consumers.queue_consumer_checks import (
    check_environment,
    check_filters,
    check_idempotency_key,
    check_kinds,
    check_model,
    check_table,
    warn_of_plain_handler,
)
from best_practice_constructs.consumers.queue_consumer_options import (
    QueueConsumerOptions,
    function_options,
    mapping_options,
    most_concurrency,
    queue_options,
)
from best_practice_constructs.consumers.queue_contract import QueueContract
from best_practice_constructs.consumers.source_queue import create_source_queue
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.durations import whole_seconds
from best_practice_constructs.errors import InvalidArgumentError, refuse_unknown_options
from best_practice_constructs.functions.invocation_model import InvocationModel
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction
from best_practice_constructs.observability.dead_letters_alarm import create_dead_letters_alarm
from best_practice_constructs.observability.message_age_alarm import create_message_age_alarm
from best_practice_constructs.observability.redrive_command import redrive_command
from best_practice_constructs.permissions import kms as kms_permissions
from best_practice_constructs.permissions import sqs as sqs_permissions
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.queues.dead_letter_queue import DEAD_LETTER_RETENTION, create_dead_letter_queue
from best_practice_constructs.queues.queue_arn import queue_arn_of
from best_practice_constructs.queues.stack_unique_name import stack_unique_name
from best_practice_constructs.runtime import environment as names
from best_practice_constructs.units import refuse_unitless

_DEFAULT_RETENTION = Duration.days(4)
_MAX_RECEIVE_COUNT = 5
_LEAST_AGE_ALARM_SECONDS = 300
_KEY_OPTIONS = frozenset(("encryption", "encryption_master_key"))


class IdempotentQueueConsumer(Construct):
    """A queue consumer that loses nothing and does nothing twice (H1, H2, H4, H6, L9).

    Creates a queue with its dead-letter queue (both SSE-SQS and TLS only; dead letters are kept 14 days, and the
    redrive allow policy names the one source), a :class:`SinglePurposeFunction` that is polled, the event source
    mapping with partial batch responses and a maximum concurrency, the idempotency table (on demand, expiring records),
    and alarms on dead letters and on the age of the oldest message. The visibility timeout is six times the function's
    timeout plus the batching window; idempotency outlives redrive.

    :param handler: ``"module.function"``, decorated with ``runtime.queue_consumer``.
    :param entry: the function's directory; or ``code``, any ``aws_lambda.Code``.
    :param idempotency_key: JMESPath into the message body; default: the event's id. A message without it is a dead
        letter.
    :param idempotency_model: ``RECORD`` (default) or ``TRANSACTION`` (H2).
    :param idempotency_table: a table of yours: partition key ``id`` (string), TTL attribute ``expiration``.
    :param idempotency_expires_after: default: twice the retention plus that of the dead letters.
    :param queue: a queue of yours. It must have a dead-letter queue, and a visibility timeout that fits; for an
        imported one say ``dead_letter_queue`` and ``visibility_timeout`` (and ``retention_period`` and
        ``max_receive_count``, unless 4 days and 5) as they are.
    :param dead_letter_queue: a dead-letter queue of yours; FIFO where the queue is.
    :param dead_letter_retention_period: default 14 days, the longest (H6).
    :param fifo: messages of a group in order, one at a time.
    :param content_based_deduplication: of a FIFO queue; EventBridge sends to it only with it.
    :param batch_size: messages a call, default 10 (L9).
    :param max_batching_window: how long a batch is gathered, default none.
    :param max_concurrency: batches at once, 2 to 1,000; default 10, or the reserved concurrency if that is less (L5);
        none with ``provisioned_poller_config``.
    :param max_receive_count: attempts before a message is a dead letter, default 5 (H4).
    :param visibility_timeout: default and minimum: six times the function's timeout plus the window.
    :param retention_period: of the queue, default 4 days, so that a dead letter has ten left at least (H6).
    :param report_batch_item_failures: only ``True``: without it one bad message makes its whole batch come again (H4).
    :param filters: event filters of the mapping; what does not match is deleted by Lambda.
    :param enabled: ``False`` is the off switch: messages wait in the queue.
    :param message_age_alarm_threshold: default: twice the visibility timeout, 5 minutes at least.
    :param timeout: of the function; default: the service's.
    :param environment: more variables of the function.
    :param reserved_concurrent_executions: of the function; not 0 (see ``enabled``).
    :param removal_policy: of queues and table; default: the service's.
    :param options: all else that :class:`SinglePurposeFunction`, ``aws_sqs.Queue`` (``encryption_master_key``,
        ``delivery_delay`` …) and ``aws_lambda.EventSourceMapping`` take, under the same names.

    :ivar queue: the queue; send to it, or route events to the consumer.
    :ivar dead_letter_queue: its dead letters, with their cause in the message attributes.
    :ivar function: the :class:`SinglePurposeFunction`.
    :ivar event_source_mapping: the ``aws_lambda.EventSourceMapping``.
    :ivar idempotency_table: the table.
    :ivar idempotency_key: as given.
    :ivar contract: what queue, function, mapping and table agree on.
    :ivar dead_letters_alarm: goes off at the first dead letter.
    :ivar message_age_alarm: goes off when messages wait too long.

    :raises InvalidArgumentError: settings that cannot work together, or a queue without dead letters.

    Sources: Lambda developer guide, *Using Lambda with Amazon SQS*; SQS developer guide, *Dead-letter queues*; talk
    43:16, 44:10.

    ```python
    from aws_cdk import App, Stack
    from best_practice_constructs import IdempotentQueueConsumer

    stack = Stack(App(), "Invoices")
    IdempotentQueueConsumer(
        stack,
        "Invoices",
        entry="examples/idempotent_queue_consumer/service",
        handler="issue_invoice.handler",
        idempotency_key="detail.data.order_id",
    )
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
        idempotency_key: str = "detail.metadata.event_id",
        idempotency_model: IdempotencyModel = IdempotencyModel.RECORD,
        idempotency_table: dynamodb.ITable | None = None,
        idempotency_expires_after: Duration | None = None,
        queue: sqs.IQueue | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
        dead_letter_retention_period: Duration | None = None,
        fifo: bool | None = None,
        content_based_deduplication: bool | None = None,
        batch_size: int = 10,
        max_batching_window: Duration | None = None,
        max_concurrency: int | None = None,
        max_receive_count: int | None = None,
        visibility_timeout: Duration | None = None,
        retention_period: Duration | None = None,
        report_batch_item_failures: bool = True,
        filters: Sequence[Mapping[str, object]] | None = None,
        enabled: bool = True,
        message_age_alarm_threshold: Duration | None = None,
        timeout: Duration | None = None,
        environment: Mapping[str, str] | None = None,
        reserved_concurrent_executions: int | None = None,
        removal_policy: RemovalPolicy | None = None,
        **options: Unpack[QueueConsumerOptions],
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        defaults = ServiceDefaults.used_in(scope)
        removal_policy = removal_policy or defaults.removal_policy
        refuse_unknown_options(self, type(self), given=options, options=QueueConsumerOptions)
        refuse_unitless(
            self,
            options,
            timeout=timeout,
            max_batching_window=max_batching_window,
            visibility_timeout=visibility_timeout,
            retention_period=retention_period,
            dead_letter_retention_period=dead_letter_retention_period,
            idempotency_expires_after=idempotency_expires_after,
            message_age_alarm_threshold=message_age_alarm_threshold,
        )
        timeout = timeout or defaults.timeout
        if not report_batch_item_failures:
            raise self._refusal(
                "report_batch_item_failures=False",
                "one message that fails would make its whole batch come again, and the runtime reports each failure "
                "(H4)",
                "leave it out",
            )
        check_idempotency_key(self, idempotency_key)
        check_filters(self, filters)
        check_model(self, idempotency_model)
        check_table(self, idempotency_table)
        brought: BroughtQueue | None = None
        if queue is not None:
            brought = brought_queue(
                self,
                queue,
                dead_letter_queue=dead_letter_queue,
                max_receive_count=max_receive_count,
                visibility_timeout=visibility_timeout,
                retention_period=retention_period,
                others={
                    "fifo": fifo,
                    "content_based_deduplication": content_based_deduplication,
                    "dead_letter_retention_period": dead_letter_retention_period,
                    **queue_options(options),
                },
            )
            dead_letter_queue, fifo = brought.dead_letter_queue, queue.fifo
        fifo = bool(fifo)
        check_kinds(
            self,
            fifo=fifo,
            dead_letter_queue=dead_letter_queue,
            content_based_deduplication=bool(content_based_deduplication),
        )
        self.idempotency_key = idempotency_key
        self.contract = QueueContract(
            timeout=whole_seconds(timeout),
            max_batching_window=whole_seconds(max_batching_window) if max_batching_window else 0,
            batch_size=batch_size,
            fifo=fifo,
            max_receive_count=brought.max_receive_count if brought else max_receive_count or _MAX_RECEIVE_COUNT,
            retention=brought.retention if brought else whole_seconds(retention_period or _DEFAULT_RETENTION),
            dead_letter_retention=(brought.dead_letter_retention if brought else None)
            or whole_seconds(dead_letter_retention_period or DEAD_LETTER_RETENTION),
            max_concurrency=most_concurrency(max_concurrency, reserved_concurrent_executions, options),
            reserved_concurrency=reserved_concurrent_executions,
            visibility_timeout=brought.visibility_timeout
            if brought
            else (whole_seconds(visibility_timeout) if visibility_timeout else None),
            idempotency_expiry=whole_seconds(idempotency_expires_after) if idempotency_expires_after else None,
            is_brought=brought is not None,
        )
        for disagreement in self.contract.disagreements():
            raise self._refusal(disagreement.given, disagreement.reason, disagreement.remedy)

        # The dead-letter queue names the one source that may use it, and the source names its dead-letter queue:
        # CloudFormation refuses that circle unless one name is known beforehand.
        name = options.get("queue_name")
        if queue is None and dead_letter_queue is None:
            name = name or stack_unique_name(self, suffix=".fifo" if fifo else "")
        self.dead_letter_queue: sqs.IQueue = dead_letter_queue or create_dead_letter_queue(
            self,
            "DeadLetters",
            fifo=fifo,
            retention_period=dead_letter_retention_period or DEAD_LETTER_RETENTION,
            removal_policy=removal_policy,
            source_queue_arn=queue_arn_of(self, queue_name=name) if name else None,
            encryption=options.get("encryption"),
            encryption_master_key=options.get("encryption_master_key"),
        )
        self.queue: sqs.IQueue = queue or create_source_queue(
            self,
            contract=self.contract,
            dead_letter_queue=self.dead_letter_queue,
            name=name,
            content_based_deduplication=content_based_deduplication,
            removal_policy=removal_policy,
            options=queue_options(options),
        )
        self.idempotency_table: dynamodb.ITable = idempotency_table or create_idempotency_table(
            self, removal_policy=removal_policy
        )
        variables = {
            names.IDEMPOTENCY_TABLE_NAME: self.idempotency_table.table_name,
            names.IDEMPOTENCY_KEY: idempotency_key,
            names.IDEMPOTENCY_MODEL: idempotency_model.value,
            names.IDEMPOTENCY_EXPIRES_AFTER_SECONDS: str(self.contract.effective_idempotency_expiry),
            names.DEAD_LETTER_QUEUE_URL: self.dead_letter_queue.queue_url,
            names.MAX_RECEIVE_COUNT: str(self.contract.max_receive_count),
            names.QUEUE_IS_FIFO: "true" if fifo else "false",
        }
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
            removal_policy=removal_policy,
            invocation_model=InvocationModel.POLLED,
            **function_options(options),
        )
        queue_arn = self.queue.queue_arn
        brings_keys = queue is not None or dead_letter_queue is not None or _KEY_OPTIONS & options.keys()
        self.function.allow(*self._permissions(queue_arn, idempotency_model, may_have_keys=bool(brings_keys)))
        # Lambda checks when the mapping is created that the role may poll: the mapping waits for the function, and this
        # for the role and its policies.
        self.event_source_mapping = lambda_.EventSourceMapping(
            self,
            "EventSourceMapping",
            target=self.function.invocation_target,
            event_source_arn=queue_arn,
            batch_size=batch_size,
            max_batching_window=max_batching_window,
            max_concurrency=self.contract.max_concurrency,
            report_batch_item_failures=True,
            filters=[dict(rule) for rule in filters] if filters else None,
            enabled=enabled,
            **mapping_options(options),
        )
        acknowledge(
            self.event_source_mapping,
            reason="A mapping of SQS takes no destination: the queue's redrive policy is what carries failures to the "
            "dead letters.",
            findings=("Serverless::Serverless-LambdaEventSourceMappingDestination",),
        )
        if queue is not None:
            MessageReaders.used_in(self).tell(queue_arn, self)
        warn_of_plain_handler(self, entry=entry, handler=handler)
        self.dead_letters_alarm = self._dead_letters_alarm(defaults)
        self.message_age_alarm = create_message_age_alarm(
            self,
            "MessageAgeAlarm",
            queue=self.queue,
            seconds=whole_seconds(message_age_alarm_threshold)
            if message_age_alarm_threshold
            else max(_LEAST_AGE_ALARM_SECONDS, 2 * self.contract.effective_visibility_timeout),
            defaults=defaults,
        )

    def allow(self, *permissions: Permission) -> None:
        """Let the consumer's function do what ``permissions`` say, and nothing more (C2)."""
        self.function.allow(*permissions)

    def _permissions(self, queue_arn: str, model: IdempotencyModel, *, may_have_keys: bool) -> list[Permission]:
        table_arn = self.idempotency_table.table_arn
        permissions = [
            sqs_permissions.poll(queue_arn),
            # The runtime puts the cause of a failure beside the message; SQS's own redrive, the net below, cannot.
            sqs_permissions.send_message(self.dead_letter_queue),
            keep_idempotency_records(table_arn, model),
        ]
        if not may_have_keys:
            return permissions
        if key := self.queue.encryption_master_key:
            permissions.append(kms_permissions.decrypt(key))
        if key := self.dead_letter_queue.encryption_master_key:
            permissions.append(kms_permissions.encrypt_messages(key))
        return permissions

    def _dead_letters_alarm(self, defaults: ServiceDefaults) -> cloudwatch.Alarm:
        return create_dead_letters_alarm(
            self,
            "DeadLettersAlarm",
            queue=self.dead_letter_queue,
            description=(
                f"{path_of(self)} has dead letters. By cause they are shown by: "
                f"{redrive_command(self.dead_letter_queue)} (without a cause, search the function's log for the "
                "message id). Mend the cause, then move them back with --move: what has been done already is not done "
                "twice."
            ),
            defaults=defaults,
        )

    def _refusal(self, given: str, reason: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError(self, given=given, reason=reason, remedy=remedy)
