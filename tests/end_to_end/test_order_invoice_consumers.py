"""The stream's, the topic's and the bucket's consumers: what they make, repeats, and what they cannot handle."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol, cast

import pytest

from best_practice_constructs.local import LocalStage
from best_practice_constructs.testing import eventbridge_event
from examples.order_invoice.running_system import DeadLetter, RunningSystem
from invoices.invoice import CREDIT_NOTE, INVOICE, CreditNote, Invoice
from shop.events import CreditNoteIssued, InvoiceIssued
from shop.stored_fact import StoredFact
from tests.end_to_end.order_invoice_consequences import assert_everything_followed, expected_consequences
from tests.end_to_end.order_invoice_stage import (
    deploy_system,
    fact_named,
    new_order,
    place_orders,
    stream_record,
    wait_until_invoiced,
)

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def system(embedded_stage: LocalStage) -> RunningSystem:
    """A copy with invoices and credit notes in two currencies."""
    system = deploy_system(embedded_stage, "consumers")
    order_ids = list(place_orders(system, 6).order_ids.values())
    client = system.order_client()
    order_ids += [str(client.place(new_order(currency="JPY")).body["order_id"]) for _ in range(2)]
    wait_until_invoiced(system, 8, seconds=60)
    for order_id in order_ids[:2]:
        assert client.cancel(order_id, reason="changed my mind").status == 202
    system.wait_for({"orders/CREDIT_NOTE": 2}, seconds=60)
    return system


def test_figures_notices_and_digests_follow_from_invoices_and_credit_notes(system: RunningSystem) -> None:
    assert_everything_followed(system)
    by_currency = {sales.currency: (sales.invoices, sales.credit_notes) for sales in system.sales_figures()}
    assert by_currency == {"EUR": (6, 2), "JPY": (2, 0)}
    assert expected_consequences(system).notices.total() == 10
    assert expected_consequences(system).digests.total() == 10


def test_what_comes_again_is_counted_told_and_recorded_once(system: RunningSystem) -> None:
    """Every record of the stream, every message of the topic and every object of the bucket comes once more."""
    facts = [fact for fact in system.invoice_facts() if fact.fact in (INVOICE, CREDIT_NOTE)]
    answer = system.stage.client("lambda").invoke(
        FunctionName=system.function_name("CountSales"),
        Payload=json.dumps({"Records": [stream_record(fact, number=n) for n, fact in enumerate(facts, 1)]}).encode(),
    )
    assert json.loads(answer["Payload"].read()) == {"batchItemFailures": []}
    for fact in facts:
        _publish_to_topic(system, eventbridge_event(fact.event(_issued(fact))))
    s3 = system.stage.client("s3")
    for key in system.documents():
        content = s3.get_object(Bucket=system.documents_bucket, Key=key)["Body"].read()
        s3.put_object(Bucket=system.documents_bucket, Key=key, Body=content)
    _settle(system)
    assert_everything_followed(system)
    assert system.dead_letters() == []


def test_a_document_that_was_changed_tells(system: RunningSystem) -> None:
    key = min(system.documents())
    s3, bucket = system.stage.client("s3"), system.documents_bucket
    original = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.put_object(Bucket=bucket, Key=key, Body=original.replace(b"EUR", b"USD"))
    until = time.monotonic() + 30
    while len(digests := _digests_of(system, key)) < 2 and time.monotonic() < until:
        time.sleep(0.2)
    assert len(digests) == 2


def test_a_poisonous_message_of_the_topic_is_among_the_dead_letters_with_its_cause(system: RunningSystem) -> None:
    (fact, *_) = fact_named(system.invoice_facts(), INVOICE)
    event = eventbridge_event(fact.event(_issued(fact)), event_id=str(uuid.uuid4()))
    detail = event["detail"]
    assert isinstance(detail, dict)
    _publish_to_topic(system, {**event, "detail": {**detail, "data": {"order_id": 17}}})
    letter = _wait_for_letter(system)
    assert (letter.queue, letter.attributes["ErrorType"]) == ("WriteInvoiceNotice", "MalformedMessageError")
    assert letter.attributes["FunctionName"] == system.function_name("WriteInvoiceNotice")
    # Raw: the message is the event, with no envelope of the topic's around it.
    assert json.loads(letter.body)["detail"]["data"] == {"order_id": 17}


def test_a_poisonous_record_of_the_stream_is_among_the_failures_with_its_cause_and_the_shard_goes_on(
    embedded_stage: LocalStage,
) -> None:
    system = deploy_system(embedded_stage, "poisonous-record")
    place_orders(system, 1)
    wait_until_invoiced(system, 1, seconds=60)
    # The stream's other reader has failures of its own.
    _stop_reading(system, "PublishInvoiceFacts")
    (fact,) = fact_named(system.invoice_facts(), INVOICE)
    poison = replace(fact, order_id=str(uuid.uuid4()), data='{"number": 17}')
    system.stage.client("dynamodb").put_item(TableName=system.invoices_table, Item=poison.to_item())
    place_orders(system, 2)

    letter = _wait_for_letter(system)
    assert letter.queue == "CountSales"
    assert letter.cause.startswith(f"UnreadableFactError: INVOICE of order {poison.order_id} is no Invoice: ")
    assert letter.attributes["FunctionName"] == system.function_name("CountSales")
    assert json.loads(letter.body)["dynamodb"]["NewImage"]["data"] == {"S": poison.data}
    until = time.monotonic() + 60
    while system.sales_figures()[0].invoices < 3 and time.monotonic() < until:
        time.sleep(0.2)
    (sales,) = system.sales_figures()
    assert sales.invoices == 3
    assert sales.total == 3 * fact.content(Invoice).total


class TopicClient(Protocol):
    """What is called of boto3's SNS client."""

    def publish(self, *, TopicArn: str, Message: str) -> object: ...  # noqa: N803 -- boto3's names


def _issued(fact: StoredFact) -> InvoiceIssued | CreditNoteIssued:
    return fact.content(Invoice).issued() if fact.fact == INVOICE else fact.content(CreditNote).issued()


def _publish_to_topic(system: RunningSystem, event: Mapping[str, object]) -> None:
    sns = cast("TopicClient", system.stage.client("sns"))
    sns.publish(TopicArn=system.topic_arn, Message=json.dumps(event))


def _digests_of(system: RunningSystem, key: str) -> list[str]:
    items = system.items(system.document_digests_table)
    return [item["sha256"]["S"] for item in items if item["document"]["S"] == key]


def _stop_reading(system: RunningSystem, consumer: str) -> None:
    functions = system.stage.client("lambda")
    name = system.function_name(consumer)
    (mapping,) = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


def _wait_for_letter(system: RunningSystem) -> DeadLetter:
    until = time.monotonic() + 30
    while not (letters := system.dead_letters()) and time.monotonic() < until:
        time.sleep(0.5)
    (letter,) = letters
    return letter


def _settle(system: RunningSystem) -> None:
    """Wait until no message waits any more; what is not in a queue gets a little longer."""
    until = time.monotonic() + 60
    while system.waiting_messages() and time.monotonic() < until:
        time.sleep(0.4)
    time.sleep(2)
