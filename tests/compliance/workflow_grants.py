"""By which statements the fulfilment's workflow calls, and lets in: all of them, by their reasons."""

from __future__ import annotations

from collections.abc import Iterable

from tests.compliance.template_grants import Grant

_WORKFLOW, _STARTER = "FulfilOrder", "FulfilOrder/Starter/Starting"
_FAILURES = f"{_WORKFLOW}/Failures"
_ROUTE = f"{_WORKFLOW}/OnOrderPlaced"
_QUEUES = (_FAILURES, f"{_FAILURES}/OnUnfinished/DeadLetters", f"{_ROUTE}/DeadLetters")
_DELIVERY = (
    "CreateLogDelivery",
    "DeleteLogDelivery",
    "DescribeLogGroups",
    "DescribeResourcePolicies",
    "GetLogDelivery",
    "ListLogDeliveries",
    "PutResourcePolicy",
    "UpdateLogDelivery",
)
_SAMPLED = ("GetSamplingRules", "GetSamplingTargets", "PutTelemetryRecords", "PutTraceSegments")


def _source(resource: str) -> str:
    arn = f"arn:<partition>:{resource}"
    return f"ArnLike aws:SourceArn {arn} and StringEquals aws:SourceAccount <account>"


def of_roles() -> Iterable[Grant]:
    """Give how Step Functions and a rule come to their roles."""
    for workflow in (_WORKFLOW, _STARTER):
        yield Grant(
            policy=f"{workflow}/Role",
            principal="states.amazonaws.com",
            action="sts:AssumeRole",
            on="the role itself",
            when=_source("states:<region>:<account>:stateMachine:*"),
        )
    yield Grant(
        policy=f"{_ROUTE}/Role",
        principal="events.amazonaws.com",
        action="sts:AssumeRole",
        on="the role itself",
        when=_source("events:<region>:<account>:rule/*"),
    )


def of_logs_and_traces() -> Iterable[Grant]:
    """Give what has no resource."""
    actions = [f"logs:{action}" for action in _DELIVERY] + [f"xray:{action}" for action in _SAMPLED]
    for workflow in (_WORKFLOW, _STARTER):
        for action in actions:
            yield Grant(policy=f"{workflow}/Role/DefaultPolicy", principal="role", action=action, on="*")


def of_tasks() -> Iterable[Grant]:
    """Give what the tasks of the workflow call, and what of."""
    role = f"{_WORKFLOW}/Role"
    for action in ("ConditionCheckItem", "PutItem"):
        yield Grant(policy=role, principal="role", action=f"dynamodb:{action}", on="Fulfilments")
    yield Grant(policy=role, principal="role", action="dynamodb:UpdateItem", on="Stock")
    for event in ("FulfilmentFailed", "OrderFulfilled"):
        when = f"ForAllValues:StringEquals events:detail-type {event} and "
        when += "ForAllValues:StringEquals events:source com.example.shop.fulfilment and "
        when += "Null events:detail-type false and Null events:source false"
        yield Grant(policy=role, principal="role", action="events:PutEvents", on="Bus/Bus", when=when)


def of_start() -> Iterable[Grant]:
    """Give how an event starts the workflow, and where it goes when it cannot."""
    start = "states:StartExecution"
    yield Grant(policy=f"{_ROUTE}/Role", principal="role", action=start, on=f"{_STARTER}/StateMachine")
    yield Grant(policy=f"{_STARTER}/Role", principal="role", action=start, on=f"{_WORKFLOW}/StateMachine")
    yield Grant(policy=f"{_STARTER}/Role", principal="role", action="sqs:SendMessage", on=_FAILURES)


def of_rules() -> Iterable[Grant]:
    """Give which rules send into which queues."""
    unfinished = f"{_FAILURES}/OnUnfinished"
    for queue, rule in (
        (_FAILURES, unfinished),
        (f"{unfinished}/DeadLetters", unfinished),
        (f"{_ROUTE}/DeadLetters", _ROUTE),
    ):
        yield Grant(
            policy=f"{queue}/Policy",
            principal="events.amazonaws.com",
            action="sqs:SendMessage",
            on=queue,
            when=f"ArnEquals aws:SourceArn {rule}/Rule",
        )


def over_tls() -> Iterable[Grant]:
    """Give who is kept out."""
    for queue in _QUEUES:
        yield Grant(
            policy=f"{queue}/Policy",
            principal="*",
            action="sqs:*",
            on=queue,
            when="Bool aws:SecureTransport false",
            effect="Deny",
        )
