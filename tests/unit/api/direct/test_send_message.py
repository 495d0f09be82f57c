from __future__ import annotations

import json
from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qs

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs import (
    BodyField,
    CallerIdentity,
    Constant,
    Header,
    IdempotentQueueConsumer,
    InvalidArgumentError,
    PathParameter,
    ProvisionedApi,
    RequestId,
    SendMessage,
    WholeBody,
)
from best_practice_constructs.api.mapping.value_sources import ValueSource
from tests.unit.api.direct.support import CLERK, DeployedRoute, deployed, request
from tests.unit.api.support import new_app
from tests.unit.helpers.entries import ENTRY, HANDLER

ACCEPTED = {"SendMessageResponse": {"SendMessageResult": {"MessageId": "1"}}}


@dataclass(frozen=True, kw_only=True)
class Batch:
    name: str
    orders: int
    urgent: bool = False


def _plain(stack: Stack) -> None:
    api = ProvisionedApi(stack, "Api")
    queue = sqs.Queue(stack, "Batches")
    api.post("/batches", SendMessage(queue, location="batches/{request_id}", retry_after=2), body=Batch)


def _mapped(stack: Stack) -> None:
    queue = sqs.Queue(stack, "Batches", fifo=True, encryption_master_key=kms.Key(stack, "Key"))
    message: dict[str, ValueSource] = {
        "shop": PathParameter("shop"),
        "owner": CallerIdentity(),
        "orders": BodyField("orders"),
        "urgent": BodyField("urgent"),
        "whole": WholeBody(),
    }
    ProvisionedApi(stack, "Api").post(
        "/shops/{shop}/batches",
        SendMessage(
            queue,
            message={name: source for name, source in message.items() if name != "urgent"},
            attributes={"key": Header("Idempotency-Key"), "kind": Constant("batch")},
            message_group_id=PathParameter("shop"),
            deduplication_id=Header("Idempotency-Key"),
            answer={"shop": PathParameter("shop"), "batch_id": RequestId()},
            location="shops/{shop}/batches/{batch_id}",
        ),
        body=Batch,
    )


@pytest.fixture(scope="module")
def plain() -> DeployedRoute:
    return deployed(_plain, "POST")


@pytest.fixture(scope="module")
def mapped() -> DeployedRoute:
    return deployed(_mapped, "POST")


def _fields(text: str) -> dict[str, str]:
    fields = parse_qs(text, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in fields.values())
    return {name: values[0] for name, values in fields.items()}


class TestDefaults:
    def test_the_message_is_the_body_and_its_attribute_the_requests_id(self, plain: DeployedRoute) -> None:
        given = request({"name": "May", "orders": 3}, extendedRequestId="Id=")
        assert _fields(plain.request(given)) == {
            "Action": "SendMessage",
            "Version": "2012-11-05",
            "MessageBody": given.body,
            "MessageAttribute.1.Name": "request_id",
            "MessageAttribute.1.Value.DataType": "String",
            "MessageAttribute.1.Value.StringValue": "Id=",
        }
        assert plain.integration["RequestParameters"] == {
            "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"
        }

    def test_it_answers_202_with_where_to_ask(self, plain: DeployedRoute) -> None:
        answer = plain.answer(200, ACCEPTED, request(extendedRequestId="a+b/c="))
        assert answer.status == 202
        assert answer.document == {"request_id": "a+b/c="}
        assert answer.headers["Location"] == "batches/a%2Bb%2Fc%3D"
        assert answer.headers["Retry-After"] == "2"
        assert answer.headers["Content-Type"] == "application/json"

    def test_the_role_may_send_into_this_queue_and_nothing_else(self, plain: DeployedRoute) -> None:
        (statement,) = plain.statements
        assert statement["Action"] == "sqs:SendMessage"
        assert "Batches" in str(statement["Resource"])
        assert "Condition" not in statement

    def test_what_is_not_json_is_refused_by_the_gateway(self, plain: DeployedRoute) -> None:
        assert plain.integration["PassthroughBehavior"] == "NEVER"
        assert list(cast("dict[str, object]", plain.properties["RequestModels"])) == ["application/json"]
        assert "RequestValidatorId" in plain.properties

    def test_a_consumer_stands_for_its_queue(self) -> None:
        def build(stack: Stack) -> None:
            consumer = IdempotentQueueConsumer(stack, "Work", entry=ENTRY, handler=HANDLER)
            ProvisionedApi(stack, "Api").post("/batches", SendMessage(consumer), body=Batch)

        assert "WorkQueue" in str(deployed(build, "POST").statements[0]["Resource"])


class TestFailures:
    @pytest.mark.parametrize(
        ("service_status", "code", "status"),
        [
            (400, "RequestThrottled", 429),
            (403, "ThrottlingException", 429),
            (400, "InvalidParameterValue", 400),
            (400, "InvalidMessageContents", 400),
            (403, "AccessDenied", 500),
            (400, "AWS.SimpleQueueService.NonExistentQueue", 500),
            (500, "InternalFailure", 503),
            (503, "ServiceUnavailable", 503),
        ],
    )
    def test_refusals_are_problem_documents_without_internals(
        self, plain: DeployedRoute, service_status: int, code: str, status: int
    ) -> None:
        error = {"Error": {"Code": code, "Message": "secret arn:aws:sqs"}, "RequestId": "r"}
        answer = plain.answer(service_status, error, request(requestId="the-request"))
        assert answer.status == status
        assert answer.document["status"] == status
        assert answer.document["instance"] == "urn:request:the-request"
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert "secret" not in answer.text
        assert ("Retry-After" in answer.headers) == (status in (429, 503))
        assert "Location" not in answer.headers


class TestMapping:
    def test_values_are_mapped_by_name(self, mapped: DeployedRoute) -> None:
        body = {"name": "May", "orders": 3}
        given = request(body, path={"shop": "Köln/1"}, header={"idempotency-key": "it's"})
        fields = _fields(mapped.request(given))
        assert json.loads(fields["MessageBody"]) == {"shop": "Köln/1", "owner": CLERK, "orders": 3, "whole": body}
        assert fields["MessageGroupId"] == "Köln/1"
        assert fields["MessageDeduplicationId"] == "it's"
        assert fields["MessageAttribute.1.Value.StringValue"] == "it's"
        assert fields["MessageAttribute.2.Value.StringValue"] == "batch"

    def test_headers_and_parameters_that_are_mapped_are_required(self, mapped: DeployedRoute) -> None:
        assert mapped.properties["RequestParameters"] == {
            "method.request.header.Idempotency-Key": True,
            "method.request.path.shop": True,
        }

    def test_the_key_of_the_queue_may_be_used(self, mapped: DeployedRoute) -> None:
        send, use = mapped.statements
        assert send["Action"] == "sqs:SendMessage"
        assert set(cast("list[str]", use["Action"])) == {"kms:Decrypt", "kms:GenerateDataKey"}
        assert "Key" in str(use["Resource"])

    @settings(max_examples=30, deadline=None)
    @given(name=st.text(), shop=st.text(min_size=1), key=st.text(min_size=1), orders=st.integers())
    def test_no_value_breaks_out_of_its_place(
        self, mapped: DeployedRoute, name: str, shop: str, key: str, orders: int
    ) -> None:
        body = {"name": name, "orders": orders}
        given = request(body, path={"shop": shop}, header={"Idempotency-Key": key})
        fields = _fields(mapped.request(given))
        assert set(fields) == {
            "Action",
            "Version",
            "MessageBody",
            "MessageGroupId",
            "MessageDeduplicationId",
            *(f"MessageAttribute.{n}.{part}" for n in (1, 2) for part in _ATTRIBUTE_PARTS),
        }
        assert fields["Action"] == "SendMessage"
        assert fields["MessageGroupId"] == shop
        assert fields["MessageDeduplicationId"] == key
        message = json.loads(fields["MessageBody"])
        assert message == {"shop": shop, "owner": CLERK, "orders": orders, "whole": body}
        answer = mapped.answer(200, ACCEPTED, given)
        assert answer.document["shop"] == shop

    @settings(max_examples=20, deadline=None)
    @given(orders=st.text() | st.booleans() | st.none() | st.lists(st.text()))
    def test_not_even_what_validation_would_have_refused(self, mapped: DeployedRoute, orders: object) -> None:
        given = request({"name": "x", "orders": orders}, path={"shop": "1"}, header={"Idempotency-Key": "k"})
        message = json.loads(_fields(mapped.request(given))["MessageBody"])
        assert message["orders"] is None or isinstance(message["orders"], int | float)


_ATTRIBUTE_PARTS = ("Name", "Value.DataType", "Value.StringValue")


class TestErrors:
    @pytest.mark.parametrize(
        ("direct", "words"),
        [
            ({"message": PathParameter("other")}, "the path has no such parameter"),
            ({"message": BodyField("other")}, "there is no field 'other', but name, orders, urgent"),
            ({"message": {"urgent": BodyField("urgent")}}, "'urgent' may be missing"),
            ({"message": {}}, "nothing would be sent"),
            ({"attributes": {f"a{n}": RequestId() for n in range(11)}}, "10 at most"),
            ({"deduplication_id": RequestId()}, "only FIFO queues"),
            ({"answer": {"name": BodyField("name")}}, "the request's body is gone by then"),
            ({"location": "batches/{batch_id}"}, "the answer has no field 'batch_id'"),
            ({"location": "ba tches"}, "signs that a URL does not have"),
            ({"retry_after": -1}, "it is a number of seconds"),
            ({"message": Header('X"Y')}, "has other signs than letters"),
            ({"message": "text"}, "it is no source of a value"),
        ],
    )
    def test_what_cannot_work_is_refused_at_construction(
        self, stack: Stack, direct: dict[str, object], words: str
    ) -> None:
        api = ProvisionedApi(stack, "Api")
        queue = sqs.Queue(stack, "Q")
        with pytest.raises(InvalidArgumentError, match=words) as error:
            api.post("/batches", SendMessage(queue, **direct), body=Batch)  # type: ignore[arg-type] # wrong on purpose
        assert "S/Api" in str(error.value) or "Api: POST /batches" in str(error.value)

    def test_a_group_is_needed_for_a_fifo_queue(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="without a group"):
            ProvisionedApi(stack, "Api").post("/b", SendMessage(sqs.Queue(stack, "Q", fifo=True)), body=Batch)

    def test_a_body_is_needed_where_it_is_sent(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="declares no body"):
            ProvisionedApi(stack, "Api").post("/b", SendMessage(sqs.Queue(stack, "Q")))

    def test_a_constant_has_no_signs_of_templates(self) -> None:
        with pytest.raises(ValueError, match="other signs"):
            Constant("#set($a = 1)")

    def test_functions_options_are_refused(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="no function is called"):
            ProvisionedApi(stack, "Api").post(
                "/b", SendMessage(sqs.Queue(stack, "Q")), body=Batch, provisioned_concurrency=1
            )


def test_two_routes_to_one_queue_have_a_role_each() -> None:
    app: App = new_app()
    stack = Stack(app, "S")
    queue = sqs.Queue(stack, "Q")
    api = ProvisionedApi(stack, "Api")
    first = api.post("/a", SendMessage(queue), body=Batch)
    second = api.post("/b", SendMessage(queue), body=Batch)
    assert first.role is not None
    assert second.role is not None
    assert first.role is not second.role
    assert first.function is None
