from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from aws_cdk import Stack
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs import (
    CallerIdentity,
    Constant,
    GetItem,
    PathParameter,
    ProvisionedApi,
)
from tests.unit.api.direct.support import CLERK, DeployedRoute, attribute_of, deployed, request
from tests.unit.api.direct.tables import ORDER, Order, item_of, new_table


@pytest.fixture(scope="module")
def get() -> DeployedRoute:
    def build(stack: Stack) -> None:
        direct = GetItem(
            new_table(stack, sorted_by="fact"),
            key={"id": PathParameter("id"), "fact": Constant("ORDER")},
            answer=Order,
            only_if={"owner": CallerIdentity()},
            not_found="You placed no such order.",
        )
        ProvisionedApi(stack, "Api").get("/orders/{id}", direct)

    return deployed(build, "GET")


class TestGetItem:
    def test_it_asks_for_the_item_and_what_the_answer_needs(self, get: DeployedRoute) -> None:
        call = json.loads(get.request(request(path={"id": "7"})))
        assert call["Key"] == {"id": {"S": "7"}, "fact": {"S": "ORDER"}}
        assert call["ConsistentRead"] is False
        asked = [call["ExpressionAttributeNames"][name] for name in call["ProjectionExpression"].split(",")]
        assert asked == [*ORDER, "owner"]
        assert str(call["TableName"]).startswith("T")
        assert get.integration["RequestParameters"] == {
            "integration.request.header.Content-Type": "'application/x-amz-json-1.0'",
            "integration.request.header.X-Amz-Target": "'DynamoDB_20120810.GetItem'",
        }

    def test_the_role_may_get_items_of_thisnew_table(self, get: DeployedRoute) -> None:
        (statement,) = get.statements
        assert statement["Action"] == "dynamodb:GetItem"
        assert "Condition" not in statement

    def test_the_item_is_answered_as_a_function_would(self, get: DeployedRoute) -> None:
        stored = {**item_of(ORDER), "owner": {"S": CLERK}}
        answer = get.answer(200, {"Item": stored}, request())
        assert answer.status == 200
        assert answer.document == ORDER

    def test_what_is_missing_is_its_default(self, get: DeployedRoute) -> None:
        stored = {**item_of(ORDER), "owner": {"S": CLERK}}
        del stored["weight"], stored["comment"]
        assert get.answer(200, {"Item": stored}, request()).document == ORDER

    @pytest.mark.parametrize(
        "found",
        [
            {},
            {"Item": item_of(ORDER)},
            {"Item": {**item_of(ORDER), "owner": {"S": "somebody"}}},
            {"Item": {**item_of(ORDER), "owner": {"S": ""}}},
        ],
    )
    def test_what_is_not_there_or_somebody_elses_is_not_found(
        self, get: DeployedRoute, found: Mapping[str, object]
    ) -> None:
        answer = get.answer(200, found, request())
        assert answer.status == 404
        assert answer.document["detail"] == "You placed no such order."
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_nobody_owns_what_has_no_owner(self, get: DeployedRoute) -> None:
        stored = {**item_of(ORDER), "owner": {"S": ""}}
        assert get.answer(200, {"Item": stored}, request(identity={"userArn": ""})).status == 404

    @pytest.mark.parametrize(
        ("service_status", "code", "status"),
        [
            (400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", 429),
            (400, "com.amazonaws.dynamodb.v20120810#ThrottlingException", 429),
            (400, "com.amazonaws.dynamodb.v20120810#RequestLimitExceeded", 429),
            (400, "com.amazon.coral.validate#ValidationException", 400),
            (400, "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", 500),
            (400, "com.amazon.coral.service#AccessDeniedException", 500),
            (500, "com.amazonaws.dynamodb.v20120810#InternalServerError", 503),
        ],
    )
    def test_refusals_are_problem_documents_without_internals(
        self, get: DeployedRoute, service_status: int, code: str, status: int
    ) -> None:
        answer = get.answer(service_status, {"__type": code, "message": "secret"}, request())
        assert (answer.status, answer.document["status"]) == (status, status)
        assert "secret" not in answer.text
        assert "amazon" not in answer.text

    @settings(max_examples=30, deadline=None)
    @given(id=st.text(min_size=1), text=st.text(), quantity=st.integers())
    def test_no_value_breaks_out_of_its_place(self, get: DeployedRoute, id: str, text: str, quantity: int) -> None:
        assert json.loads(get.request(request(path={"id": id})))["Key"]["id"] == {"S": id}
        line = {"sku": text, "quantity": quantity, "note": text or None}
        order = {**ORDER, "state": text, "lines": [line, line], "history": [line], "first": line, "comment": text}
        stored = {**item_of(order), "owner": {"S": CLERK}}
        if not text:
            stored["lines"] = attribute_of([{**line, "note": None}] * 2)
        assert get.answer(200, {"Item": stored}, request()).document == order

    @settings(max_examples=20, deadline=None)
    @given(caller=st.text(min_size=1))
    def test_nobody_passes_for_somebody_else(self, get: DeployedRoute, caller: str) -> None:
        stored = {**item_of(ORDER), "owner": {"S": CLERK}}
        answer = get.answer(200, {"Item": stored}, request(identity={"userArn": caller}))
        assert (answer.status == 200) == (caller == CLERK)
