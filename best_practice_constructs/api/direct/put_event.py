"""A route that puts a typed event on a bus (E4, E6, S1)."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Aws

from best_practice_constructs.api.direct.answer_fields import AnswerFields, preambles, source_list
from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.problem_answers import BAD_VALUE, THROTTLED, UNAVAILABLE, Failures
from best_practice_constructs.api.direct.service_call import DirectIntegration, ServiceAnswer, ServiceCall
from best_practice_constructs.api.mapping.escaping import json_string
from best_practice_constructs.api.mapping.field_shape import FieldShape, UnmappableFieldError
from best_practice_constructs.api.mapping.json_pieces import json_literal, json_object, json_text
from best_practice_constructs.api.mapping.json_writing import write_json
from best_practice_constructs.api.mapping.template_node import Assign, Choice, DeployedName, Node, Value, joined
from best_practice_constructs.api.mapping.value_sources import (
    BodyField,
    CorrelationId,
    RequestId,
    RequestTime,
    ValueSource,
)
from best_practice_constructs.construct_place import id_of, stack_of
from best_practice_constructs.events.event_pattern import declared_event
from best_practice_constructs.events.numberless_events import refuse_routes_by_number
from best_practice_constructs.events.routed_event_bus import RoutedEventBus
from best_practice_constructs.permissions import events as events_permissions
from best_practice_constructs.runtime.event_type import EventDeclaration

# What is read of the body stands in a variable.
_WHOLE = (BodyField("any"),)


class PutEvent(DirectIntegration):
    """Puts a typed event on a bus for each request, in the enriched envelope, and answers 202 (E4, E6, S1).

    The envelope is the one that ``EventPublisher`` writes, so every consumer of this library reads it. The route's role
    may do ``events:PutEvents`` on this bus, with this source and detail type only. Routes that compare a number
    (``detail.numbers``) are refused at synth: a template cannot compute them.

    :param bus: an :class:`EnrichedEventBus` or :class:`ExistingEventBus`.
    :param event: the declared class. Its fields are filled by their names from the route's ``body``.
    :param fields: those that come from elsewhere, by name, such as ``{"partner": Claim("sub")}``.
    :param event_id: default: the request's id. Pass ``Header("Idempotency-Key")`` where callers repeat requests: what
        consumers know an event by is then the caller's.
    :param occurred_at: default: when the gateway got the request; a text as RFC 3339 has it.
    :param answer: the members of the answer; default: ``event_id``.
    :param location: where to ask what became of it, such as ``"shipments/{event_id}"``; default: none.
    :param retry_after: seconds after which to ask; default: none.

    :raises InvalidArgumentError: when it is routed to: a field that nothing fills or that its source does not fit, a
        source that the requests do not have.

    Sources: EventBridge API reference, *PutEvents*; API Gateway developer guide, *AWS integrations*; talk 9:00, 10:41.

    ```python
    from dataclasses import dataclass

    from aws_cdk import App, Stack
    from best_practice_constructs import EnrichedEventBus, EventSource, ProvisionedApi, PutEvent

    partners = EventSource("com.example.partners")


    @partners.event
    class ParcelDelivered:
        parcel_id: str


    @dataclass(frozen=True, kw_only=True)
    class Delivery:
        parcel_id: str


    stack = Stack(App(), "Shop")
    bus = EnrichedEventBus(stack, "Bus")
    ProvisionedApi(stack, "Api").post("/events/deliveries", PutEvent(bus, event=ParcelDelivered), body=Delivery)
    ```
    """

    def __init__(
        self,
        bus: RoutedEventBus,
        *,
        event: type,
        fields: Mapping[str, ValueSource] | None = None,
        event_id: ValueSource | None = None,
        occurred_at: ValueSource | None = None,
        answer: Mapping[str, ValueSource] | None = None,
        location: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.bus = bus
        self.event = event
        self.fields = fields or {}
        self.event_id = event_id or RequestId()
        self.occurred_at = occurred_at or RequestTime()
        self.answer = AnswerFields(
            status=202,
            fields={"event_id": self.event_id} if answer is None else answer,
            location=location,
            retry_after=retry_after,
        )

    def call(self, route: DirectRoute) -> ServiceCall:
        """Give the call; see :class:`DirectIntegration`."""
        declaration = declared_event(route.scope, self.event)
        bus = self.bus.event_bus
        data = self._data(route, declaration)
        correlation_id = CorrelationId()
        sources = source_list(self.fields, [self.event_id, self.occurred_at, correlation_id])
        metadata = self._metadata(route, declaration, correlation_id)
        detail = json_object({"metadata": metadata, "data": data})
        entry = {
            "Source": json_text(declaration.source),
            "DetailType": json_text(declaration.detail_type),
            "EventBusName": joined('"', DeployedName(bus.event_bus_arn), '"'),
            "Resources": joined("[", json_string(_route_arn(route)), "]"),
            "Detail": json_string(detail),
        }
        refuse_routes_by_number(
            route.scope, bus=self.bus, declaration=declaration, called=f"the route {route.given} of"
        )
        self.bus.add_publications(route.scope, self.event)
        return ServiceCall(
            service="events",
            action="PutEvents",
            region=bus.env.region,
            parameters={
                "integration.request.header.Content-Type": "'application/x-amz-json-1.1'",
                "integration.request.header.X-Amz-Target": "'AWSEvents.PutEvents'",
            },
            template=joined(preambles([*sources, *_WHOLE]), '{"Entries":[', json_object(entry), "]}"),
            permissions=[
                events_permissions.put_events(bus, source=declaration.source, detail_types=[declaration.detail_type])
            ],
            sources=[*sources, *self.answer.fields.values()],
            answer=self._answer(route),
            failures=Failures(
                code="answer.get('__type')", by_code={"Throttl": THROTTLED, "ValidationException": BAD_VALUE}
            ),
        )

    def _answer(self, route: DirectRoute) -> ServiceAnswer:
        """Give the answer: PutEvents says 200 of what it did not take, too."""
        done = self.answer.bound_to(route)
        failed = Choice('$errorCode.contains("Throttl")', THROTTLED.answer(), UNAVAILABLE.answer())
        template = joined(
            Assign("answer", "$input.path('$')"),
            Assign("errorCode", "\"$!{answer.get('Entries').get(0).get('ErrorCode')}\""),
            Choice('"$!{answer.get(\'FailedEntryCount\')}" == "0"', done.template, failed),
        )
        return ServiceAnswer(
            status=done.status,
            template=template,
            headers=done.headers,
            overridden_headers=done.overridden_headers,
        )

    def _metadata(self, route: DirectRoute, declaration: EventDeclaration, correlation_id: ValueSource) -> Node:
        defaults = route.defaults
        return json_object(
            {
                "event_id": json_string(route.text(self.event_id)),
                "service": json_text(defaults.service or id_of(stack_of(route.scope))),
                "stage": json_text(defaults.stage),
                "application_version": json_text(defaults.application_version),
                "correlation_id": json_string(route.text(correlation_id)),
                "causation_id": json_literal(None),
                "schema_version": json_literal(declaration.version),
                "compatible_since": json_literal(declaration.compatible_since),
                "occurred_at": json_string(route.text(self.occurred_at)),
                "changed": json_literal(list(declaration.changed)),
            }
        )

    def _data(self, route: DirectRoute, declaration: EventDeclaration) -> Node:
        event = route.shape(declaration.type, given=f"event={self.event.__name__}")
        for name in self.fields:
            if name not in event.members:
                raise route.refusal(
                    f"fields={{{name!r}: …}}",
                    f"{self.event.__name__} has no such field",
                    f"name one of {', '.join(event.members)}",
                )
        return json_object({name: self._field(route, name, shape) for name, shape in event.members.items()})

    def _field(self, route: DirectRoute, name: str, wanted: FieldShape) -> Node:
        source = self.fields.get(name)
        if source is not None:
            given = route.source_shape(source)
        else:
            body = route.body_shape(why=f"{self.event.__name__}.{name}")
            if name not in body.members:
                if wanted.is_optional:
                    return json_literal(wanted.default)
                raise route.refusal(
                    f"event={self.event.__name__}",
                    f"nothing fills its field {name!r}: the body has no such field",
                    f"pass fields={{{name!r}: …}}, or add it to the body",
                )
            source, given = BodyField(name), body.members[name]
        if not given.fits(wanted):
            raise route.refusal(
                f"{self.event.__name__}.{name} from {source!r}",
                f"it is {wanted.kind.value}, and what fills it {'may be missing or ' if given.is_optional else ''}"
                f"is {given.kind.value}",
                "give both the same type",
            )
        if not isinstance(source, BodyField):
            return json_string(source.text())
        try:
            return write_json(wanted, source.reference)
        except UnmappableFieldError as error:
            raise route.refusal(f"event={self.event.__name__}", str(error), "declare its type") from error


def _route_arn(route: DirectRoute) -> Node:
    prefix = f"arn:{Aws.PARTITION}:execute-api:{Aws.REGION}:{Aws.ACCOUNT_ID}:{route.rest_api_id}/"
    return joined(DeployedName(prefix), Value("context.stage"), f"/{route.http_method}{route.path}")
