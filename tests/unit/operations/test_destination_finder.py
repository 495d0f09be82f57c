"""Where dead letters belong: found by what they tell and by what their queue is connected to."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from best_practice_constructs.operations.dead_letter import dead_letter
from best_practice_constructs.operations.dead_letter_queue import DeadLetterQueue
from best_practice_constructs.operations.destination_finder import DestinationFinder
from best_practice_constructs.operations.queue_address import RedriveError
from best_practice_constructs.operations.redrive_destination import (
    FunctionDestination,
    QueueDestination,
)
from best_practice_constructs.runtime import PermanentError
from tests.unit.operations.redrive_support import (
    FUNCTION_ARN,
    RULE_ARN,
    FakeAws,
    arn_of,
    find,
    send,
    send_of_consumer,
    undelivered_event,
)

WORKFLOW_ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:fulfil"


class TestConsumers:
    def test_the_one_queue_whose_redrive_policy_names_it(self, fake_aws: FakeAws) -> None:
        dead = fake_aws.queue("dead")
        orders = fake_aws.queue("orders", dead_letters=dead)
        send_of_consumer(dead, PermanentError("never"))
        found = find(fake_aws, dead)
        assert found == QueueDestination(url=orders, sqs=fake_aws.sqs)
        assert found.label == "the queue orders"

    def test_of_several_the_one_that_the_function_reads(self, fake_aws: FakeAws) -> None:
        dead = fake_aws.queue("dead")
        for name in ("orders", "returns"):
            fake_aws.queue(name, dead_letters=dead)
        send_of_consumer(dead, PermanentError("never"), function="take-returns")
        other = "arn:aws:sqs:us-east-1:123456789012:other"
        mappings = [{"EventSourceArn": arn} for arn in (arn_of("returns"), other)]
        fake_aws.stub("lambda").add_response(
            "list_event_source_mappings", {"EventSourceMappings": mappings}, {"FunctionName": "take-returns"}
        )
        assert find(fake_aws, dead).label == "the queue returns"

    @pytest.mark.parametrize("mappings", [[], ["orders", "returns"], None])
    def test_of_several_that_cannot_be_told_apart_none(self, fake_aws: FakeAws, mappings: list[str] | None) -> None:
        dead = fake_aws.queue("dead")
        for name in ("orders", "returns"):
            fake_aws.queue(name, dead_letters=dead)
        send_of_consumer(dead, PermanentError("never"))
        stub = fake_aws.stub("lambda")
        if mappings is None:
            stub.add_client_error("list_event_source_mappings", "AccessDeniedException")
        else:
            answer = [{"EventSourceArn": arn_of(name)} for name in mappings]
            stub.add_response("list_event_source_mappings", {"EventSourceMappings": answer})
        with pytest.raises(RedriveError, match="any of orders, returns: say which with --to QUEUE"):
            find(fake_aws, dead)

    def test_what_sqs_moved_tells_where_from(self, fake_aws: FakeAws) -> None:
        dead = fake_aws.queue("dead")
        orders = fake_aws.queue("orders", dead_letters=dead)
        fake_aws.queue("returns", dead_letters=dead)
        queue = DeadLetterQueue(dead, sqs=fake_aws.sqs)
        source = {"DeadLetterQueueSourceArn": arn_of(orders)}
        # The SQS in memory leaves it out.
        letter = dead_letter(cast("Any", {"MessageId": "m", "ReceiptHandle": "h", "Body": "{}", "Attributes": source}))
        found = DestinationFinder(queue=queue, clients=fake_aws.clients).destination_of(letter)
        assert found == QueueDestination(url=orders, sqs=fake_aws.sqs)

    def test_a_queue_without_a_source_wants_a_destination(self, fake_aws: FakeAws) -> None:
        dead = fake_aws.queue("dead")
        send_of_consumer(dead, PermanentError("never"))
        with pytest.raises(RedriveError, match="no queue names this one in its redrive policy: say where with --to"):
            find(fake_aws, dead)

    def test_where_the_sources_cannot_be_listed_the_redrive_allow_policy_tells_them(
        self, fake_aws: FakeAws, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        orders = fake_aws.queue("orders")
        queue = DeadLetterQueue(fake_aws.queue("dead"), sqs=fake_aws.sqs)
        policy = {"redrivePermission": "byQueue", "sourceQueueArns": [arn_of(orders)]}

        def unknown(_name: str) -> None:
            raise ClientError({"Error": {"Code": "InvalidAction", "Message": ""}}, "ListDeadLetterSourceQueues")

        monkeypatch.setattr(fake_aws.sqs, "get_paginator", unknown)
        assert queue.source_arns() == ()
        # The SQS in memory leaves it out.
        monkeypatch.setitem(queue._attributes, "RedriveAllowPolicy", json.dumps(policy))
        assert queue.source_arns() == (arn_of(orders),)


class TestRules:
    def targets(self, aws: FakeAws, *targets: dict[str, Any]) -> None:
        request = {"Rule": "invoices", "EventBusName": "shop"}
        aws.stub("events").add_response("list_targets_by_rule", {"Targets": list(targets)}, request)

    def test_the_queue_that_is_the_target(self, fake_aws: FakeAws) -> None:
        dead, orders = fake_aws.queue("dead"), fake_aws.queue("orders")
        send(fake_aws, dead, undelivered_event(arn_of(orders)))
        self.targets(fake_aws, {"Id": "Other", "Arn": WORKFLOW_ARN}, {"Id": "Target", "Arn": arn_of(orders)})
        assert find(fake_aws, dead) == QueueDestination(url=orders, sqs=fake_aws.sqs)

    def test_a_fifo_queue_gets_the_message_group_of_the_rule(self, fake_aws: FakeAws) -> None:
        dead, orders = fake_aws.queue("dead"), fake_aws.queue("orders.fifo")
        send(fake_aws, dead, undelivered_event(arn_of(orders)))
        group = {"SqsParameters": {"MessageGroupId": "orders"}}
        self.targets(fake_aws, {"Id": "Target", "Arn": arn_of(orders), **group})
        assert fake_aws.run(dead, "--move", "--yes").status == 0
        (moved,) = fake_aws.take(orders)
        assert moved.get("Attributes", {})["MessageGroupId"] == "orders"
        assert moved.get("MessageAttributes", {}) == {}

    def test_the_function_that_is_the_target_of_a_rule_of_the_default_bus(self, fake_aws: FakeAws) -> None:
        dead = fake_aws.queue("dead")
        attributes = undelivered_event(FUNCTION_ARN)
        attributes["RULE_ARN"]["StringValue"] = "arn:aws:events:us-east-1:123456789012:rule/uploads"
        send(fake_aws, dead, attributes)
        request = {"Rule": "uploads", "EventBusName": "default"}
        answer = {"Targets": [{"Id": "Target", "Arn": FUNCTION_ARN}]}
        fake_aws.stub("events").add_response("list_targets_by_rule", answer, request)
        found = find(fake_aws, dead)
        assert found == FunctionDestination(function_name=FUNCTION_ARN, functions=fake_aws.clients.functions)
        assert found.label == "the function note-order:live"

    def test_a_rule_that_is_gone_still_has_its_target(self, fake_aws: FakeAws) -> None:
        dead, orders = fake_aws.queue("dead"), fake_aws.queue("orders")
        send(fake_aws, dead, undelivered_event(arn_of(orders)))
        fake_aws.stub("events").add_client_error("list_targets_by_rule", "ResourceNotFoundException")
        assert find(fake_aws, dead).label == "the queue orders"

    @pytest.mark.parametrize(
        "transformation",
        [
            {"InputPath": "$.detail"},
            {"Input": "{}"},
            {"InputTransformer": {"InputTemplate": "<a>", "InputPathsMap": {"a": "$.detail"}}},
        ],
    )
    def test_a_target_that_gets_something_else_is_served_by_a_replay(
        self, fake_aws: FakeAws, transformation: dict[str, object]
    ) -> None:
        dead, orders = fake_aws.queue("dead"), fake_aws.queue("orders")
        send(fake_aws, dead, undelivered_event(arn_of(orders)))
        self.targets(fake_aws, {"Id": "Target", "Arn": arn_of(orders), **transformation})
        with pytest.raises(RedriveError, match="replay_archive --archive ARCHIVE --rule invoices --start START"):
            find(fake_aws, dead)

    def test_other_targets_are_served_by_a_replay(self, fake_aws: FakeAws) -> None:
        dead = fake_aws.queue("dead")
        send(fake_aws, dead, undelivered_event(WORKFLOW_ARN))
        self.targets(fake_aws, {"Id": "Target", "Arn": WORKFLOW_ARN})
        with pytest.raises(RedriveError, match=r"stateMachine:fulfil is neither a queue nor a function: replay"):
            find(fake_aws, dead)

    def test_only_the_rule_makes_the_request_to_an_api_destination(self, fake_aws: FakeAws) -> None:
        dead = fake_aws.queue("dead")
        send(fake_aws, dead, undelivered_event("arn:aws:events:us-east-1:123456789012:api-destination/hook/4711"))
        with pytest.raises(RedriveError, match=r"only the rule .* makes the request.*: replay the archive") as error:
            find(fake_aws, dead)
        assert "--rule invoices --start START and --end END" in str(error.value)

    def test_a_rule_that_cannot_be_read_is_told(self, fake_aws: FakeAws) -> None:
        dead, orders = fake_aws.queue("dead"), fake_aws.queue("orders")
        send(fake_aws, dead, undelivered_event(arn_of(orders)))
        fake_aws.stub("events").add_client_error("list_targets_by_rule", "AccessDeniedException", "no")
        with pytest.raises(RedriveError, match=f"{RULE_ARN}.*AccessDeniedException: no.*events:ListTargetsByRule"):
            find(fake_aws, dead)


class TestNamed:
    def test_a_queue_by_its_name_comes_before_what_is_found(self, fake_aws: FakeAws) -> None:
        dead, other = fake_aws.queue("dead"), fake_aws.queue("other")
        fake_aws.queue("orders", dead_letters=dead)
        send_of_consumer(dead, PermanentError("never"))
        assert find(fake_aws, dead, to="other") == QueueDestination(url=other, sqs=fake_aws.sqs)

    def test_a_function_by_its_name(self, fake_aws: FakeAws) -> None:
        dead = fake_aws.queue("dead")
        send_of_consumer(dead, PermanentError("never"))
        request = {"FunctionName": "note-order"}
        fake_aws.stub("lambda").add_response("get_function_configuration", {"FunctionName": "note-order"}, request)
        assert find(fake_aws, dead, to="note-order").label == "the function note-order"

    @pytest.mark.parametrize(
        ("to", "said"),
        [
            ("dead", "--to dead is the dead-letter queue itself"),
            ("arn:aws:sqs:us-east-1:123456789012:nothing", "There is no queue nothing"),
            ("arn:aws:states:us-east-1:123456789012:stateMachine:fulfil", "is no queue: pass the address"),
        ],
    )
    def test_what_cannot_be_one_is_told(self, fake_aws: FakeAws, to: str, said: str) -> None:
        dead = fake_aws.queue("dead")
        send_of_consumer(dead, PermanentError("never"))
        with pytest.raises(RedriveError, match=said):
            find(fake_aws, dead, to=to)

    def test_a_fifo_queue_takes_no_message_without_a_group(self, fake_aws: FakeAws) -> None:
        dead = fake_aws.queue("dead")
        fake_aws.queue("orders.fifo")
        send_of_consumer(dead, PermanentError("never"))
        with pytest.raises(RedriveError, match="is a FIFO queue, and the message has no message group"):
            find(fake_aws, dead, to="orders.fifo")
