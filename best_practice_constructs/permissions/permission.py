"""A permission: exact operations on exact resources (C2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam


@dataclass(frozen=True, kw_only=True)
class Permission:
    """Exact operations on exact resources, as a value (C2; talk 35:02).

    :param actions: IAM actions such as ``"dynamodb:PutItem"``; a wildcard is an error.
    :param resources: ARNs (tokens of the CDK are fine); ``"*"`` is an error unless ``unscoped_because`` says why the
        service knows no resource.
    :param conditions: IAM condition operators, as in a policy document.
    :param unscoped_because: why ``"*"`` is the only resource that the action takes.
    :raises ValueError: no action, no resource, a wildcard action, or a wildcard resource without a reason.

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
            if "*" in action or ":" not in action:
                raise ValueError(
                    f"the action {action!r} is not one exact operation; name each operation that the code calls, as "
                    "in 'dynamodb:PutItem'"
                )
        if "*" in self.resources and not self.unscoped_because:
            raise ValueError(
                f"the resource '*' gives {', '.join(self.actions)} on everything in the account; name the resource's "
                "ARN, or, where the "
                "service knows no resource for the action, say so with unscoped_because='…'"
            )

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
