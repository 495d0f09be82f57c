from __future__ import annotations

from typing import cast

import pytest
from aws_cdk import Stack

from best_practice_constructs import (
    Claim,
    DirectIntegration,
    GetItem,
    InvalidArgumentError,
    PathParameter,
    ProvisionedApi,
    PutItem,
    QueryItems,
    QueryParameter,
    UpdateItem,
)
from tests.unit.api.direct.tables import Line, new_table

KEY = {"id": PathParameter("id")}


class TestErrors:
    @pytest.mark.parametrize(
        ("direct", "words"),
        [
            (
                lambda table: GetItem(table, key={"other": PathParameter("id")}, answer=Line),
                "key of the table is id",
            ),
            (lambda table: GetItem(table, key={"id": Claim("sub")}, answer=Line), "only tokens of a user pool"),
            (lambda table: GetItem(table, key=KEY, answer=str), "no declared fields"),
            (lambda table: QueryItems(table, key=KEY, answer=Line), "without a sort key"),
            (
                lambda table: QueryItems(table, key=KEY, answer=Line, sort_key="at", limit=1001),
                "1000 rounds",
            ),
            (
                lambda table: QueryItems(table, key=KEY, answer=Line, sort_key="at", after="a'b"),
                "has other signs",
            ),
            (lambda table: PutItem(table, key=KEY), "declares no body"),
            (
                lambda table: UpdateItem(table, key=KEY, answer=Line, with_body=False),
                "nothing would be changed",
            ),
            (lambda table: GetItem(table, key={"id": QueryParameter("q")}, answer=Line), "lets it be missing"),
        ],
    )
    def test_what_cannot_work_is_refused_at_construction(self, stack: Stack, direct: object, words: str) -> None:
        api = ProvisionedApi(stack, "Api")
        build = cast("type[DirectIntegration]", direct)
        with pytest.raises(InvalidArgumentError, match=words) as error:
            api.get("/orders/{id}", build(new_table(stack)), query={"q": False})  # type: ignore[call-arg] # a function
        assert "GET /orders/{id}" in str(error.value)
