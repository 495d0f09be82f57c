"""An event bus that keeps, logs and routes enriched events, and loses none (E3–E6, H6)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.consumers.idempotent_queue_consumer import IdempotentQueueConsumer
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.event_bus_logs import EventBusLogs
from best_practice_constructs.events.event_delivery import check_dead_letter_queue, let_events_send
from best_practice_constructs.events.event_key import check_idempotency_key
from best_practice_constructs.events.event_pattern import RoutedEvents, declared_event, event_pattern
from best_practice_constructs.events.event_route import EventRoute, RouteTarget
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction
from best_practice_constructs.observability.dead_letters_alarm import create_dead_letters_alarm
from best_practice_constructs.permissions import events as events_permissions
from best_practice_constructs.queues.dead_letter_queue import create_dead_letter_queue
from best_practice_constructs.runtime import environment as names
from best_practice_constructs.runtime.event_type import EventDeclaration

_DEFAULT_ARCHIVE = Duration.days(30)
_DEFAULT_EVENT_AGE = Duration.hours(24)
_MAXIMUM_RETRY_ATTEMPTS = 185


@dataclass(frozen=True, kw_only=True)
class Publication:
    """That a function publishes an event."""

    event: EventDeclaration
    publisher: SinglePurposeFunction


class EnrichedEventBus(Construct):
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
    :param kms_key: a key of yours for the events at rest.
    :param log_retention: of the error log; default: the service's (H13).
    :param removal_policy: of the error log and the dead letters; default: the service's.
    :param customize: called with the inner ``aws_events.EventBus`` at last, for all that has no parameter here.
    :param description: of the bus.

    :ivar bus: the ``aws_events.EventBus``.
    :ivar archive: the ``aws_events.Archive``, or ``None``.
    :ivar logs: the error log and its delivery, or ``None``.
    :ivar log_group: the error log, or ``None``.
    :ivar dead_letter_queue: the bus's own dead letters.
    :ivar dead_letters_alarm: goes off at the first of them; ``None`` for a queue of yours.
    :ivar routes: the routes so far.
    :ivar publications: who publishes what, as far as :meth:`add_publisher` was told.

    :raises InvalidArgumentError: what EventBridge would refuse, or lose silently.

    Sources: EventBridge user guide, *Using dead-letter queues*, *Archive and replay*, *Logging*; talk 6:15–9:00, 43:07.

    ```python
    from aws_cdk import App, Stack
    from aws_cdk import aws_sqs as sqs
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
        customize: Callable[[events.EventBus], object] | None = None,
        description: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        defaults = ServiceDefaults.used_in(self)
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
        if dead_letter_queue is not None:
            check_dead_letter_queue(self, dead_letter_queue)
        self.routes: list[EventRoute] = []
        self.publications: list[Publication] = []
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
            events.Archive(
                self,
                "Archive",
                source_event_bus=self.bus,
                # Every event, from other accounts too; what a replay sends EventBridge itself keeps out.
                event_pattern=events.EventPattern(source=events.Match.prefix("")),
                retention=archive_retention,
            )
            if archive
            else None
        )
        self.logs = EventBusLogs(self, "Logs", event_bus=self.bus, defaults=defaults) if log_errors else None
        self.log_group = self.logs.log_group if self.logs else None
        if customize is not None:
            customize(self.bus)

    def route(
        self,
        event: RoutedEvents,
        *,
        to: RouteTarget,
        id: str | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
        retry_attempts: int = _MAXIMUM_RETRY_ATTEMPTS,
        max_event_age: Duration = _DEFAULT_EVENT_AGE,
        message_group_id: str | None = None,
        enabled: bool = True,
    ) -> EventRoute:
        """Route an event to a target, with retries and a dead-letter queue of the route's own (E5, H1, H6).

        :param event: a class declared with ``EventSource.event``, some of its events (``OrderPlaced.where(…)``), or an
            event pattern as a mapping.
        :param to: an :class:`IdempotentQueueConsumer`, a :class:`SinglePurposeFunction`, or any queue.
        :param id: of the route below its target; default: from the event's name.
        :param dead_letter_queue: a queue of yours for what cannot be delivered.
        :param retry_attempts: 0 to 185; default 185, what fits in a day of backoff.
        :param max_event_age: 60 s to 24 h; default 24 h: an outage of the target shorter than that loses nothing.
        :param message_group_id: for a FIFO queue.
        :param enabled: ``False`` stops the route; events meanwhile are in the archive.
        :raises InvalidArgumentError: an undeclared event, a second equal route, values out of range, a queue that
            EventBridge cannot use.
        """
        if not isinstance(to, Construct):
            raise InvalidArgumentError(
                self,
                given=f"to={to!r}",
                reason="events go to constructs",
                remedy="pass an IdempotentQueueConsumer, a SinglePurposeFunction or a queue",
            )
        declaration, pattern = event_pattern(self, event)
        if isinstance(to, IdempotentQueueConsumer):
            check_idempotency_key(self, to.idempotency_key, declaration)
        seconds = max_event_age.to_seconds()
        if not 0 <= retry_attempts <= _MAXIMUM_RETRY_ATTEMPTS or not 60 <= seconds <= 86_400:
            raise InvalidArgumentError(
                self,
                given=f"retry_attempts={retry_attempts}, max_event_age={seconds:g} s",
                reason="EventBridge retries 0 to 185 times and keeps an event 60 s to 24 h",
                remedy="pass values within that, or leave both out",
            )
        route_id = id or f"On{declaration.detail_type if declaration else 'Pattern'}"
        if to.node.try_find_child(route_id) is not None:
            raise InvalidArgumentError(
                to,
                given=f"a second route {route_id!r}",
                reason="the same event would arrive twice",
                remedy="route it once, or name a route that differs with id=",
            )
        route = EventRoute(
            to,
            route_id,
            event_bus=self.bus,
            event=declaration,
            pattern=pattern,
            target=to,
            dead_letter_queue=dead_letter_queue,
            retry_attempts=retry_attempts,
            max_event_age=max_event_age,
            message_group_id=message_group_id,
            enabled=enabled,
        )
        self.routes.append(route)
        return route

    def add_publisher(self, function: SinglePurposeFunction | IdempotentQueueConsumer, *events: type) -> None:
        """Let a function, or a consumer's, publish to this bus, and to no other, and tell it the bus's name (C2).

        :param events: the declared classes that it publishes, for the catalogue (E4).
        :raises InvalidArgumentError: an undeclared event.
        """
        if isinstance(function, IdempotentQueueConsumer):
            function = function.function
        self.publications += [Publication(event=declared_event(self, event), publisher=function) for event in events]
        function.allow(events_permissions.put_events(self.bus))
        function.add_environment(names.EVENT_BUS_NAME, self.bus.event_bus_name)

    def _create_dead_letter_queue(self, defaults: ServiceDefaults) -> sqs.Queue:
        queue = create_dead_letter_queue(self, "DeadLetters", removal_policy=defaults.removal_policy)
        self.dead_letters_alarm = create_dead_letters_alarm(
            self,
            "DeadLettersAlarm",
            queue=queue,
            description=(
                f"The bus {self.node.path} could not handle events itself (a key that it may not use). The message "
                "attributes say why; mend it, then publish the events again."
            ),
            defaults=defaults,
        )
        return queue
