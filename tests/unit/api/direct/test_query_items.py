from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

import pytest
from aws_cdk import Stack
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs import (
    PathParameter,
    ProvisionedApi,
    QueryItems,
)
from tests.unit.api.direct.support import DeployedRoute, deployed, request
from tests.unit.api.direct.tables import Line, new_table


@pytest.fixture(scope="module")
def query() -> DeployedRoute:
    def build(stack: Stack) -> None:
        direct = QueryItems(
            new_table(stack, sorted_by="at", number=True),
            key={"id": PathParameter("id")},
            answer=Line,
            limit=20,
            newest_first=True,
            consistent_read=True,
        )
        ProvisionedApi(stack, "Api").get("/products/{id}/lines", direct)

    return deployed(build, "GET")


class TestQueryItems:
    def test_it_asks_for_the_first_page(self, query: DeployedRoute) -> None:
        call = json.loads(query.request(request(path={"id": "7"})))
        assert call["KeyConditionExpression"].split(" = ")[1] == ":partition"
        assert call["ExpressionAttributeNames"][call["KeyConditionExpression"].split(" = ")[0]] == "id"
        assert call["ExpressionAttributeValues"] == {":partition": {"N": "7"}}
        asked = [call["ExpressionAttributeNames"][name] for name in call["ProjectionExpression"].split(",")]
        assert asked == ["sku", "quantity", "note"]
        assert (call["Limit"], call["ScanIndexForward"], call["ConsistentRead"]) == (20, False, True)
        assert "ExclusiveStartKey" not in call

    def test_the_next_page_stays_in_the_partition(self, query: DeployedRoute) -> None:
        call = json.loads(query.request(request(path={"id": "7"}, querystring={"after": "2026"})))
        assert call["ExclusiveStartKey"] == {"id": {"N": "7"}, "at": {"S": "2026"}}
        assert (
            cast("Mapping[str, bool]", query.properties["RequestParameters"])["method.request.querystring.after"]
            is False
        )

    def test_it_answers_a_page_and_where_the_next_one_begins(self, query: DeployedRoute) -> None:
        found = {"Items": [{"sku": {"S": "A"}, "quantity": {"N": "2"}}, {"sku": {"S": "B"}, "quantity": {"N": "1"}}]}
        lines = [{"sku": "A", "quantity": 2, "note": None}, {"sku": "B", "quantity": 1, "note": None}]
        assert query.answer(200, found, request()).document == {"items": lines, "next": None}
        more = {**found, "LastEvaluatedKey": {"id": {"N": "7"}, "at": {"S": "it's"}}}
        assert query.answer(200, more, request()).document == {"items": lines, "next": "it's"}
        assert query.answer(200, {"Items": []}, request()).document == {"items": [], "next": None}

    def test_an_item_without_a_note_does_not_get_that_of_the_item_before(self, query: DeployedRoute) -> None:
        found = {"Items": [{"sku": {"S": "A"}, "quantity": {"N": "2"}, "note": {"S": "x"}}, {"sku": {"S": "B"}}]}
        items = cast("list[dict[str, object]]", query.answer(200, found, request()).document["items"])
        assert [item["note"] for item in items] == ["x", None]

    @settings(max_examples=30, deadline=None)
    @given(after=st.text(min_size=1), id=st.text(min_size=1))
    def test_no_value_breaks_out_of_its_place(self, query: DeployedRoute, after: str, id: str) -> None:
        call = json.loads(query.request(request(path={"id": id}, querystring={"after": after})))
        assert call["ExclusiveStartKey"] == {"id": {"N": id}, "at": {"S": after}}
        assert call["Limit"] == 20

    def test_the_role_may_query_thisnew_table(self, query: DeployedRoute) -> None:
        (statement,) = query.statements
        assert statement["Action"] == "dynamodb:Query"
