"""A bus that is there already: the account's default one, a partner's, another service's (E5, C5)."""

from __future__ import annotations

from aws_cdk import aws_events as events
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.consumers.claim_check_warning import warn_unless_it_may_read
from best_practice_constructs.events.claim_check_access import ClaimCheckAccess
from best_practice_constructs.events.event_function import function_of
from best_practice_constructs.events.indirect_readers import READERS
from best_practice_constructs.events.route_environment import parameter_in
from best_practice_constructs.events.routed_event_bus import RoutedEventBus
from best_practice_constructs.runtime.event_type import EventDeclaration


class ExistingEventBus(RoutedEventBus):
    """A bus that another stack, a partner or AWS owns, with routes that lose no event (E5, C5, H1, H6).

    Creates nothing by itself: archive, error log and dead letters of the bus are its owner's. Routes have the retries
    and dead-letter queues that those of an :class:`EnrichedEventBus` have.

    :param event_bus: the bus.
    :param claim_check: where the large fields of its events are put aside, for the publishers and consumers that are
        made here: a :class:`ClaimCheckStore`, or an :class:`ExistingClaimCheckStore` (E7).
    :param published_as: under which name Parameter Store has the bus's; :meth:`from_parameter` says it.

    :ivar bus: the ``aws_events.IEventBus``.
    :ivar routes: the routes so far.
    :ivar publications: who publishes what, as far as :meth:`add_publisher` was told.

    Sources: EventBridge user guide, *Event buses*, *Receiving events from a SaaS partner*; talk 7:39, 38:09.

    ```python
    from aws_cdk import App, Stack
    from aws_cdk import aws_sqs as sqs
    from best_practice_constructs import ExistingEventBus

    stack = Stack(App(), "Uploads")
    bus = ExistingEventBus.default(stack, "DefaultBus")
    bus.route({"source": ["aws.s3"], "detail-type": ["Object Created"]}, to=sqs.Queue(stack, "Queue"))
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        event_bus: events.IEventBus,
        claim_check: ClaimCheckAccess | None = None,
        published_as: str | None = None,
    ) -> None:
        super().__init__(scope, id, claim_check=claim_check, published_as=published_as)
        self.bus = event_bus

    @property
    def event_bus(self) -> events.IEventBus:
        """The bus itself."""
        return self.bus

    @classmethod
    def default(cls, scope: Construct, id: str) -> ExistingEventBus:
        """Give the account's default bus, where AWS services send their events."""
        return cls(scope, id, event_bus=events.EventBus.from_event_bus_name(scope, f"{id}Name", "default"))

    @classmethod
    def from_parameter(
        cls, scope: Construct, id: str, *, parameter_name: str, claim_check: ClaimCheckAccess | None = None
    ) -> ExistingEventBus:
        """Give the bus whose name another stack published in Parameter Store (C5).

        CloudFormation looks the name up at each deployment; no stack exports anything.

        :param parameter_name: as :class:`EnrichedEventBus` was given it.
        :param claim_check: where the large fields of its events are put aside.
        """
        name = ssm.StringParameter.value_for_string_parameter(scope, parameter_name)
        event_bus = events.EventBus.from_event_bus_name(scope, f"{id}Name", name)
        published_as = parameter_in(scope, parameter_name)
        return cls(scope, id, event_bus=event_bus, claim_check=claim_check, published_as=published_as)

    def _check_reader(self, to: object, event: EventDeclaration | None) -> None:
        """Warn of a consumer of large events that no store lets read: the bus's other owner may have one."""
        if self.claim_check is None and event is not None and event.claim_check and isinstance(to, READERS):
            warn_unless_it_may_read(
                to,
                function_of(self, to),
                event,
                remedy=f"give {path_of(self)} claim_check=, the bus's ClaimCheckStore or an ExistingClaimCheckStore",
            )

    def _check_source(self, pattern: dict[str, object]) -> None:
        """Take every source: the default bus has those of AWS, a partner's bus the partner's."""
