"""An event bus that keeps, logs and routes enriched events, and loses none (E3–E6, H6)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from aws_cdk import Annotations, Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.claim_check_access import ClaimCheckAccess
from best_practice_constructs.events.event_archive import create_event_archive
from best_practice_constructs.events.event_bus_logs import EventBusLogs
from best_practice_constructs.events.event_delivery import check_dead_letter_queue, let_events_send
from best_practice_constructs.events.route_environment import parameter_in
from best_practice_constructs.events.routed_event_bus import RoutedEventBus
from best_practice_constructs.observability.dead_letters_alarm import create_dead_letters_alarm
from best_practice_constructs.queues.dead_letter_queue import create_dead_letter_queue
from best_practice_constructs.units import refuse_unitless

_DEFAULT_ARCHIVE = Duration.days(30)
_LETTERS_DAYS = 14
_SHORT_LIVED = "best-practice-constructs:claim-checks-expire-early"


class EnrichedEventBus(RoutedEventBus):
    """A custom event bus with archive, error log and dead letters, and routes that lose no event (E3–E6, H1, H6).

    Creates the bus, an archive of every event for replay (30 days), a log group with the bus's errors, and a
    dead-letter queue with an alarm.
    :meth:`route` makes a rule with retries over a day and a dead-letter queue for each target; :meth:`add_publisher`
    lets one function publish to this bus.

    :param event_bus_name: default: none, CloudFormation names it, so that two copies of a stack can live in one
        account.
    :param archive: keep every event for replay; default ``True`` (H6).
    :param archive_retention: default 30 days, longer than an error stays unseen.
    :param log_errors: deliver the bus's error log into a log group; default ``True``. Each takes one of the ten
        resource policies that CloudWatch Logs has in a region: with more buses, switch it off where it matters least.
    :param log_config: what is logged; default: errors, without the events.
    :param dead_letter_queue: a queue of yours for what the bus itself cannot handle (a key it may not use).
    :param kms_key: a key of yours for the events at rest, in the archive too.
    :param log_retention: of the error log; default: the service's (H13).
    :param removal_policy: of the error log and the dead letters; default: the service's.
    :param claim_check: a :class:`ClaimCheckStore`, where the large fields of large events are put aside; default: none,
        and an event of more than 1 MiB is an error (E7).
    :param parameter_name: publishes the bus's name in Parameter Store under this name, such as
        ``"/development/orders/bus"``, where other stacks find it with ``ExistingEventBus.from_parameter`` (C5).
    :param customize: called with the inner ``aws_events.EventBus`` at last, for all that has no parameter here.
    :param description: of the bus.

    :ivar bus: the ``aws_events.EventBus``.
    :ivar archive: the ``aws_events.Archive``, or ``None``.
    :ivar logs: the error log and its delivery, or ``None``.
    :ivar log_group: the error log, or ``None``.
    :ivar parameter: the ``aws_ssm.StringParameter``, or ``None``.
    :ivar dead_letter_queue: the bus's own dead letters.
    :ivar dead_letters_alarm: goes off at the first of them; ``None`` for a queue of yours.
    :ivar routes: the routes so far.
    :ivar publications: who publishes what, as far as :meth:`add_publisher` was told.

    :raises InvalidArgumentError: what EventBridge would refuse, or lose silently.

    Sources: EventBridge user guide, *Using dead-letter queues*, *Archive and replay*, *Logging*; talk 6:15–9:00, 43:07.

    ```python
    from aws_cdk import App, Stack
    from aws_cdk import aws_sqs as sqs
    from aws_cdk import aws_ssm as ssm
    from best_practice_constructs import EnrichedEventBus, EventSource

    orders = EventSource("com.example.orders")


    @orders.event
    class OrderPlaced:
        order_id: str


    stack = Stack(App(), "Events")
    bus = EnrichedEventBus(stack, "Bus")
    bus.route(OrderPlaced, to=sqs.Queue(stack, "Audit"))
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        event_bus_name: str | None = None,
        archive: bool = True,
        archive_retention: Duration = _DEFAULT_ARCHIVE,
        log_errors: bool = True,
        log_config: events.LogConfig | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
        kms_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays | None = None,
        removal_policy: RemovalPolicy | None = None,
        claim_check: ClaimCheckAccess | None = None,
        parameter_name: str | None = None,
        customize: Callable[[events.EventBus], object] | None = None,
        description: str | None = None,
    ) -> None:
        published_as = parameter_in(scope, parameter_name) if parameter_name else None
        super().__init__(scope, id, claim_check=claim_check, published_as=published_as)
        defaults = ServiceDefaults.used_in(self)
        refuse_unitless(self, archive_retention=archive_retention)
        days = 1 if archive_retention.is_unresolved() else archive_retention.to_days(integral=False)
        if archive and (days < 1 or days != int(days)):
            raise InvalidArgumentError(
                self,
                given=f"archive_retention={archive_retention.to_seconds():g} s",
                reason="an archive keeps events for whole days",
                remedy="pass Duration.days(1) or another number of days, or archive=False for none",
            )
        if log_retention is not None or removal_policy is not None:
            defaults = dataclasses.replace(
                defaults,
                log_retention=log_retention or defaults.log_retention,
                removal_policy=removal_policy or defaults.removal_policy,
            )
        if archive and claim_check is not None and claim_check.expires_after.to_days() < days + _LETTERS_DAYS:
            Annotations.of(self).add_warning_v2(
                _SHORT_LIVED,
                f"{path_of(self)} keeps events for {days:g} days for replay, and its claim checks expire after "
                f"{claim_check.expires_after.to_days():g}: a large event that is replayed late, or redriven, is not "
                f"whole any more. Give the ClaimCheckStore expires_after=Duration.days({days + _LETTERS_DAYS:g}) or "
                "more, or acknowledge this warning.",
            )
        if dead_letter_queue is not None:
            check_dead_letter_queue(self, dead_letter_queue)
        self.dead_letters_alarm: cloudwatch.Alarm | None = None
        self.dead_letter_queue: sqs.IQueue = dead_letter_queue or self._create_dead_letter_queue(defaults)
        self.bus = events.EventBus(
            self,
            "Bus",
            event_bus_name=event_bus_name,
            dead_letter_queue=self.dead_letter_queue,
            description=description,
            kms_key=kms_key,
            log_config=(
                log_config or events.LogConfig(level=events.Level.ERROR, include_detail=events.IncludeDetail.NONE)
            )
            if log_errors
            else None,
        )
        let_events_send(self, self.dead_letter_queue, source_arn=self.bus.event_bus_arn)
        self.archive = (
            create_event_archive(self, "Archive", event_bus=self.bus, retention=archive_retention, kms_key=kms_key)
            if archive
            else None
        )
        self.logs = EventBusLogs(self, "Logs", event_bus=self.bus, defaults=defaults) if log_errors else None
        self.log_group = self.logs.log_group if self.logs else None
        self.parameter = (
            ssm.StringParameter(self, "Name", parameter_name=parameter_name, string_value=self.bus.event_bus_name)
            if parameter_name
            else None
        )
        if customize is not None:
            customize(self.bus)

    @property
    def event_bus(self) -> events.IEventBus:
        """The bus itself, as every bus with routes has it."""
        return self.bus

    def _create_dead_letter_queue(self, defaults: ServiceDefaults) -> sqs.Queue:
        queue = create_dead_letter_queue(self, "DeadLetters", removal_policy=defaults.removal_policy)
        self.dead_letters_alarm = create_dead_letters_alarm(
            self,
            "DeadLettersAlarm",
            queue=queue,
            description=(
                f"The bus {path_of(self)} could not handle events itself (a key that it may not use). The message "
                "attributes say why; mend it, then publish the events again."
            ),
            defaults=defaults,
        )
        return queue
