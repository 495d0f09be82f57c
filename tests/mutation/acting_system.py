"""The order/invoice system on a stage with IAM enforced, of which each function does what it is told and no more."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import cast

from best_practice_constructs.local import role_permissions, without_permission
from examples.order_invoice.running_system import RunningSystem

_LONGEST_DELIVERY = 5.0
"""In seconds."""


class ActingSystem:
    """Invokes the functions of a system, each with what its source would give it, and hears what is put on the bus.

    What invokes the functions otherwise (mappings, rules) is switched off, so that nobody but a scenario has an effect.

    :param system: a copy on a stage with IAM enforced.
    """

    def __init__(self, system: RunningSystem) -> None:
        self.system = system
        self.stage = system.stage
        self._silence()
        self._listener = self._listen()
        # A document that is written over has versions in production.
        s3 = system.stage.client("s3")
        s3.put_bucket_versioning(Bucket=system.documents_bucket, VersioningConfiguration={"Status": "Enabled"})

    def invoke(self, construct: str, event: Mapping[str, object]) -> object:
        """Invoke a function and give what it returned.

        :raises AssertionError: the handler failed, or has messages or records come again.
        """
        result = self._invoke(construct, event)
        failed = result.get("batchItemFailures") if isinstance(result, Mapping) else None
        assert not failed, f"{construct} has its messages come again"
        return result

    def fail(self, construct: str, event: Mapping[str, object]) -> None:
        """Invoke a function that has to fail."""
        try:
            self.invoke(construct, event)
        except AssertionError:
            return
        raise AssertionError(f"{construct} did not fail")

    @contextmanager
    def outage(self, construct: str, action: str, table: str) -> Generator[None]:
        """Let a function do as if the effect that it has in a table were not possible for now."""
        (resource,) = {arn for arn in self._resources(construct, action) if arn.endswith(f"/{table}")}
        with without_permission(self.stage, self.system.function_name(construct), action=action, resource=resource):
            yield

    def item(self, table: str, **key: str) -> Mapping[str, Mapping[str, str]]:
        """Give an item.

        :raises AssertionError: it is not there.
        """
        answer = self.stage.client("dynamodb").get_item(
            TableName=table, Key={name: {"S": value} for name, value in key.items()}, ConsistentRead=True
        )
        assert "Item" in answer, f"{key} is not in {table}"
        return cast("Mapping[str, Mapping[str, str]]", answer["Item"])

    def heard(self, detail_type: str, order_id: str) -> None:
        """See to it that an event of an order came to the bus.

        :raises AssertionError: it did not.
        """

        def is_it(body: str) -> bool:
            event = json.loads(body)
            return bool(event["detail-type"] == detail_type and event["detail"]["data"]["order_id"] == order_id)

        self._received(self._listener, is_it, what=f"{detail_type} of {order_id} on the bus")

    def given_up(self, queue_url: str, mark: str) -> None:
        """See to it that a queue holds what cannot be handled, with its cause.

        :param mark: a text that only this message has.
        :raises AssertionError: it does not.
        """
        self._received(queue_url, lambda body: mark in body, what=f"{mark} in a queue of failures")

    def _received(self, queue_url: str, is_it: Callable[[str], bool], *, what: str) -> None:
        sqs = self.stage.client("sqs")
        # What a function returned from is done: there is nothing to wait for but the emulator's own delivery, which a
        # busy machine can hold up. Only what is missing takes all of that time.
        until = time.monotonic() + _LONGEST_DELIVERY
        while True:
            messages = sqs.receive_message(
                QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=30
            ).get("Messages", [])
            for message in messages:
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
                if is_it(message["Body"]):
                    return
            assert messages or time.monotonic() < until, f"there is no {what}"
            if not messages:
                time.sleep(0.05)

    def _invoke(self, construct: str, event: Mapping[str, object]) -> object:
        answer = self.stage.client("lambda").invoke(
            FunctionName=self.system.function_name(construct), Payload=json.dumps(event).encode()
        )
        payload = answer["Payload"].read().decode()
        assert "FunctionError" not in answer, f"{construct} failed: {payload[:300]}"
        return json.loads(payload)

    def _resources(self, construct: str, action: str) -> frozenset[str]:
        permissions = role_permissions(self.stage, self.system.function_name(construct))
        return frozenset(each.resource for each in permissions if each.action == action)

    def _silence(self) -> None:
        functions, events = self.stage.client("lambda"), self.stage.client("events")
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        for bus in ("default", self.system.bus_name):
            for rule in events.list_rules(EventBusName=bus)["Rules"]:
                events.disable_rule(Name=rule["Name"], EventBusName=bus)

    def _listen(self) -> str:
        sqs, events = self.stage.client("sqs"), self.stage.client("events")
        url = sqs.create_queue(QueueName=f"listener-{uuid.uuid4()}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        pattern = json.dumps({"source": [{"prefix": "com.example.shop."}]})
        events.put_rule(Name="listener", EventBusName=self.system.bus_name, EventPattern=pattern)
        events.put_targets(Rule="listener", EventBusName=self.system.bus_name, Targets=[{"Id": "listener", "Arn": arn}])
        return url
