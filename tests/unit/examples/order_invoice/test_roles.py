"""What each function of the system may do: exactly what its handler calls, on exactly what it calls it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.unit.examples.order_invoice.synthesized_system import SynthesizedTemplate, development, synthesize

ORDERS = "Orders"
INVOICES = "Invoices"
SERIES = "Series"
STREAM = {f"dynamodb:{action}" for action in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")}
POLL = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}


@pytest.fixture(scope="module")
def templates() -> Mapping[str, SynthesizedTemplate]:
    return synthesize("p", development())


def _allowed(template: SynthesizedTemplate, role: str, *names: str) -> dict[str, set[str]]:
    """Give the actions of a role by what they are allowed on: the one of ``names`` that the resource has in it."""
    by_name: dict[str, set[str]] = {}
    for action, resource in template.allowed(role):
        fitting = [name for name in names if name in resource] or [resource]
        by_name.setdefault(max(fitting, key=len), set()).add(action)
    return by_name


@pytest.mark.parametrize(
    ("function", "actions"),
    [
        ("PlaceOrder", {"dynamodb:PutItem"}),
        ("GetOrder", {"dynamodb:Query"}),
        ("CancelOrder", {"dynamodb:ConditionCheckItem", "dynamodb:PutItem"}),
    ],
)
def test_a_function_of_the_api_may_use_the_order_table_and_nothing_else(
    templates: Mapping[str, SynthesizedTemplate], function: str, actions: set[str]
) -> None:
    assert _allowed(templates["orders"], f"{function}/Role", "FnGetAttOrders") == {"FnGetAttOrders": actions}


@pytest.mark.parametrize("consumer", ["RecordInvoice", "RecordCreditNote"])
def test_who_records_an_outcome_may_put_it_and_keep_its_own_records(
    templates: Mapping[str, SynthesizedTemplate], consumer: str
) -> None:
    names = (f"{consumer}Queue", f"{consumer}DeadLetters", f"{consumer}Idempotency", "FnGetAttOrders")
    assert _allowed(templates["orders"], f"{consumer}/Function/Role", *names) == {
        f"{consumer}Queue": POLL,
        f"{consumer}DeadLetters": {"sqs:SendMessage"},
        f"{consumer}Idempotency": {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"},
        "FnGetAttOrders": {"dynamodb:PutItem"},
    }


@pytest.mark.parametrize(
    ("consumer", "reads_invoices"), [("IssueInvoice", set[str]()), ("IssueCreditNote", {"dynamodb:GetItem"})]
)
def test_who_issues_may_do_what_its_transaction_does(
    templates: Mapping[str, SynthesizedTemplate], consumer: str, reads_invoices: set[str]
) -> None:
    names = (
        f"{consumer}Queue",
        f"{consumer}DeadLetters",
        f"{consumer}Idempotency",
        "FnGetAttInvoices",
        "FnGetAttSeries",
    )
    assert _allowed(templates["invoices"], f"{consumer}/Function/Role", *names) == {
        f"{consumer}Queue": POLL,
        f"{consumer}DeadLetters": {"sqs:SendMessage"},
        f"{consumer}Idempotency": {"dynamodb:PutItem"},
        "FnGetAttInvoices": {"dynamodb:PutItem", "dynamodb:ConditionCheckItem"} | reads_invoices,
        "FnGetAttSeries": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
    }


@pytest.mark.parametrize(
    ("stack", "publisher", "stream", "documents"),
    [
        ("orders", "PublishOrderFacts", "StreamArn", dict[str, set[str]]()),
        ("invoices", "PublishInvoiceFacts", "StreamArn", {"/documents/*": {"s3:PutObject"}}),
    ],
)
def test_who_publishes_may_read_its_stream_and_put_on_the_bus(
    templates: Mapping[str, SynthesizedTemplate],
    stack: str,
    publisher: str,
    stream: str,
    documents: Mapping[str, set[str]],
) -> None:
    names = (stream, "FnGetAttBus", f"{publisher}ConsumerFailures", "/documents/*")
    assert _allowed(templates[stack], f"{publisher}/Consumer/Function/Role", *names) == {
        stream: STREAM,
        "FnGetAttBus": {"events:PutEvents"},
        f"{publisher}ConsumerFailures": {"sqs:SendMessage"},
        **documents,
    }


def test_who_counts_sales_may_read_its_stream_mark_a_fact_and_add_to_the_figures(
    templates: Mapping[str, SynthesizedTemplate],
) -> None:
    names = ("StreamArn", "FnGetAttFigures", "FnGetAttCountedFacts", "CountSalesFailures")
    assert _allowed(templates["invoices"], "CountSales/Function/Role", *names) == {
        "StreamArn": STREAM,
        "FnGetAttFigures": {"dynamodb:UpdateItem"},
        "FnGetAttCountedFacts": {"dynamodb:PutItem"},
        "CountSalesFailures": {"sqs:SendMessage"},
    }


def test_who_records_documents_may_read_them_and_put_their_digests(
    templates: Mapping[str, SynthesizedTemplate],
) -> None:
    names = ("/documents/*", "FnGetAttDocumentDigests", "RecordDocumentIdempotency", "RecordDocumentFailures")
    assert _allowed(templates["invoices"], "RecordDocument/Function/Role", *names) == {
        "/documents/*": {"s3:GetObject", "s3:GetObjectVersion"},
        "FnGetAttDocumentDigests": {"dynamodb:PutItem"},
        "RecordDocumentIdempotency": {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"},
        "RecordDocumentFailures": {"sqs:SendMessage"},
    }


@pytest.mark.parametrize("consumer", ["WriteInvoiceNotice", "WriteCreditNotice"])
def test_who_writes_notices_may_put_them_and_keep_its_own_records(
    templates: Mapping[str, SynthesizedTemplate], consumer: str
) -> None:
    inner = f"{consumer}Consumer"
    names = (f"{inner}Queue", f"{inner}DeadLetters", f"{inner}Idempotency", "FnGetAttNotices")
    assert _allowed(templates["notices"], f"{consumer}/Consumer/Function/Role", *names) == {
        f"{inner}Queue": POLL,
        f"{inner}DeadLetters": {"sqs:SendMessage"},
        f"{inner}Idempotency": {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"},
        "FnGetAttNotices": {"dynamodb:PutItem"},
    }


def test_the_bus_may_publish_to_the_topic_and_nothing_else(templates: Mapping[str, SynthesizedTemplate]) -> None:
    template = templates["notices"]
    topic = f"Ref:{template.logical_id('CustomerNotices')}"
    for event in ("InvoiceIssued", "CreditNoteIssued"):
        role = template.logical_id(f"CustomerNotices/On{event}/Role")
        assert list(template.allowed_by_id(role)) == [("sns:Publish", topic)]


def test_no_role_may_do_everything(templates: Mapping[str, SynthesizedTemplate]) -> None:
    actions = {
        action
        for template in templates.values()
        for logical_id, resource in template.resources.items()
        if resource["Type"] == "AWS::IAM::Role"
        for action, _ in template.allowed_by_id(logical_id)
    }
    assert len(actions) > 10
    assert not [action for action in actions if "*" in action]
