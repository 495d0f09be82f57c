"""What cannot be handled is seen by its cause, and handled once when its cause is mended and it is moved back."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from best_practice_constructs.local import LocalStage
from tests.end_to_end.price_app import write_app

pytestmark = pytest.mark.end_to_end

ROOT = Path(__file__).parent.parent.parent
REDRIVE = [sys.executable, "-m", "best_practice_constructs.operations.redrive"]


@dataclass(frozen=True, kw_only=True)
class Shop:
    """The deployed app."""

    stage: LocalStage
    outputs: Mapping[str, str]

    def redrive(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command as a person does, pointed at the stage by the environment alone."""
        environment = {**os.environ, **self.stage.environment_variables(), "PYTHONPATH": str(ROOT)}
        command = [*REDRIVE, *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, stdin=subprocess.DEVNULL, timeout=120
        )

    def send(self, consumer: str, order: Mapping[str, object], *, group: str | None = None) -> None:
        url = self.outputs[f"{consumer}Url"]
        body = json.dumps(order)
        if group is None:
            self.stage.client("sqs").send_message(QueueUrl=url, MessageBody=body)
        else:
            self.stage.client("sqs").send_message(
                QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=str(uuid.uuid4())
            )

    def has_price(self, sku: str) -> None:
        """Mend the cause."""
        item = {"id": {"S": sku}, "price": {"N": "9.90"}}
        self.stage.client("dynamodb").put_item(TableName=self.outputs["PricesTable"], Item=item)

    def invoice(self, order_id: str) -> tuple[int, int] | None:
        """Give how often an order was invoiced, and when, counted over all orders."""
        item = (
            self.stage.client("dynamodb")
            .get_item(TableName=self.outputs["InvoicesTable"], Key={"id": {"S": order_id}}, ConsistentRead=True)
            .get("Item")
        )
        return (int(item["times"]["N"]), int(item["issued_as"]["N"])) if item else None

    def dead_letters(self, consumer: str) -> int:
        """Count what can be seen in a dead-letter queue."""
        sqs = self.stage.client("sqs")
        url = sqs.get_queue_url(QueueName=self.outputs[f"{consumer}DeadLetters"])["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(attributes["Attributes"]["ApproximateNumberOfMessages"])


def wait_for(condition: Callable[[], bool], *, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def shop(embedded_stage: LocalStage, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    app = write_app(tmp_path_factory.mktemp("app") / "shop")
    deployment = embedded_stage.deploy(embedded_stage.synthesize(app))
    return Shop(stage=embedded_stage, outputs=deployment.outputs["Shop"])


def test_messages_without_a_price_are_seen_mended_moved_back_and_invoiced_once(shop: Shop) -> None:
    shop.has_price("PEN")
    shop.send("Queue", {"order_id": "good", "sku": "PEN"})
    for number in range(3):
        shop.send("Queue", {"order_id": f"lamp-{number}", "sku": "LAMP"})
    shop.send("Queue", {"order_id": "chair", "sku": "CHAIR"})
    shop.send("Queue", {"order": "nobody knows which"})
    wait_for(lambda: shop.dead_letters("Queue") == 5)
    queue = shop.outputs["QueueDeadLetters"]

    look = shop.redrive(queue)
    assert look.returncode == 0, look.stderr
    assert f"{queue} has about 5 messages; looked at 5." in look.stdout
    causes = [line.strip() for line in look.stdout.splitlines() if "×" in line]
    assert causes[0] == "3 × PermanentError: The product LAMP has no price."
    assert causes[1].startswith("1 × MissingIdempotencyKeyError: ")
    assert causes[2] == "1 × PermanentError: The product CHAIR has no price."
    shown = shop.redrive(queue, "--show", "--cause", "LAMP")
    orders = [json.loads(json.loads(line)["body"])["order_id"] for line in shown.stdout.splitlines()]
    assert sorted(orders) == ["lamp-0", "lamp-1", "lamp-2"]
    refused = shop.redrive(queue, "--move")
    assert (refused.returncode, "Add --yes" in refused.stderr) == (2, True)
    assert shop.dead_letters("Queue") == 5, "nothing changed, and nothing stays hidden"

    shop.has_price("LAMP")
    moved = shop.redrive(queue, "--move", "--yes", "--cause", "LAMP")
    assert moved.returncode == 0, moved.stdout + moved.stderr
    assert "3 → the queue " in moved.stdout
    assert "Moved 3 of 3 messages." in moved.stdout
    wait_for(lambda: all(shop.invoice(f"lamp-{number}") for number in range(3)))
    assert shop.dead_letters("Queue") == 2

    # As if the command had died between the acceptance and the deletion.
    shop.send("Queue", {"order_id": "lamp-0", "sku": "LAMP"})
    shop.send("Queue", {"order_id": "later", "sku": "LAMP"})
    wait_for(lambda: shop.invoice("later") is not None)
    times = [(shop.invoice(f"lamp-{number}") or (0, 0))[0] for number in range(3)]
    assert times == [1, 1, 1]
    assert shop.invoice("chair") is None


def test_what_fails_again_comes_back_and_can_be_moved_again_at_once(shop: Shop) -> None:
    """A FIFO queue must not take the second redrive for a repetition of the first; and its order is kept."""
    for number in range(3):
        shop.send("Fifo", {"order_id": f"table-{number}", "sku": "TABLE"}, group="tables")
    wait_for(lambda: shop.dead_letters("Fifo") == 3)
    queue = shop.outputs["FifoDeadLetters"]
    first = shop.redrive(queue, "--move", "--yes")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "Moved 3 of 3 messages." in first.stdout
    wait_for(lambda: shop.dead_letters("Fifo") == 3)
    assert shop.invoice("table-0") is None

    shop.has_price("TABLE")
    second = shop.redrive(queue, "--move", "--yes")
    assert second.returncode == 0, second.stdout + second.stderr
    wait_for(lambda: shop.invoice("table-2") is not None)
    invoices = [shop.invoice(f"table-{number}") or (0, 0) for number in range(3)]
    assert [times for times, _ in invoices] == [1, 1, 1]
    numbers = [number for _, number in invoices]
    assert numbers == sorted(numbers)
    assert shop.dead_letters("Fifo") == 0


def test_failed_invocations_go_back_to_their_function(shop: Shop) -> None:
    functions = shop.stage.client("lambda")
    for order in ({"order_id": "desk-0", "sku": "DESK"}, {"order_id": "desk-1", "sku": "DESK", "retry": True}):
        functions.invoke(
            FunctionName=shop.outputs["DirectFunction"], InvocationType="Event", Payload=json.dumps(order).encode()
        )
    wait_for(lambda: shop.dead_letters("Direct") == 2)
    queue = shop.outputs["DirectDeadLetters"]
    look = shop.redrive(queue).stdout
    assert "1 × PermanentError: The product DESK has no price." in look
    # The emulator names the type of an error otherwise than Lambda.
    assert re.search(r"1 × \S+: DESK has no price yet\.", look)
    assert f"function  {shop.outputs['DirectFunction']}" in look

    shop.has_price("DESK")
    moved = shop.redrive(queue, "--move", "--yes")
    assert moved.returncode == 0, moved.stdout + moved.stderr
    assert f"→ the function {shop.outputs['DirectFunction']}" in moved.stdout
    wait_for(lambda: shop.invoice("desk-0") is not None and shop.invoice("desk-1") is not None)
    assert [(shop.invoice(f"desk-{number}") or (0, 0))[0] for number in range(2)] == [1, 1]
    assert shop.dead_letters("Direct") == 0


def test_what_sqs_moved_itself_has_no_cause_and_goes_back_where_it_came_from(shop: Shop) -> None:
    sqs = shop.stage.client("sqs")
    dead = sqs.create_queue(QueueName="shared-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    orders, _ = (
        sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": policy})["QueueUrl"] for name in ("one", "other")
    )
    sqs.send_message(QueueUrl=orders, MessageBody="died with its worker")
    for _ in range(2):
        sqs.receive_message(QueueUrl=orders, VisibilityTimeout=0)
    look = shop.redrive("shared-dead").stdout
    assert "1 × Without a cause: SQS itself moved it here" in look
    moved = shop.redrive("shared-dead", "--move", "--yes")
    assert moved.returncode == 0, moved.stdout + moved.stderr
    (message,) = sqs.receive_message(QueueUrl=orders)["Messages"]
    assert message["Body"] == "died with its worker"
