from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from aws_cdk import Stack
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs import (
    BodyField,
    PathParameter,
    ProvisionedApi,
    RequestTime,
    UpdateItem,
)
from tests.unit.api.direct.support import DeployedRoute, deployed, request
from tests.unit.api.direct.tables import new_table


@dataclass(frozen=True, kw_only=True)
class Renaming:
    name: str
    version: int
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Product:
    name: str
    version: int


@pytest.fixture(scope="module")
def update() -> DeployedRoute:
    def build(stack: Stack) -> None:
        direct = UpdateItem(
            new_table(stack),
            key={"id": PathParameter("id")},
            attributes={"changed_at": RequestTime()},
            only_if={"version": BodyField("version")},
            answer=Product,
        )
        ProvisionedApi(stack, "Api").patch("/products/{id}", direct, body=Renaming)

    return deployed(build, "PATCH")


CONDITION_FAILED = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"


class TestUpdateItem:
    def test_it_sets_what_is_there(self, update: DeployedRoute) -> None:
        for note, names in (
            (None, ["changed_at", "name", "version"]),
            ("new", ["changed_at", "name", "note", "version"]),
        ):
            body = {"name": "N", "version": 3} | ({"note": note} if note else {})
            call = json.loads(update.request(request(body, path={"id": "7"})))
            used = call["ExpressionAttributeNames"]
            changes = dict(part.split(" = ") for part in call["UpdateExpression"].removeprefix("SET ").split(", "))
            assert sorted(used[name] for name in changes) == names
            values = {used[name]: call["ExpressionAttributeValues"][value] for name, value in changes.items()}
            assert values["name"] == {"S": "N"}
            assert values.get("note") == ({"S": note} if note else None)
            exists, same = call["ConditionExpression"].split(" AND ")
            assert used[exists.removeprefix("attribute_exists(").removesuffix(")")] == "id"
            name, value = same.split(" = ")
            assert (used[name], call["ExpressionAttributeValues"][value]) == ("version", {"N": "3"})
            # DynamoDB refuses names and values that no expression uses.
            assert set(used) == {*changes, "#n0", name}
            assert set(call["ExpressionAttributeValues"]) == {*changes.values(), value}

    def test_it_answers_with_the_item_as_it_is_now(self, update: DeployedRoute) -> None:
        now = {"Attributes": {"name": {"S": "N"}, "version": {"N": "3"}, "secret": {"S": "s"}}}
        answer = update.answer(200, now, request())
        assert answer.status == 200
        assert answer.document == {"name": "N", "version": 3}

    def test_what_is_not_there_is_told_from_what_has_changed(self, update: DeployedRoute) -> None:
        missing = update.answer(400, {"__type": CONDITION_FAILED}, request())
        changed = update.answer(400, {"__type": CONDITION_FAILED, "Item": {"name": {"S": "M"}}}, request())
        assert (missing.status, changed.status) == (404, 409)

    @settings(max_examples=30, deadline=None)
    @given(name=st.text(), note=st.none() | st.text(), version=st.integers())
    def test_no_value_breaks_out_of_its_place(
        self, update: DeployedRoute, name: str, note: str | None, version: int
    ) -> None:
        body = {"name": name, "note": note, "version": version}
        call = json.loads(update.request(request(body, path={"id": name or "x"})))
        assert call["Key"] == {"id": {"S": name or "x"}}
        values = list(call["ExpressionAttributeValues"].values())
        assert {"S": name} in values
        assert {"N": str(version)} in values
        assert len(values) == (5 if note else 4)
        assert call["ReturnValues"] == "ALL_NEW"
