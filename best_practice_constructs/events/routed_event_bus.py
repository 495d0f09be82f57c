"""A bus whose events are routed, each route with its own retries and dead letters (E5, H1, H6)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IConstruct

from best_practice_constructs.construct_place import id_of, tell_place
from best_practice_constructs.consumers.async_function_consumer import AsyncFunctionConsumer
from best_practice_constructs.consumers.event_key import check_event_key
from best_practice_constructs.consumers.idempotent_queue_consumer import IdempotentQueueConsumer
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.durations import whole_seconds
from best_practice_constructs.errors import InvalidArgumentError, named
from best_practice_constructs.events.api_destination_target import ApiDestinationTarget
from best_practice_constructs.events.bus_connections import BusConnections, RouteOfBus
from best_practice_constructs.events.bus_name_variable import tell_bus_name
from best_practice_constructs.events.chained_buses import refuse_chains, warn_of_chains
from best_practice_constructs.events.claim_check_access import ClaimCheckAccess, check_store
from best_practice_constructs.events.event_function import EventFunction, function_of
from best_practice_constructs.events.event_pattern import RoutedEvents, declared_event, event_pattern
from best_practice_constructs.events.event_route import EventRoute
from best_practice_constructs.events.indirect_readers import READERS, allow_indirect_readers
from best_practice_constructs.events.route_checks import check_route_ends, check_route_is_new
from best_practice_constructs.events.route_environment import RouteEnvironment, environment_of
from best_practice_constructs.events.route_input import check_input
from best_practice_constructs.events.route_scope import route_scope
from best_practice_constructs.events.route_target import RouteTarget, receiver_of
from best_practice_constructs.permissions import events as events_permissions
from best_practice_constructs.runtime import environment as names
from best_practice_constructs.runtime.event_type import EventDeclaration, event_declaration
from best_practice_constructs.units import refuse_unitless

_DEFAULT_EVENT_AGE = Duration.hours(24)
_MAXIMUM_RETRY_ATTEMPTS = 185
_EVERYTHING = {"source": [{"prefix": ""}]}


@dataclass(frozen=True, kw_only=True)
class Publication:
    """That somebody publishes an event: a function, or what publishes without one."""

    event: EventDeclaration
    publisher: IConstruct


class RoutedEventBus(Construct):
    """What :class:`EnrichedEventBus` and :class:`ExistingEventBus` have in common.

    :ivar routes: the routes so far.
    :ivar publications: who publishes what, as far as :meth:`add_publisher` was told.
    :ivar claim_check: where the large fields of its events are put aside, or ``None``.
    :ivar published_as: under which name Parameter Store has the bus's, as far as it is known here.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        claim_check: ClaimCheckAccess | None = None,
        published_as: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        check_store(self, claim_check)
        self.claim_check = claim_check
        self.published_as = published_as
        self.routes: list[EventRoute] = []
        self.publications: list[Publication] = []
        self.log_group: logs.ILogGroup | None = None

    @cached_property
    def environment(self) -> RouteEnvironment:
        """The account and region of the bus."""
        return environment_of(self.event_bus)

    @property
    @abstractmethod
    def event_bus(self) -> events.IEventBus:
        """The bus itself."""

    def route(
        self,
        event: RoutedEvents,
        *,
        to: RouteTarget | RoutedEventBus,
        id: str | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
        retry_attempts: int = _MAXIMUM_RETRY_ATTEMPTS,
        max_event_age: Duration = _DEFAULT_EVENT_AGE,
        message_group_id: str | None = None,
        input_path: str | None = None,
        input_transformer: events.CfnRule.InputTransformerProperty | None = None,
        role_path: str | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
        enabled: bool = True,
    ) -> EventRoute:
        """Route an event to a target, with retries and a dead-letter queue of the route's own (E5, H1, H6).

        With a store for claim checks, consumers and functions may read what is put aside of the event, those too that
        are behind a topic, a queue or another bus of this app; every other target gets a large event as it is, with its
        claim check. What came from one bus goes to no third.

        :param event: a class declared with ``EventSource.event``, some of its events (``OrderPlaced.where(…)``), or an
            event pattern as a mapping.
        :param to: an :class:`IdempotentQueueConsumer`, :class:`AsyncFunctionConsumer`,
            :class:`SinglePurposeFunction` or :class:`ApiDestinationTarget`, a :class:`ServiceWorkflow` (one execution
            for an event, however often it comes), a queue, topic, state machine, bus (of another account or region
            too), API destination or log group.
        :param id: of the route below its target (below this bus, with the target's id, where the target is in another
            account or region); default: from the event's name. Routes of the same event to one target, of two buses or
            with two filters, need names of yours.
        :param dead_letter_queue: a queue of yours for what cannot be delivered.
        :param retry_attempts: 0 to 185; default 185, what fits in a day of backoff.
        :param max_event_age: 60 s to 24 h; default 24 h: an outage of the target shorter than that loses nothing.
        :param message_group_id: for a FIFO queue.
        :param input_path: the part of the event that the target gets, such as ``"$.detail.data"``; default: all of it.
        :param input_transformer: a template of what the target gets instead.
        :param role_path: of the route's role, which workflows, topics, buses and API destinations need; default: the
            service's, ``"/"`` (C2).
        :param permissions_boundary: what that role may do at most; default: the service's, none (C2).
        :param enabled: ``False`` stops the route; events meanwhile are in the archive.
        :raises InvalidArgumentError: an undeclared event, a second equal route, values out of range, a target that
            EventBridge cannot use or reach, a part of the event for a consumer that reads all of it or that may be put
            aside, or a second step from bus to bus that EventBridge refuses.
        """
        receiver = to.event_bus if isinstance(to, RoutedEventBus) else to
        if not hasattr(to, "node"):
            raise InvalidArgumentError(
                self,
                given=f"to={named(to)}",
                reason="events go to constructs",
                remedy="pass an IdempotentQueueConsumer, a SinglePurposeFunction, a queue or another target",
            )
        declaration, pattern = event_pattern(self, event)
        if isinstance(to, IdempotentQueueConsumer | AsyncFunctionConsumer):
            check_event_key(self, to.idempotency_key, declaration)
        check_input(self, to, declaration, input_path=input_path, input_transformer=input_transformer)
        request = to.request_of(self, declaration) if isinstance(to, ApiDestinationTarget) else None
        self._check_retries(retry_attempts, max_event_age)
        self._check_source(pattern)
        check_route_ends(self, to=to, receiver=receiver_of(receiver))
        connections = BusConnections.used_in(self)
        connection = RouteOfBus(
            bus=self,
            event=declaration,
            pattern=pattern,
            to=to,
            target=receiver,
            target_published_as=to.published_as if isinstance(to, RoutedEventBus) else None,
            is_enabled=enabled,
        )
        refuse_chains(connections, connection)
        route_id = id or f"On{declaration.detail_type if declaration else 'Pattern'}"
        scope = route_scope(self, target=to, receiver=receiver_of(receiver), dead_letter_queue=dead_letter_queue)
        if scope is self:
            # Nothing lives below what is in another account, nor below imported resources that are no constructs here.
            route_id = f"{route_id}To{id_of(to)}"
        check_route_is_new(self, scope, route_id, pattern=pattern, is_default_id=id is None)
        route = EventRoute(
            scope,
            route_id,
            event_bus=self.event_bus,
            event=declaration,
            pattern=pattern,
            target=receiver,
            dead_letter_queue=dead_letter_queue,
            retry_attempts=retry_attempts,
            max_event_age=max_event_age,
            message_group_id=message_group_id,
            input_path=input_path,
            input_transformer=(request.input_transformer if request else None) or input_transformer,
            http_parameters=request.http_parameters if request else None,
            policy_holder=self.log_group,
            role_path=role_path,
            permissions_boundary=permissions_boundary,
            enabled=enabled,
        )
        self.routes.append(route)
        connections.add(connection, route)
        warn_of_chains(connections, connection)
        may_be_thin = declaration is None or bool(declaration.claim_check)
        if self.claim_check is not None and may_be_thin and isinstance(to, READERS):
            self.claim_check.allow_consumer(to)
        allow_indirect_readers(connections, connection)
        self._check_reader(to, declaration)
        return route

    def add_publisher(
        self, function: EventFunction, *events: type, environment_variable: str = names.EVENT_BUS_NAME
    ) -> None:
        """Let a function, or a consumer's, publish to this bus, and tell it the bus's name (C2).

        With a store for claim checks it may put fields of large events aside too.

        :param events: the declared classes that it publishes, for the catalogue (E4); when none of them has a
            ``claim_check``, nothing is put aside.
        :param environment_variable: holds the bus's name; by default the one that ``EventPublisher`` reads. A function
            that publishes to a second bus needs a second one: ``EventPublisher(bus_name=os.environ["AUDIT_BUS"])``.
        :raises InvalidArgumentError: an undeclared event, no function, or a variable that names another bus already.
        """
        publisher = function_of(self, function)
        publications = self._publications(publisher, events)
        tell_bus_name(self, publisher, self.event_bus, variable=environment_variable)
        publisher.allow(events_permissions.put_events(self.event_bus))
        self.publications += publications
        if self.claim_check is not None and (not events or any(event_declaration(each).claim_check for each in events)):
            self.claim_check.allow_publisher(publisher)

    def add_publications(self, publisher: IConstruct, *events: type) -> None:
        """Say who publishes these events, for the catalogue (E4); it allows nothing.

        :raises InvalidArgumentError: an undeclared event.
        """
        self.publications += self._publications(publisher, events)

    def _publications(self, publisher: IConstruct, events: Sequence[type]) -> list[Publication]:
        return [Publication(event=declared_event(self, event), publisher=publisher) for event in events]

    def log_everything(
        self,
        *,
        log_retention: logs.RetentionDays | None = None,
        removal_policy: RemovalPolicy | None = None,
        enabled: bool = True,
    ) -> EventRoute:
        """Write every event of the bus into a log group, to see what happens (H7).

        Events hold what customers said: keep them for a short time. The log group shares the one resource policy of the
        bus's error log, where there is one.

        :param log_retention: default: the service's (H13).
        :param removal_policy: default: the service's.
        :param enabled: ``False`` keeps the log, and stops writing to it.
        :raises InvalidArgumentError: it is called twice.
        """
        if self.node.try_find_child("Everything") is not None:
            raise InvalidArgumentError(
                self,
                given="a second log_everything()",
                reason="the first writes every event already",
                remedy="call it once",
            )
        defaults = ServiceDefaults.used_in(self)
        log_group = logs.LogGroup(
            self,
            "Everything",
            retention=log_retention or defaults.log_retention,
            removal_policy=removal_policy or defaults.removal_policy,
        )
        return self.route(_EVERYTHING, to=log_group, id="Rule", enabled=enabled)

    def _check_retries(self, retry_attempts: int, max_event_age: Duration) -> None:
        refuse_unitless(self, max_event_age=max_event_age)
        seconds = whole_seconds(max_event_age)
        if not 0 <= retry_attempts <= _MAXIMUM_RETRY_ATTEMPTS or not 60 <= seconds <= 86_400:
            raise InvalidArgumentError(
                self,
                given=f"retry_attempts={retry_attempts}, max_event_age={seconds} s",
                reason="EventBridge retries 0 to 185 times and keeps an event 60 s to 24 h",
                remedy="pass values within that, or leave both out",
            )

    def _check_reader(self, to: object, event: EventDeclaration | None) -> None:
        """See to a target that may not read large events; overridden where others publish, who may have a store."""

    def _check_source(self, pattern: dict[str, object]) -> None:
        """Refuse what never comes to this bus; overridden where it may."""
        sources = pattern.get("source")
        named = [source for source in sources if isinstance(source, str)] if isinstance(sources, list) else []
        if named and all(source.startswith("aws.") for source in named):
            raise InvalidArgumentError(
                self,
                given=f"a route of {', '.join(named)}",
                reason="AWS services send their events to the account's default bus, and this is another",
                remedy="route them from ExistingEventBus.default(scope, id)",
            )
