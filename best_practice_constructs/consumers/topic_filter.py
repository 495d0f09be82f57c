"""The filter policy of a subscription: from a declared event, from a filter of its data, or as it is given (E2, E4)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias, cast

from aws_cdk import aws_sns as sns
from constructs import Construct

from best_practice_constructs.consumers.topic_operators import check_topic_operator
from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.runtime.event_filter import EventFilter
from best_practice_constructs.runtime.event_type import EventDeclaration, event_declaration

FilteredEvents: TypeAlias = "type | EventFilter | Mapping[str, object]"

_MOST_KEYS = 5
_MOST_COMBINATIONS = 150
_NUMBERS_BELOW = 1_000_000_000
_DECIMAL_PLACES = 5


@dataclass(frozen=True, kw_only=True)
class TopicFilter:
    """What a subscription lets through.

    :param event: what was declared of the event; ``None`` for a policy as it is.
    :param policy: matches the message's body.
    """

    event: EventDeclaration | None
    policy: Mapping[str, object]

    @property
    def text(self) -> str | None:
        """The policy as a text, where it holds a ``null``: templates have none, and the CDK would drop it silently."""
        return json.dumps(self.policy) if _has_null(self.policy) else None


def topic_filter(scope: Construct, events: FilteredEvents) -> TopicFilter:
    """Give the filter policy.

    What it compares is checked, what is sent is not: SNS compares numbers up to ±1,000,000,000 with five decimal
    places, so do not count on it for an event whose number has more. AWS's pages differ on whether nested keys count to
    the five that a policy may have; the newest count those at the top alone, and so does this.

    :param events: a declared class, a filter made by ``OrderPlaced.where(…)``, or a policy on the message's body.
    :raises InvalidArgumentError: the class is not declared as an event, or SNS takes no such policy.
    """
    event: EventDeclaration | None = None
    if isinstance(events, EventFilter):
        event = _declared(scope, events.event)
        policy: dict[str, object] = {**_policy_of(event), "detail": events.detail_pattern()}
    elif isinstance(events, type):
        event = _declared(scope, events)
        policy = _policy_of(event)
    elif isinstance(cast("object", events), Mapping):
        policy = dict(events)
        for name, value in policy.items():
            _check_own(scope, name, value)
    else:
        _check_own(scope, "kind", events)
        raise InvalidArgumentError(
            scope,
            given=f"filter_policy={events!r}",
            reason="an event is named by its class",
            remedy="pass a class declared with @source.event, a filter of it, or a policy as a mapping",
        )
    _check(scope, policy)
    return TopicFilter(event=event, policy=policy)


def _check_own(scope: Construct, name: str, value: object) -> None:
    """Refuse aws-cdk-lib's filters, which it applies to message attributes, and say what they are in a body."""
    given: object = value.filter_doc if isinstance(value, sns.Filter) else value
    if isinstance(given, sns.SubscriptionFilter):
        raise InvalidArgumentError(
            scope,
            given=f"an aws_sns.{type(value).__name__} in filter_policy",
            reason="aws-cdk-lib's filters ask of message attributes unless it is told otherwise, and this policy asks "
            "of the message's body",
            remedy=f"write filter_policy={{{name!r}: {given.conditions!r}}}, with the names as the body nests them, or "
            "a declared event's filter",
        )
    if isinstance(value, sns.Policy):
        for inner, each in value.policy_doc.items():
            _check_own(scope, inner, each)


def _policy_of(event: EventDeclaration) -> dict[str, object]:
    return {"source": [event.source], "detail-type": [event.detail_type]}


def _declared(scope: Construct, event: type) -> EventDeclaration:
    try:
        return event_declaration(event)
    except TypeError:
        raise InvalidArgumentError(
            scope,
            given=f"the class {event.__qualname__}",
            reason="it is not declared as an event, so it has no source and no detail-type (E4)",
            remedy="declare it: orders = EventSource('com.example.orders'), then @orders.event above class "
            f"{event.__name__}",
        ) from None


def _check(scope: Construct, policy: Mapping[str, object]) -> None:
    if not policy or len(policy) > _MOST_KEYS:
        raise InvalidArgumentError(
            scope,
            given=f"a filter policy with {len(policy)} keys",
            reason=f"SNS takes 1 to {_MOST_KEYS} at the top",
            remedy="leave filter_policy out for every message, or ask for less",
        )
    combinations = 1
    for path, values, depth in _leaves(scope, policy, (), 1):
        if not values:
            raise InvalidArgumentError(
                scope,
                given=f"an empty list at {path} of the filter policy",
                reason="it matches nothing, ever",
                remedy="list a value, or leave the field out",
            )
        combinations *= len(values) * depth
        for value in values:
            _check_value(scope, path, value)
    if combinations > _MOST_COMBINATIONS:
        raise InvalidArgumentError(
            scope,
            given=f"a filter policy of {combinations} combinations",
            reason=f"SNS takes {_MOST_COMBINATIONS}: the numbers of values of all fields multiplied, each by its depth "
            "too (a field of detail.data is three deep)",
            remedy="ask for fewer values or fields, and leave the rest to the mapping's filters= or to the handler",
        )


def _leaves(
    scope: Construct, policy: Mapping[str, object], path: tuple[str, ...], depth: int
) -> Iterator[tuple[str, list[object], int]]:
    for key, value in policy.items():
        here = (*path, key)
        if key == "$or" and isinstance(value, list):
            for alternative in cast("list[Mapping[str, object]]", value):
                yield from _leaves(scope, alternative, path, depth + 1)
        elif isinstance(value, Mapping) and value:
            yield from _leaves(scope, cast("Mapping[str, object]", value), here, depth + 1)
        elif isinstance(value, list | tuple):
            yield ".".join(here), list(cast("list[object]", value)), depth
        else:
            raise InvalidArgumentError(
                scope,
                given=f"{value!r} at {'.'.join(here)} of the filter policy",
                reason="a filter policy lists what is let through",
                remedy=f"write [{value!r}]" if value else "list a value, or leave the field out",
            )


def _check_value(scope: Construct, path: str, value: object) -> None:
    if isinstance(value, Mapping):
        check_topic_operator(scope, path, cast("Mapping[str, object]", value))
        value = list(cast("Mapping[str, object]", value).values())
    if isinstance(value, list | tuple):
        for each in cast("list[object]", value):
            _check_value(scope, path, each)
    elif isinstance(value, int | float) and not isinstance(value, bool) and not is_deploy_time_value(value):
        number = Decimal(str(value))
        if not abs(number) < _NUMBERS_BELOW or number != round(number, _DECIMAL_PLACES):
            raise InvalidArgumentError(
                scope,
                given=f"{value!r} at {path} of the filter policy",
                reason=f"SNS compares numbers between -{_NUMBERS_BELOW:,} and {_NUMBERS_BELOW:,} with "
                f"{_DECIMAL_PLACES} decimal places at most",
                remedy="compare it in the mapping with filters=, or in the handler",
            )


def _has_null(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_has_null(each) for each in cast("Mapping[str, object]", value).values())
    if isinstance(value, list | tuple):
        return any(_has_null(each) for each in cast("list[object]", value))
    return value is None
