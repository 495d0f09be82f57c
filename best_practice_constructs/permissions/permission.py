"""A permission: exact operations on exact resources (C2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from best_practice_constructs.deploy_time_values import is_deploy_time_value

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam

_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")
# A wildcard may stand in the region, in the account and in a part of the name: what is meant is one service's still.
_ARN = re.compile(r"arn:[\w-]+:[\w-]+:[^:]*:[^:]*:(?P<name>.+)")


@dataclass(frozen=True, kw_only=True)
class Permission:
    """Exact operations on exact resources, as a value (C2; talk 35:02).

    :param actions: IAM actions such as ``"dynamodb:PutItem"``; a wildcard is an error.
    :param resources: ARNs (tokens of the CDK are fine), in which a wildcard may stand for a part of the name:
        ``"…:table/orders/index/*"``. ``"*"``, also behind a service's name, is an error unless ``unscoped_because``
        says why the service knows no resource.
    :param conditions: IAM condition operators, as in a policy document.
    :param unscoped_because: why ``"*"`` is the only resource that the action takes.
    :raises ValueError: no action, no resource, a wildcard action, a resource that is no ARN, or one that names
        everything without a reason.

    ```python
    from best_practice_constructs import Permission

    Permission(actions=("dynamodb:PutItem",), resources=("arn:aws:dynamodb:eu-west-1:111122223333:table/orders",))
    ```
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, str | list[str]]] = field(default_factory=dict)
    unscoped_because: str | None = None

    def __post_init__(self) -> None:
        for name, given in (("actions", self.actions), ("resources", self.resources)):
            if isinstance(given, str):
                raise ValueError(  # noqa: TRY004 -- whatever no permission can be made of is a ValueError
                    f"{name}={given!r} is one text, and a list is meant; write {name}=({given!r},)"
                )
        if not self.actions or not self.resources:
            raise ValueError(
                f"a permission needs at least one action and one resource, given actions={self.actions!r}, "
                f"resources={self.resources!r}; write Permission(actions=('dynamodb:PutItem',), "
                "resources=(table.table_arn,))"
            )
        for action in self.actions:
            if not _ACTION.fullmatch(action):
                raise ValueError(
                    f"the action {action!r} is not one exact operation; name each operation that the code calls, as "
                    "in 'dynamodb:PutItem'"
                )
        if self.unscoped_because:
            return
        for resource in self.resources:
            _check_resource(resource, actions=self.actions)

    def to_statement(self) -> iam.PolicyStatement:
        """Give the IAM policy statement of this permission."""
        from aws_cdk import aws_iam as iam

        return iam.PolicyStatement(
            actions=list(self.actions), resources=list(self.resources), conditions=dict(self.conditions) or None
        )

    def to_statement_json(self) -> dict[str, object]:
        """Give the same as a policy document writes it."""
        statement: dict[str, object] = {
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.resources),
        }
        if self.conditions:
            statement["Condition"] = dict(self.conditions)
        return statement


def _check_resource(resource: str, *, actions: tuple[str, ...]) -> None:
    if is_deploy_time_value(resource):
        return
    found = _ARN.fullmatch(resource)
    names_everything = not (found["name"] if found else resource.removeprefix("arn:")).strip("*?:/")
    if names_everything:
        raise ValueError(
            f"the resource {resource!r} gives {', '.join(actions)} on everything in the account; name the resource's "
            "ARN, or, where the service knows no resource for the action, say so with unscoped_because='…'"
        )
    if found is None:
        raise ValueError(
            f"the resource {resource!r} is no ARN, or leaves its partition or service open; pass the resource's ARN, "
            "as in 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders'"
        )
