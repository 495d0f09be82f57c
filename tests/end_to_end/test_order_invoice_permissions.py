"""The promise with IAM enforced: what the handlers call, their roles allow, and no more than that."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Protocol, cast

import pytest

from best_practice_constructs.local import Deployment, LocalStage, without_permission
from examples.order_invoice.order_client import OrderClientError
from examples.order_invoice.running_system import DeadLetter, RunningSystem
from tests.end_to_end.order_invoice_stage import (
    REPOSITORY,
    assert_each_order_has_exactly_one_invoice,
    new_order,
    place_orders,
    tell_again,
    wait_until_invoiced,
)
from tests.mutation.mutation_run import MutationRun

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def stage() -> Iterator[LocalStage]:
    with LocalStage(enforce_iam=True) as stage:
        yield stage


@pytest.fixture(scope="module")
def deployment(stage: LocalStage) -> Deployment:
    return stage.deploy(stage.synthesize(REPOSITORY, context={"stage": "permissions"}))


@pytest.fixture(scope="module")
def system(stage: LocalStage, deployment: Deployment) -> RunningSystem:
    return RunningSystem(stage, deployment, prefix="order-invoice-permissions")


def test_the_whole_flow_needs_no_more_than_the_roles_allow(system: RunningSystem) -> None:
    client = system.order_client()
    placed = place_orders(system, 60)
    # What happens when things go wrong needs permissions too: repeats, killed workers, messages told again.
    for key, order_id in list(placed.order_ids.items())[:5]:
        assert client.place(new_order(), key=key).body["order_id"] == order_id
    assert system.stage.kill_workers()
    order_ids = list(placed.order_ids.values())
    wait_until_invoiced(system, 60, seconds=120)
    tell_again(system)
    for order_id in order_ids[:2]:
        assert client.cancel(order_id, reason="no").status == 202
    system.wait_for({"orders/CREDIT_NOTE": 2}, seconds=60)
    system.publish_poison({})
    assert_each_order_has_exactly_one_invoice(system, order_ids)
    (letter,) = _dead_letters(system)
    assert letter.attributes["ErrorType"] == "MalformedMessageError"


def test_a_role_that_loses_one_permission_is_refused(system: RunningSystem) -> None:
    function = system.function_name("GetOrder")
    with without_permission(system.stage, function, action="dynamodb:Query"):
        until = time.monotonic() + 30
        while not system.stage.logs(function, contains="AccessDenied"):
            # Again, for the emulator may hand over a worker's last log lines only with its next invocation.
            assert time.monotonic() < until, "no log line tells why"
            with pytest.raises(OrderClientError, match="500"):
                system.order_client().get(str(uuid.UUID(int=17)))
    assert system.order_client().get(str(uuid.UUID(int=17))).status == 404


@pytest.fixture(scope="module")
def run(system: RunningSystem, deployment: Deployment) -> MutationRun:
    """The mutants of the copy; nothing happens in it by itself from now on."""
    return MutationRun(system, deployment)


@pytest.mark.parametrize("function", ["CancelOrder", "IssueCreditNote", "RecordInvoice"])
def test_without_any_one_permission_an_effect_is_missing(run: MutationRun, function: str) -> None:
    """Of these; `make mutants` tries all functions, and tests/compliance sees to it that it was run."""
    mutants = list(run.mutants_of(function))
    assert len(mutants) >= 2
    assert [mutant for mutant in mutants if not mutant.killed_by] == []


def test_a_permission_that_is_not_needed_is_found(run: MutationRun, system: RunningSystem) -> None:
    role = system.stage.client("lambda").get_function_configuration(FunctionName=system.function_name("GetOrder"))[
        "Role"
    ]
    table = f"arn:aws:dynamodb:us-east-1:000000000000:table/{system.orders_table}"
    needless = {"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": table}
    cast("IamClient", system.stage.client("iam")).put_role_policy(
        RoleName=role.rpartition("/")[2], PolicyName="Needless", PolicyDocument=json.dumps({"Statement": [needless]})
    )
    survivors = [mutant for mutant in run.mutants_of("GetOrder") if not mutant.killed_by]
    assert [(mutant.action, mutant.on) for mutant in survivors] == [("dynamodb:Scan", "Orders")]


class IamClient(Protocol):
    """What is called of boto3's IAM client."""

    def put_role_policy(self, *, RoleName: str, PolicyName: str, PolicyDocument: str) -> object: ...  # noqa: N803 -- boto3's names


def _dead_letters(system: RunningSystem) -> Sequence[DeadLetter]:
    until = time.monotonic() + 30
    while not (letters := system.dead_letters()) and time.monotonic() < until:
        time.sleep(0.5)
    return letters
