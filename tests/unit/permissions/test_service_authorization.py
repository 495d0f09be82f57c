"""Each permission against AWS's service authorization data: nothing without effect, nothing wider than it must be."""

from __future__ import annotations

import pytest

from best_practice_constructs import Permission
from tests.unit.permissions.every_permission import Case, cases
from tests.unit.permissions.service_authorization import Action, action_named, meets, takes_condition

CASES = cases()
_BEFORE_IT_IS_THERE = (
    "Lambda's documentation asks for it on every resource: it checks the role before there is a network interface"
)
_ON_THE_STREAM = "Lambda asks for it on the stream when a mapping is created"
# What the data say otherwise, with the reason.
EXCEPTIONS = {
    ("ec2.attach_to_vpc", "ec2:CreateNetworkInterface"): _BEFORE_IT_IS_THERE,
    ("ec2.attach_to_vpc", "ec2:DeleteNetworkInterface"): _BEFORE_IT_IS_THERE,
    ("ec2.attach_to_vpc", "ec2:AssignPrivateIpAddresses"): _BEFORE_IT_IS_THERE,
    ("ec2.attach_to_vpc", "ec2:UnassignPrivateIpAddresses"): _BEFORE_IT_IS_THERE,
    ("sam.vpc_access_policy", "ec2:CreateNetworkInterface"): _BEFORE_IT_IS_THERE,
    ("sam.vpc_access_policy", "ec2:DeleteNetworkInterface"): _BEFORE_IT_IS_THERE,
    ("dynamodb.read_stream", "dynamodb:ListStreams"): _ON_THE_STREAM,
    ("sam.dynamodb_stream_read_policy", "dynamodb:ListStreams"): _ON_THE_STREAM,
}


def findings(name: str, permission: Permission) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for action_name in permission.actions:
        action = action_named(action_name)
        if action is None:
            found.append((action_name, "there is no such action"))
            continue
        found += [(action_name, problem) for problem in _resource_findings(action, permission.resources)]
        found += [
            (action_name, f"it knows no condition {key}")
            for keys in permission.conditions.values()
            for key in keys
            if not takes_condition(action, key)
        ]
    return [
        (action, problem) for action, problem in found if (name.split("(", maxsplit=1)[0], action) not in EXCEPTIONS
    ]


def _resource_findings(action: Action, resources: tuple[str, ...]) -> list[str]:
    if resources == ("*",):
        return [f"it takes a resource: {', '.join(action.required)}"] if action.required else []
    return [
        f"it takes no resource like {resource}"
        for resource in resources
        if not any(meets(pattern, resource) for pattern in action.arns.values())
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_permission_says_what_iam_understands(case: Case) -> None:
    assert [finding for permission in case.permissions for finding in findings(case.name, permission)] == []


def test_every_exception_is_one() -> None:
    used = {(case.name, action) for case in CASES for permission in case.permissions for action in permission.actions}
    assert EXCEPTIONS.keys() <= used


def test_what_is_wrong_is_found() -> None:
    table = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
    assert findings("x", Permission(actions=("dynamodb:Get",), resources=(table,)))
    assert findings("x", Permission(actions=("dynamodb:GetItem",), resources=(f"{table}/index/by_date",)))
    assert findings("x", Permission(actions=("dynamodb:GetItem",), resources=("*",), unscoped_because="no reason"))
    assert findings("x", Permission(actions=("sqs:SendMessage",), resources=(table,)))
    scan = Permission(
        actions=("dynamodb:Scan",),
        resources=(table,),
        conditions={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["a"]}},
    )
    assert findings("x", scan)
    assert not findings("x", Permission(actions=("dynamodb:Query",), resources=(f"{table}/index/*",)))
