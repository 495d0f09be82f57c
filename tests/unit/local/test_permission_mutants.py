"""A role goes without one permission at a time, and has all of them back afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import cast

import pytest

from best_practice_constructs.local import (
    LocalStage,
    LocalStageError,
    PermissionMutant,
    RolePermission,
    permission_mutants,
    role_permissions,
    without_permission,
)

ORDERS, RECORDS, LOGS = "arn:aws:dynamodb:::table/orders", "arn:aws:dynamodb:::table/records", "arn:aws:logs:::log"
OBSERVE = {"Effect": "Allow", "Action": ["logs:PutLogEvents", "xray:PutTraceSegments"], "Resource": [LOGS]}
WRITE = {"Effect": "Allow", "Action": ["dynamodb:PutItem", "dynamodb:UpdateItem"], "Resource": [ORDERS, RECORDS]}
READ = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": ORDERS}
NEVER = {"Effect": "Deny", "Action": "dynamodb:PutItem", "Resource": "*"}


class FakeStage:
    """Keeps the policies of one role."""

    def __init__(self, policies: Mapping[str, object]) -> None:
        self.policies = {name: json.dumps(document) for name, document in policies.items()}
        self.log: list[str] = []

    def client(self, _service: str) -> FakeStage:
        return self

    def logs(self, function: str, *, contains: str) -> tuple[str, ...]:
        assert function == "place-order"
        return tuple(line for line in self.log if contains in line)

    def get_function_configuration(self, *, FunctionName: str) -> Mapping[str, str]:  # noqa: N803 -- boto3's name
        return {"Role": f"arn:aws:iam::000000000000:role/orders/{FunctionName}-role"}

    def _check(self, role: str) -> None:
        assert role == "place-order-role"

    def list_role_policies(self, *, RoleName: str) -> Mapping[str, object]:  # noqa: N803 -- boto3's name
        self._check(RoleName)
        return {"PolicyNames": list(self.policies)}

    def get_role_policy(self, *, RoleName: str, PolicyName: str) -> Mapping[str, object]:  # noqa: N803 -- boto3's names
        self._check(RoleName)
        return {"PolicyDocument": json.loads(self.policies[PolicyName])}

    def put_role_policy(self, *, RoleName: str, PolicyName: str, PolicyDocument: str) -> None:  # noqa: N803 -- boto3's names
        self._check(RoleName)
        self.policies[PolicyName] = PolicyDocument

    def delete_role_policy(self, *, RoleName: str, PolicyName: str) -> None:  # noqa: N803 -- boto3's names
        self._check(RoleName)
        del self.policies[PolicyName]


def _stage(*statements: Mapping[str, object]) -> tuple[FakeStage, LocalStage]:
    observe, default = ({"Version": "2012-10-17", "Statement": list(each)} for each in ([OBSERVE], statements))
    fake = FakeStage({"Observe": observe, "Default": default})
    return fake, cast("LocalStage", fake)


def _allowed(fake: FakeStage) -> set[tuple[str, str]]:
    permissions = role_permissions(cast("LocalStage", fake), "place-order")
    return {(each.action, each.resource) for each in permissions}


EVERYTHING = {
    ("logs:PutLogEvents", LOGS),
    ("xray:PutTraceSegments", LOGS),
    ("dynamodb:PutItem", ORDERS),
    ("dynamodb:PutItem", RECORDS),
    ("dynamodb:UpdateItem", ORDERS),
    ("dynamodb:UpdateItem", RECORDS),
    ("dynamodb:GetItem", ORDERS),
}


@pytest.mark.parametrize(
    ("action", "resource", "lost"),
    [
        ("dynamodb:PutItem", None, {("dynamodb:PutItem", ORDERS), ("dynamodb:PutItem", RECORDS)}),
        ("dynamodb:PutItem", RECORDS, {("dynamodb:PutItem", RECORDS)}),
        ("dynamodb:GetItem", ORDERS, {("dynamodb:GetItem", ORDERS)}),
        ("logs:PutLogEvents", LOGS, {("logs:PutLogEvents", LOGS)}),
    ],
)
def test_just_that_is_lost_and_comes_back(action: str, resource: str | None, lost: set[tuple[str, str]]) -> None:
    fake, stage = _stage(WRITE, READ, NEVER)
    before = dict(fake.policies)
    assert _allowed(fake) == EVERYTHING
    with without_permission(stage, "place-order", action=action, resource=resource):
        assert _allowed(fake) == EVERYTHING - lost
        assert json.loads(fake.policies["Default"])["Statement"][-1] == NEVER
    assert fake.policies == before


def test_a_policy_that_had_nothing_else_is_gone_meanwhile() -> None:
    fake, stage = _stage(READ)
    before = dict(fake.policies)
    with without_permission(stage, "place-order", action="dynamodb:GetItem"):
        assert "Default" not in fake.policies
    assert {name: json.loads(text) for name, text in fake.policies.items()} == {
        name: json.loads(text) for name, text in before.items()
    }


def test_it_comes_back_after_a_failure() -> None:
    fake, stage = _stage(READ)
    with (
        pytest.raises(RuntimeError, match="in the middle"),
        without_permission(stage, "place-order", action="dynamodb:GetItem"),
    ):
        raise RuntimeError("in the middle")
    assert ("dynamodb:GetItem", ORDERS) in _allowed(fake)


def test_what_the_role_has_not_cannot_be_taken_away() -> None:
    _, stage = _stage(READ)
    message = r"no dynamodb:PutItem on .*/orders to go without; it has dynamodb:GetItem, logs:PutLogEvents, xray"
    with (
        pytest.raises(LocalStageError, match=message),
        without_permission(stage, "place-order", action="dynamodb:PutItem", resource=ORDERS),
    ):
        pass


def _needs(fake: FakeStage, *needed: tuple[str, str]) -> Callable[[], None]:
    def scenario() -> None:
        for each in needed:
            assert each in _allowed(fake), f"AccessDenied: {each[0]}\nand more"

    return scenario


def test_each_permission_of_the_handler_is_tried_and_the_first_scenario_to_fail_told() -> None:
    fake, stage = _stage(WRITE, READ)
    scenarios = {
        "stores": _needs(fake, ("dynamodb:PutItem", ORDERS), ("dynamodb:PutItem", RECORDS)),
        "reads": _needs(fake, ("dynamodb:GetItem", ORDERS)),
    }
    mutants = list(permission_mutants(stage, "place-order", scenarios))
    assert {(each.permission.action, each.permission.resource): each.killed_by for each in mutants} == {
        ("dynamodb:GetItem", ORDERS): "reads",
        ("dynamodb:PutItem", ORDERS): "stores",
        ("dynamodb:PutItem", RECORDS): "stores",
        ("dynamodb:UpdateItem", ORDERS): None,
        ("dynamodb:UpdateItem", RECORDS): None,
    }
    assert mutants[0] == PermissionMutant(
        function="place-order",
        permission=RolePermission(action="dynamodb:GetItem", resource=ORDERS),
        killed_by="reads",
        reason="AccessDenied: dynamodb:GetItem",
    )
    assert _allowed(fake) == EVERYTHING


def test_what_is_tried_can_be_chosen() -> None:
    fake, stage = _stage(READ)
    scenarios = {"logs": _needs(fake, ("logs:PutLogEvents", LOGS))}
    (mutant,) = permission_mutants(
        stage,
        "place-order",
        scenarios,
        not_by_handler=(),
        only=lambda permission: permission.resource == LOGS and permission.action.startswith("logs:"),
    )
    assert mutant.killed_by == "logs"


def test_a_scenario_that_fails_anyway_proves_nothing() -> None:
    fake, stage = _stage(READ)
    with pytest.raises(LocalStageError, match="'deletes' of place-order fails with the whole role"):
        list(permission_mutants(stage, "place-order", {"deletes": _needs(fake, ("dynamodb:DeleteItem", ORDERS))}))


def test_a_failure_that_comes_once_is_no_proof() -> None:
    """As when the machine was slow: the second run, the first without the permission, is the only one that fails."""
    _, stage = _stage(READ)
    runs: list[int] = []

    def is_slow_once() -> None:
        runs.append(1)
        if len(runs) == 2:
            raise TimeoutError("the emulator was slow")

    message = r"failed without dynamodb:GetItem on \S*orders, and passed when it was run again.*the emulator was slow"
    with pytest.raises(LocalStageError, match=message):
        list(permission_mutants(stage, "place-order", {"reads": is_slow_once}))


def test_a_scenario_that_goes_on_failing_with_the_whole_role_is_found_before_the_next_mutant() -> None:
    fake, stage = _stage(WRITE)
    failures: list[object] = []

    def breaks() -> None:
        if failures or ("dynamodb:PutItem", ORDERS) not in _allowed(fake):
            failures.append(1)
            raise ValueError("broken")

    mutants = permission_mutants(stage, "place-order", {"breaks": breaks})
    with pytest.raises(LocalStageError, match="so its failures prove nothing: broken"):
        next(mutants)


def test_the_log_tells_whether_it_was_that_action() -> None:
    fake, stage = _stage(WRITE, READ)
    denied = "AccessDeniedException: User: x is not authorized to perform: "
    fake.log.append(f"{denied}dynamodb:GetItem on resource: y")

    def writes_and_reads() -> None:
        for each in (("dynamodb:PutItem", ORDERS), ("dynamodb:GetItem", ORDERS)):
            if each not in _allowed(fake):
                if each[0] == "dynamodb:PutItem":
                    fake.log.append(f"{denied}{each[0]} on resource: {each[1]}")
                raise ValueError

    mutants = permission_mutants(stage, "place-order", {"writes and reads": writes_and_reads})
    told = {
        (each.permission.action, each.permission.resource): each.is_told_by_log for each in mutants if each.killed_by
    }
    assert told == {("dynamodb:PutItem", ORDERS): True, ("dynamodb:GetItem", ORDERS): False}


def test_a_scenario_that_fails_ever_after_proves_nothing() -> None:
    fake, stage = _stage(READ)
    failures: list[object] = []

    def breaks() -> None:
        if failures or ("dynamodb:GetItem", ORDERS) not in _allowed(fake):
            failures.append(1)
            raise ValueError

    with pytest.raises(LocalStageError, match="so its failures prove nothing: ValueError"):
        list(permission_mutants(stage, "place-order", {"breaks": breaks}))


def test_what_was_changed_comes_back_when_a_change_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    fake, stage = _stage(READ)
    fake.policies["Other"] = fake.policies["Default"]
    before = {name: json.loads(text) for name, text in fake.policies.items()}
    deleted: list[str] = []
    delete = fake.delete_role_policy

    def fail_at_the_second(*, RoleName: str, PolicyName: str) -> None:  # noqa: N803 -- boto3's names
        if deleted:
            raise ConnectionError("gone")
        deleted.append(PolicyName)
        delete(RoleName=RoleName, PolicyName=PolicyName)

    monkeypatch.setattr(fake, "delete_role_policy", fail_at_the_second)
    with (
        pytest.raises(ConnectionError, match="gone"),
        without_permission(stage, "place-order", action="dynamodb:GetItem"),
    ):
        raise AssertionError
    assert {name: json.loads(text) for name, text in fake.policies.items()} == before


def test_a_scenario_may_say_that_it_failed_as_pytest_does() -> None:
    fake, stage = _stage(READ)

    def reads() -> None:
        if ("dynamodb:GetItem", ORDERS) not in _allowed(fake):
            pytest.fail("no order was read")

    only = [
        mutant
        for mutant in permission_mutants(stage, "place-order", {"reads": reads})
        if mutant.permission.action == "dynamodb:GetItem"
    ]
    assert [(mutant.killed_by, mutant.reason) for mutant in only] == [("reads", "no order was read")]
