"""What lets a route into a bus of another account or region (C2, E5)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import cast

from aws_cdk import Annotations
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from best_practice_constructs.construct_place import path_of, stack_of
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.route_environment import differ, stack_environment

_UNKNOWN_POLICY = "best-practice-constructs:imported-bus-policy"


def check_bus_is_named(route_scope: Construct, bus: events.IEventBus) -> None:
    """Refuse a bus whose name only its deployment in another account or region would tell.

    :raises InvalidArgumentError: it has no name of its own.
    """
    try:
        stack_of(route_scope).resolve(bus.event_bus_arn)
    except RuntimeError as error:
        raise InvalidArgumentError(
            route_scope,
            given=f"a route to {path_of(bus)}, a bus of another account or region without a name of its own",
            reason="CloudFormation looks nothing up there, so its ARN has to be known before it is deployed",
            remedy="make it with event_bus_name='…', or import it by its ARN",
        ) from error


def let_route_in(route: Construct, bus: events.IEventBus, *, pattern: Mapping[str, object]) -> None:
    """Let the account of a route put just its events into a bus of another account (C2).

    Within one account, the route's role is enough. The policy of an imported bus is another's: there a warning says
    which statement it needs.
    """
    account = stack_environment(route).account
    if not differ(account, bus.env.account):
        return
    conditions = _conditions(pattern)
    if not isinstance(bus.node.default_child, events.CfnEventBus):
        only = "".join(
            f" where {key} is {' or '.join(values)}" for test in conditions.values() for key, values in test.items()
        )
        Annotations.of(route).add_warning_v2(
            _UNKNOWN_POLICY,
            f"{path_of(route)} sends into the imported bus {bus.event_bus_arn}, whose policy cannot be changed from "
            f"here. See to it that it allows events:PutEvents to the account {account}{only}, else events become dead "
            "letters; then acknowledge this warning.",
        )
        return
    # The rule's name is not known in the other account before it is deployed: the events say what may come.
    statement = iam.PolicyStatement(
        sid=_identifier(route),
        principals=[iam.AccountPrincipal(account)],
        actions=["events:PutEvents"],
        resources=[bus.event_bus_arn],
        conditions=dict(conditions),
    )
    events.CfnEventBusPolicy(
        cast("Construct", bus),
        statement.sid or "",
        event_bus_name=bus.event_bus_name,
        statement_id=statement.sid or "",
        statement=statement.to_statement_json(),
    )


def _conditions(pattern: Mapping[str, object]) -> dict[str, dict[str, list[str]]]:
    # EventBridge gives the sources of one call as a list, and its detail type as a text.
    found = {
        "ForAllValues:StringEquals": {"events:source": _texts(pattern.get("source"))},
        "StringEquals": {"events:detail-type": _texts(pattern.get("detail-type"))},
    }
    return {test: values for test, values in found.items() if all(values.values())}


def _texts(values: object) -> list[str]:
    listed = cast("list[object]", values) if isinstance(values, list) else []
    texts = [value for value in listed if isinstance(value, str)]
    return texts if len(texts) == len(listed) else []


def _identifier(route: Construct) -> str:
    return f"Route{hashlib.sha256(path_of(route).encode()).hexdigest()[:16]}"
