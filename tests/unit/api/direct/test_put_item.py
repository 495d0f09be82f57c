from __future__ import annotations

import json
from decimal import Decimal

import pytest
from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs import (
    CallerIdentity,
    Constant,
    PathParameter,
    ProvisionedApi,
    PutItem,
    RequestTime,
)
from tests.unit.api.direct.support import CLERK, DeployedRoute, deployed, request
from tests.unit.api.direct.tables import ORDER, TEXT, Order, new_table, plain_of


@pytest.fixture(scope="module")
def put() -> DeployedRoute:
    def build(stack: Stack) -> None:
        direct = PutItem(
            new_table(stack),
            key={"id": PathParameter("id")},
            attributes={"owner": CallerIdentity(), "created_at": RequestTime(), "comment": Constant("by us")},
            location="orders/{id}",
            conflict="There is such an order.",
        )
        ProvisionedApi(stack, "Api").put("/orders/{id}", direct, body=Order)

    return deployed(build, "PUT")


class TestPutItem:
    def test_it_writes_the_body_and_what_the_gateway_knows(self, put: DeployedRoute) -> None:
        body = {**ORDER, "id": "another", "owner": "me", "admin": True, "weight": 1.5, "comment": "mine"}
        given = request(
            body, path={"id": "7"}, requestTime="01/Dec/2026:04:29:01 +0000", requestTimeEpoch=1796099341042
        )
        call = json.loads(put.request(given))
        assert json.loads(call["Item"]["history"]["S"]) == ORDER["history"]
        item = plain_of(call["Item"])
        lines = [{"sku": "A'1", "quantity": 2}, {"sku": "B", "quantity": 1, "note": "new"}]
        assert {name: value for name, value in item.items() if name != "history"} == {
            "id": "7",
            "owner": CLERK,
            "created_at": "2026-12-01T04:29:01.042Z",
            "comment": "by us",
            "state": "PLACED",
            "total": Decimal("12.30"),
            "paid": True,
            "lines": lines,
            "first": lines[0],
            "weight": Decimal("1.5"),
        }
        assert call["ConditionExpression"] == "attribute_not_exists(#key)"
        assert call["ExpressionAttributeNames"] == {"#key": "id"}

    def test_it_answers_201_with_the_key(self, put: DeployedRoute) -> None:
        answer = put.answer(200, {}, request(path={"id": "a b/ü"}))
        assert answer.status == 201
        assert answer.document == {"id": "a b/ü"}
        assert answer.headers["Location"] == "orders/a%20b%2F%C3%BC"

    def test_what_is_there_stays(self, put: DeployedRoute) -> None:
        error = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "x"}
        answer = put.answer(400, error, request(path={"id": "7"}))
        assert answer.status == 409
        assert answer.document["detail"] == "There is such an order."

    @settings(max_examples=30, deadline=None)
    @given(text=st.text(), quantity=st.integers(), total=st.decimals(allow_nan=False, allow_infinity=False))
    def test_no_value_breaks_out_of_its_place(
        self, put: DeployedRoute, text: str, quantity: int, total: Decimal
    ) -> None:
        line = {"sku": text, "quantity": quantity}
        body = {**ORDER, "state": text, "total": str(total), "lines": [line], "history": [line], "first": line}
        call = json.loads(put.request(request(body, path={"id": text or "x"})))
        assert set(call) == {"TableName", "Item", "ConditionExpression", "ExpressionAttributeNames"}
        item = call["Item"]
        assert item["id"] == {"S": text or "x"}
        assert item["owner"] == {"S": CLERK}
        assert item["total"] == {"N": str(total)}
        assert item["lines"] == {"L": [{"M": {"sku": {"S": text}, "quantity": {"N": str(quantity)}}}]}
        assert json.loads(item["history"]["S"]) == [{**line, "note": None}]

    @settings(max_examples=20, deadline=None)
    @given(wrong=st.recursive(st.text() | st.booleans() | st.floats(allow_nan=False), st.lists))
    def test_not_even_what_validation_would_have_refused(self, put: DeployedRoute, wrong: object) -> None:
        body = {**ORDER, "total": wrong, "paid": wrong, "state": wrong}
        item = json.loads(put.request(request(body, path={"id": "7"})))["Item"]
        assert item["owner"] == {"S": CLERK}
        assert list(item["total"]) == ["N"]
        assert isinstance(item["paid"]["BOOL"], bool)
        assert isinstance(item["state"]["S"], str)

    def test_the_role_may_put_items_and_use_the_tables_key(self) -> None:
        def build(stack: Stack) -> None:
            table = dynamodb.Table(
                stack,
                "T",
                partition_key=dynamodb.Attribute(name="id", type=TEXT),
                encryption_key=kms.Key(stack, "Key"),
            )
            direct = PutItem(table, key={"id": PathParameter("id")}, overwrite=True, with_body=False)
            ProvisionedApi(stack, "Api").put("/orders/{id}", direct)

        route = deployed(build, "PUT")
        put_item, use_key = route.statements
        assert put_item["Action"] == "dynamodb:PutItem"
        assert "kms:Decrypt" in str(use_key["Action"])
        assert "ConditionExpression" not in json.loads(route.request(request(path={"id": "7"})))
