"""What a function's role may do on the embedded stage, and how it goes without one of its permissions."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from best_practice_constructs.local.errors import LocalStageError
from best_practice_constructs.local.local_stage import LocalStage

_Statement = Mapping[str, object]


@dataclass(frozen=True, kw_only=True, order=True)
class RolePermission:
    """One action on one resource.

    :param action: such as ``"dynamodb:PutItem"``.
    :param resource: its ARN, as the policy has it.
    """

    action: str
    resource: str


def role_permissions(stage: LocalStage, function: str) -> tuple[RolePermission, ...]:
    """Return what the role of a function may do by its inline policies, which are the ones that constructs write.

    :param function: the physical name of the function.
    """
    found = {
        RolePermission(action=action, resource=resource)
        for _, document in _policies(stage, _role_name(stage, function))
        for statement in _statements(document)
        if statement["Effect"] == "Allow"
        for action in _listed(statement.get("Action"))
        for resource in _listed(statement.get("Resource"))
    }
    return tuple(sorted(found))


@contextlib.contextmanager
def without_permission(
    stage: LocalStage, function: str, *, action: str, resource: str | None = None
) -> Generator[None]:
    """Take a permission away from the role of a function, and give it back in the end.

    The stage has to enforce IAM: ``LocalStage(enforce_iam=True)``. It takes effect with the next call that the handler
    makes; workers stay.

    :param function: the physical name of the function.
    :param action: such as ``"dynamodb:PutItem"``.
    :param resource: on this ARN only, as the policy has it; default: on all that it is allowed on.
    :raises LocalStageError: the role does not have it.

    ```python
    from best_practice_constructs.local import LocalStage, without_permission


    def test_without_its_table(stage: LocalStage, function: str) -> None:
        with without_permission(stage, function, action="dynamodb:PutItem"):
            answer = stage.client("lambda").invoke(FunctionName=function)
            assert "FunctionError" in answer
    ```
    """
    role = _role_name(stage, function)
    iam, changed = _iam(stage), dict[str, Mapping[str, object]]()
    try:
        for name, document in _policies(stage, role):
            statements = [part for statement in _statements(document) for part in _without(statement, action, resource)]
            if statements != _statements(document):
                changed[name] = document
                if statements:
                    left = json.dumps({**document, "Statement": statements})
                    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=left)
                else:
                    iam.delete_role_policy(RoleName=role, PolicyName=name)
        if not changed:
            has = ", ".join(sorted({each.action for each in role_permissions(stage, function)}))
            on = f" on {resource}" if resource else ""
            raise LocalStageError(f"The role of {function} has no {action}{on} to go without; it has {has}.")
        yield
    finally:
        for name, document in changed.items():
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def _without(statement: _Statement, action: str, resource: str | None) -> Iterator[_Statement]:
    """Give what is left of a statement: the other actions as they were, and this one on the other resources."""
    actions, resources = _listed(statement.get("Action")), _listed(statement.get("Resource"))
    is_meant = statement["Effect"] == "Allow" and action in actions and (resource is None or resource in resources)
    if not is_meant:
        yield statement
        return
    if other_actions := [each for each in actions if each != action]:
        yield {**statement, "Action": other_actions}
    if other_resources := [each for each in resources if resource is not None and each != resource]:
        yield {**statement, "Action": [action], "Resource": other_resources}


def _role_name(stage: LocalStage, function: str) -> str:
    configuration = stage.client("lambda").get_function_configuration(FunctionName=function)
    return configuration["Role"].rpartition("/")[2]


def _policies(stage: LocalStage, role: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    iam = _iam(stage)
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document: object = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        yield name, cast("Mapping[str, object]", json.loads(document) if isinstance(document, str) else document)


def _statements(document: Mapping[str, object]) -> list[_Statement]:
    statements = document["Statement"]
    return cast("list[_Statement]", statements if isinstance(statements, list) else [statements])


def _listed(value: object) -> list[str]:
    return [value] if isinstance(value, str) else cast("list[str]", value or [])


def _iam(stage: LocalStage) -> _IamClient:
    return cast("_IamClient", stage.client("iam"))


class _IamClient(Protocol):
    """What is called of boto3's IAM client."""

    def list_role_policies(self, *, RoleName: str) -> Mapping[str, Sequence[str]]: ...  # noqa: N803 -- boto3's names
    def get_role_policy(self, *, RoleName: str, PolicyName: str) -> Mapping[str, object]: ...  # noqa: N803 -- boto3's
    def put_role_policy(self, *, RoleName: str, PolicyName: str, PolicyDocument: str) -> object: ...  # noqa: N803 -- boto3's
    def delete_role_policy(self, *, RoleName: str, PolicyName: str) -> object: ...  # noqa: N803 -- boto3's names
