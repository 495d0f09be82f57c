"""What a function's role allows, statement by statement (C2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from best_practice_constructs.audit.sdk_calls.action_patterns import matches
from best_practice_constructs.audit.sdk_calls.template_model import (
    Assembly,
    Json,
    Resource,
    is_mapping,
    listed,
    mapping,
)

_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")


@dataclass(frozen=True, kw_only=True, eq=False)
class AllowedAction:
    """An action that a statement of a role allows.

    :param action: such as ``dynamodb:PutItem``, or a pattern.
    :param resource: a resource of the statement, as the template writes it.
    :param policy: the resource of the template that holds the statement: a role or a policy.
    :param statement: which of its statements, from 0.
    """

    action: str
    resource: object
    policy: Resource
    statement: int


@dataclass(frozen=True, kw_only=True)
class UnreadStatement:
    """A statement that says what it does not allow, so that what it allows cannot be held against the calls.

    :param element: ``NotAction`` or ``NotResource``.
    :param actions: the actions that the statement names.
    :param policy: the logical id of the role or policy that holds the statement.
    :param path: the path of its construct.
    :param statement: which of its statements, from 0.
    """

    element: str
    actions: tuple[str, ...]
    policy: str
    path: str
    statement: int

    def may_allow(self, action: str) -> bool:
        """Tell whether the statement may allow an action."""
        return any(matches(each, action) for each in self.actions) is (self.element != "NotAction")


def role_of(assembly: Assembly, function: Resource) -> Resource | None:
    """Give a function's role, or ``None`` where no template has it."""
    role = assembly.target(function.template, function.properties.get("Role"))
    return role if role is not None and role.type == "AWS::IAM::Role" else None


def allowed_actions(assembly: Assembly, role: Resource) -> Iterator[AllowedAction]:
    """Give what the policies of a role allow: those in the role, and those of the templates that name it."""
    for policy, index, statement in _statements(assembly, role):
        for action in listed(statement.get("Action")):
            for resource in listed(statement.get("Resource")):
                yield AllowedAction(action=str(action), resource=resource, policy=policy, statement=index)


def unread_statements(assembly: Assembly, role: Resource) -> Iterator[UnreadStatement]:
    """Give the statements of a role's policies that say what they do not allow."""
    for policy, index, statement in _statements(assembly, role):
        element = next((each for each in ("NotAction", "NotResource") if each in statement), None)
        if element is not None:
            named = statement.get("NotAction") or statement.get("Action")
            yield UnreadStatement(
                element=element,
                actions=tuple(map(str, listed(named))),
                policy=policy.logical_id,
                path=policy.path,
                statement=index,
            )


def _statements(assembly: Assembly, role: Resource) -> Iterator[tuple[Resource, int, Json]]:
    """Give the statements that allow something, each with what holds it and its number there."""
    for policy in listed(role.properties.get("Policies")):
        yield from _of_document(role, mapping(policy).get("PolicyDocument"))
    for template in assembly.templates:
        for policy in template.of_type(*_POLICIES):
            named = [*listed(policy.properties.get("Roles")), *listed(policy.properties.get("RoleName"))]
            attached = any(assembly.target(policy.template, each) is role for each in named)
            if attached or policy in managed_policies(assembly, role)[0]:
                yield from _of_document(policy, policy.properties.get("PolicyDocument"))


def managed_policies(assembly: Assembly, role: Resource) -> tuple[list[Resource], list[object]]:
    """Give the managed policies of a role: those of the templates, and those that lie elsewhere."""
    here: list[Resource] = []
    elsewhere: list[object] = []
    for arn in listed(role.properties.get("ManagedPolicyArns")):
        policy = assembly.target(role.template, arn)
        if policy is not None:
            here.append(policy)
        else:
            elsewhere.append(arn)
    return here, elsewhere


def policy_name(arn: object) -> str:
    """Give the last part of a managed policy's ARN, as far as the template writes it."""
    if is_mapping(arn):
        joined = arn.get("Fn::Join")
        parts = listed(listed(joined)[1]) if len(listed(joined)) > 1 else [arn.get("Fn::Sub")]
        arn = next((part for part in reversed(parts) if isinstance(part, str)), "")
    return str(arn).rpartition("/")[2] or "a policy whose ARN is known at deployment alone"


def _of_document(policy: Resource, document: object) -> Iterator[tuple[Resource, int, Json]]:
    for index, statement in enumerate(listed(mapping(document).get("Statement"))):
        body = mapping(statement)
        if body.get("Effect") == "Allow":
            yield policy, index, body
