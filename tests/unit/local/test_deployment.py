"""A deployment finds a resource by whatever its user knows of it."""

from __future__ import annotations

import pytest

from best_practice_constructs.local.deployment import Deployment, StackChange, StackResult

RESULT = StackResult(
    stack_name="Orders",
    change=StackChange.CREATED,
    account="000000000000",
    region="us-east-1",
    outputs={"Url": "u"},
    resources={"Queue1": "physical-queue", "Other2": "physical-other"},
    resource_paths={"Orders/Queue/Resource": "Queue1", "Orders/Invoices/Queue/Resource": "Other2"},
    seconds=0.1,
    resource_types={"Queue1": "AWS::SQS::Queue", "Other2": "AWS::SQS::Queue"},
)


@pytest.mark.parametrize("name", ["Queue1", "Orders/Queue/Resource", "Orders/Queue"])
def test_a_resource_is_found_by_logical_id_path_and_end_of_path(name: str) -> None:
    assert RESULT.physical_id(name) == "physical-queue"


def test_an_ambiguous_or_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError, match="Other2, Queue1"):
        RESULT.physical_id("Queue")
    with pytest.raises(KeyError, match="none"):
        RESULT.physical_id("Topic")


def test_outputs_are_there_by_stack() -> None:
    assert Deployment(stacks={"Orders": RESULT}).outputs == {"Orders": {"Url": "u"}}


def test_the_paths_of_a_type_are_there_by_physical_id() -> None:
    assert RESULT.paths("AWS::SQS::Queue") == {
        "physical-queue": "Orders/Queue",
        "physical-other": "Orders/Invoices/Queue",
    }
    assert RESULT.paths("AWS::SNS::Topic") == {}
