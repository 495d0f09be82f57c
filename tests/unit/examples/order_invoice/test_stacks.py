"""What the emulator does not prove: grants between services, retries, copies side by side, production's care."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import cast

import pytest

from tests.unit.examples.order_invoice.synthesized_system import (
    ALARM_TOPIC,
    SynthesizedTemplate,
    development,
    production,
    synthesize,
)
from tests.unit.helpers.templates import deployed_before

Templates = Mapping[str, SynthesizedTemplate]
CONSUMERS = [
    ("orders", "RecordInvoice", "InvoiceIssued", "com.example.shop.invoices"),
    ("orders", "RecordCreditNote", "CreditNoteIssued", "com.example.shop.invoices"),
    ("invoices", "IssueInvoice", "OrderPlaced", "com.example.shop.orders"),
    ("invoices", "IssueCreditNote", "OrderCancelled", "com.example.shop.orders"),
]


@pytest.fixture(scope="module")
def templates() -> Templates:
    return synthesize("p", development())


@pytest.fixture(scope="module")
def production_templates() -> Templates:
    return synthesize("p", production())


@pytest.mark.parametrize(("stack", "consumer", "event", "source"), CONSUMERS)
def test_an_event_reaches_its_consumer_by_one_rule_which_alone_may_send(
    templates: Templates, stack: str, consumer: str, event: str, source: str
) -> None:
    template = templates[stack]
    route = f"{consumer}/On{event}"
    rule = template.properties(f"{route}/Rule")
    assert rule["EventPattern"] == {"source": [source], "detail-type": [event]}
    (target,) = cast("list[dict[str, object]]", rule["Targets"])
    assert target["Arn"] == _arn(template, f"{consumer}/Queue")
    assert target["DeadLetterConfig"] == {"Arn": _arn(template, f"{route}/DeadLetters")}
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86_400}
    for queue in (f"{consumer}/Queue", f"{route}/DeadLetters"):
        (grant,) = _grants(template, queue)
        assert grant["Action"] == "sqs:SendMessage"
        assert grant["Principal"] == {"Service": "events.amazonaws.com"}
        assert grant["Condition"] == {"ArnEquals": {"aws:SourceArn": _arn(template, f"{route}/Rule")}}


@pytest.mark.parametrize(
    ("stack", "publisher", "facts"),
    [
        ("orders", "PublishOrderFacts", ["ORDER", "CANCELLATION"]),
        ("invoices", "PublishInvoiceFacts", ["INVOICE", "CREDIT_NOTE"]),
    ],
)
def test_a_stream_is_read_from_its_start_with_split_batches_and_bounded_retries(
    templates: Templates, stack: str, publisher: str, facts: list[str]
) -> None:
    template = templates[stack]
    consumer = f"{publisher}/Consumer"
    mapping = template.properties(f"{consumer}/EventSourceMapping")
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["BisectBatchOnFunctionError"] is True
    assert (mapping["MaximumRetryAttempts"], mapping["MaximumRecordAgeInSeconds"]) == (10_000, 12 * 3600)
    assert mapping["DestinationConfig"] == {"OnFailure": {"Destination": _arn(template, f"{consumer}/Failures")}}
    ((pattern),) = cast("dict[str, list[dict[str, str]]]", mapping["FilterCriteria"])["Filters"]
    assert json.loads(pattern["Pattern"]) == {"eventName": ["INSERT"], "dynamodb": {"Keys": {"fact": {"S": facts}}}}
    role = template.logical_id(f"{consumer}/Function/Role/DefaultPolicy")
    assert role in deployed_before(template.resources, template.logical_id(f"{consumer}/EventSourceMapping"))


def test_the_figures_are_counted_from_new_invoices_and_credit_notes_only(templates: Templates) -> None:
    template = templates["invoices"]
    mapping = template.properties("CountSales/EventSourceMapping")
    assert (
        mapping["EventSourceArn"]
        == template.properties("PublishInvoiceFacts/Consumer/EventSourceMapping")["EventSourceArn"]
    )
    assert (mapping["StartingPosition"], mapping["FunctionResponseTypes"]) == (
        "TRIM_HORIZON",
        ["ReportBatchItemFailures"],
    )
    assert mapping["DestinationConfig"] == {"OnFailure": {"Destination": _arn(template, "CountSales/Failures")}}
    (rule,) = cast("dict[str, list[dict[str, str]]]", mapping["FilterCriteria"])["Filters"]
    assert json.loads(rule["Pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {"Keys": {"fact": {"S": ["INVOICE", "CREDIT_NOTE"]}}},
    }


def test_a_stream_has_no_more_readers_than_dynamodb_serves(templates: Templates) -> None:
    readers = Counter(
        json.dumps(mapping["EventSourceArn"])
        for template in templates.values()
        for mapping in template.of_type("AWS::Lambda::EventSourceMapping").values()
        if "StartingPosition" in mapping
    )
    assert sorted(readers.values()) == [1, 2]


def test_the_documents_bucket_tells_of_its_documents_and_their_function_alone_hears(templates: Templates) -> None:
    template = templates["invoices"]
    bucket = templates["invoice-data"].properties("Documents")
    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    route = "RecordDocument/OnDocumentsObjectCreated"
    rule = template.properties(f"{route}/Rule")
    # Objects are told of on the account's default bus.
    assert "EventBusName" not in rule
    pattern = cast("dict[str, object]", rule["EventPattern"])
    assert (pattern["source"], pattern["detail-type"]) == (["aws.s3"], ["Object Created"])
    assert cast("dict[str, object]", pattern["detail"])["object"] == {"key": [{"prefix": "documents/"}]}
    (target,) = cast("list[dict[str, object]]", rule["Targets"])
    assert target["Arn"] == _arn(template, "RecordDocument/Function/Function")
    assert target["DeadLetterConfig"] == {"Arn": _arn(template, f"{route}/DeadLetters")}
    (invoke,) = template.of_type("AWS::Lambda::EventInvokeConfig").values()
    assert (invoke["MaximumRetryAttempts"], invoke["MaximumEventAgeInSeconds"]) == (2, 6 * 3600)
    failures = {"OnFailure": {"Destination": _arn(template, "RecordDocument/Failures")}}
    assert invoke["DestinationConfig"] == failures


@pytest.mark.parametrize(
    ("consumer", "event"), [("WriteInvoiceNotice", "InvoiceIssued"), ("WriteCreditNotice", "CreditNoteIssued")]
)
def test_what_customers_are_told_of_goes_from_the_bus_through_the_topic_to_its_own_writer(
    templates: Templates, consumer: str, event: str
) -> None:
    template = templates["notices"]
    topic = {"Ref": template.logical_id("CustomerNotices")}
    declared = {"source": ["com.example.shop.invoices"], "detail-type": [event]}
    route = template.properties(f"CustomerNotices/On{event}/Rule")
    assert route["EventPattern"] == declared
    assert [target["Arn"] for target in cast("list[dict[str, object]]", route["Targets"])] == [topic]
    subscription = template.properties(f"{consumer}/Subscription")
    assert (subscription["TopicArn"], subscription["Protocol"], subscription["RawMessageDelivery"]) == (
        topic,
        "sqs",
        True,
    )
    assert (subscription["FilterPolicy"], subscription["FilterPolicyScope"]) == (declared, "MessageBody")
    assert subscription["Endpoint"] == _arn(template, f"{consumer}/Consumer/Queue")
    for queue in (f"{consumer}/Consumer/Queue", f"{consumer}/Undelivered"):
        (grant,) = _grants(template, queue)
        assert grant["Principal"] == {"Service": "sns.amazonaws.com"}


def test_each_function_of_the_api_may_be_called_by_its_own_route_alone(templates: Templates) -> None:
    template = templates["orders"]
    routes: dict[str, str] = {}
    for permission in template.of_type("AWS::Lambda::Permission").values():
        assert permission["Principal"] == "apigateway.amazonaws.com"
        routes[json.dumps(permission["FunctionName"])] = _last_part(permission["SourceArn"])
    assert routes == {
        json.dumps(_arn(template, f"{function}/Function")): route
        for function, route in {
            "PlaceOrder": "/POST/orders",
            "GetOrder": "/GET/orders/*",
            "CancelOrder": "/POST/orders/*/cancellation",
        }.items()
    }


def test_every_route_wants_a_signature_and_an_order_wants_its_key(templates: Templates) -> None:
    methods = templates["orders"].of_type("AWS::ApiGateway::Method").values()
    assert [method["AuthorizationType"] for method in methods] == ["AWS_IAM"] * 3
    with_key = [
        method
        for method in methods
        if cast("dict[str, bool]", method.get("RequestParameters", {})).get("method.request.header.Idempotency-Key")
    ]
    assert len(with_key) == 1
    assert with_key[0]["HttpMethod"] == "POST"


def test_data_stacks_hold_data_and_service_stacks_none(templates: Templates) -> None:
    kept = {"AWS::DynamoDB::Table", "AWS::S3::Bucket"}
    for name in ("order-data", "invoice-data", "notice-data", "fulfilment-data"):
        types = {str(resource["Type"]) for resource in templates[name].resources.values()}
        assert types & kept
        assert types <= kept | {"AWS::S3::BucketPolicy", "AWS::SSM::Parameter"}
    for name in ("orders", "invoices", "notices", "fulfilment", "shared"):
        tables = [
            table
            for table in templates[name].of_type("AWS::DynamoDB::Table").values()
            # Idempotency records expire by themselves: they belong to the consumer, not to the data.
            if "TimeToLiveSpecification" not in table
        ]
        assert tables == []
        assert templates[name].of_type("AWS::S3::Bucket") == {}


def test_what_is_kept_can_be_restored_and_in_production_not_be_deleted(
    templates: Templates, production_templates: Templates
) -> None:
    for stacks, policy, protected in ((templates, "Delete", False), (production_templates, "Retain", True)):
        for name in ("order-data", "invoice-data", "notice-data", "fulfilment-data"):
            for resource in stacks[name].resources.values():
                if resource["Type"] in {"AWS::DynamoDB::Table", "AWS::S3::Bucket"}:
                    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == policy
            for table in stacks[name].of_type("AWS::DynamoDB::Table").values():
                assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
                assert table["DeletionProtectionEnabled"] is protected


def test_every_alarm_of_production_is_heard(production_templates: Templates) -> None:
    alarms = [
        alarm
        for template in production_templates.values()
        for alarm in template.of_type("AWS::CloudWatch::Alarm").values()
    ]
    assert len(alarms) > 10
    for alarm in alarms:
        assert alarm["AlarmActions"] == alarm["OKActions"] == [ALARM_TOPIC]


def test_production_keeps_environments_ready_for_placing_orders(production_templates: Templates) -> None:
    (alias,) = production_templates["orders"].of_type("AWS::Lambda::Alias").values()
    assert alias["ProvisionedConcurrencyConfig"] == {"ProvisionedConcurrentExecutions": 2}
    assert alias["FunctionName"] == {"Ref": production_templates["orders"].logical_id("PlaceOrder/Function")}


def test_no_stack_exports_what_another_needs(templates: Templates) -> None:
    outputs = [output for template in templates.values() for output in template.outputs.values()]
    assert outputs
    assert not [output for output in outputs if "Export" in output]


def test_two_copies_share_no_name(templates: Templates) -> None:
    others = synthesize("q", development("other"))
    for name, template in templates.items():
        shared = set(_names(template)) & set(_names(others[name]))
        assert shared == set(), f"{name}: {shared}"


def test_nothing_names_an_account_or_a_region(templates: Templates) -> None:
    for template in templates.values():
        text = json.dumps(template.resources)
        assert "us-east-1" not in text
        assert "arn:aws:" not in text


def _arn(template: SynthesizedTemplate, path: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [template.logical_id(path), "Arn"]}


def _grants(template: SynthesizedTemplate, queue: str) -> list[dict[str, object]]:
    reference = {"Ref": template.logical_id(queue)}
    return [
        statement
        for policy in template.of_type("AWS::SQS::QueuePolicy").values()
        if policy["Queues"] == [reference]
        for statement in cast("dict[str, list[dict[str, object]]]", policy["PolicyDocument"])["Statement"]
        if statement["Effect"] == "Allow"
    ]


def _last_part(join: object) -> str:
    parts = cast("dict[str, list[list[object]]]", join)["Fn::Join"][1]
    return str(parts[-1])


_NAMES = (
    "Name",
    "FunctionName",
    "QueueName",
    "TableName",
    "BucketName",
    "RoleName",
    "LogGroupName",
    "AlarmName",
    "TopicName",
)


def _names(template: SynthesizedTemplate) -> Iterator[tuple[str, str, str]]:
    """Give every physical name that the template spells out: two stacks of one account cannot both have it."""
    for resource in template.resources.values():
        # Metrics know an API by its name; its models and what else is below it have theirs for this API alone.
        if str(resource["Type"]).startswith("AWS::ApiGateway::") and resource["Type"] != "AWS::ApiGateway::RestApi":
            continue
        properties = cast("dict[str, object]", resource.get("Properties", {}))
        for key in _NAMES:
            if isinstance(name := properties.get(key), str):
                yield str(resource["Type"]), key, name
