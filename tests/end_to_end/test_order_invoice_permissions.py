"""The promise with IAM enforced: what the handlers call, their roles allow, and no more than that."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, cast

import pytest

from best_practice_constructs.local import LocalStage
from examples.order_invoice.order_client import OrderClientError
from examples.order_invoice.running_system import DeadLetter, RunningSystem
from tests.end_to_end.order_invoice_stage import (
    assert_each_order_has_exactly_one_invoice,
    deploy_system,
    new_order,
    place_orders,
    tell_again,
    wait_until_invoiced,
)

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def system() -> Iterator[RunningSystem]:
    with LocalStage(enforce_iam=True) as stage:
        yield deploy_system(stage, "permissions")


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
    functions = system.stage.client("lambda")
    role = functions.get_function_configuration(FunctionName=system.function_name("GetOrder"))["Role"].rpartition("/")[
        2
    ]
    iam = cast("IamClient", system.stage.client("iam"))
    (policy,) = [name for name in iam.list_role_policies(RoleName=role)["PolicyNames"] if "DefaultPolicy" in name]
    iam.delete_role_policy(RoleName=role, PolicyName=policy)
    # It held one action, dynamodb:Query; writing logs and sending traces stay allowed by another policy.
    until = time.monotonic() + 30
    while not system.stage.logs(system.function_name("GetOrder"), contains="AccessDenied"):
        # Again, for the emulator may hand over a worker's last log lines only with its next invocation.
        assert time.monotonic() < until, "no log line tells why"
        with pytest.raises(OrderClientError, match="500"):
            system.order_client().get(str(uuid.UUID(int=17)))


class IamClient(Protocol):
    """What is called of boto3's IAM client."""

    def list_role_policies(self, *, RoleName: str) -> Mapping[str, Sequence[str]]: ...  # noqa: N803 -- boto3's names
    def delete_role_policy(self, *, RoleName: str, PolicyName: str) -> object: ...  # noqa: N803 -- boto3's names


def _dead_letters(system: RunningSystem) -> Sequence[DeadLetter]:
    until = time.monotonic() + 30
    while not (letters := system.dead_letters()) and time.monotonic() < until:
        time.sleep(0.5)
    return letters
