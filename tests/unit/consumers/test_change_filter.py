"""Filters of a table's changes: exactly the pattern that Lambda takes, or an error that says what to write."""

from __future__ import annotations

import json
from typing import cast

import pytest
from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs import ChangeFilter, IdempotentQueueConsumer, InvalidArgumentError, StreamConsumer
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import only_resource


@pytest.mark.parametrize(
    ("changes", "pattern"),
    [
        (ChangeFilter(event_names=["INSERT"]), {"eventName": ["INSERT"]}),
        (ChangeFilter(keys={"fact": "INVOICE"}), {"dynamodb": {"Keys": {"fact": {"S": ["INVOICE"]}}}}),
        (
            ChangeFilter(
                event_names=("MODIFY", "REMOVE"),
                keys={"id": ["a", "b"], "part": 7},
                before={"is_paid": False},
                after={"is_paid": [True], "cents": [100, -1]},
            ),
            {
                "eventName": ["MODIFY", "REMOVE"],
                "dynamodb": {
                    "Keys": {"id": {"S": ["a", "b"]}, "part": {"N": ["7"]}},
                    "OldImage": {"is_paid": {"BOOL": [False]}},
                    "NewImage": {"is_paid": {"BOOL": [True]}, "cents": {"N": ["100", "-1"]}},
                },
            },
        ),
    ],
)
def test_the_pattern_has_the_types_and_texts_of_dynamodb(changes: ChangeFilter, pattern: object) -> None:
    assert changes.pattern() == pattern


@given(
    st.one_of(st.lists(st.text(), min_size=1), st.lists(st.integers(), min_size=1), st.lists(st.booleans(), min_size=1))
)
def test_every_value_is_matched_as_its_own_type(values: list[str] | list[int] | list[bool]) -> None:
    pattern = ChangeFilter(after={"value": values}).pattern()
    ((kind, texts),) = cast("dict[str, dict[str, dict[str, dict[str, list[object]]]]]", pattern)["dynamodb"][
        "NewImage"
    ]["value"].items()
    assert [int(str(text)) if kind == "N" else text for text in texts] == values


def test_sets_have_one_order() -> None:
    changes = ChangeFilter(event_names={"REMOVE", "INSERT"}, keys={"fact": {"c", "a", "b"}})
    assert changes.pattern() == {
        "eventName": ["INSERT", "REMOVE"],
        "dynamodb": {"Keys": {"fact": {"S": ["a", "b", "c"]}}},
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "it lets everything through"),
        ({"event_names": ["INSERT", "MODIFY", "REMOVE"]}, "it lets everything through"),
        ({"event_names": []}, "List those that are wanted"),
        ({"event_names": "INSERT"}, "List those that are wanted"),
        ({"event_names": ["UPDATE"]}, "DynamoDB tells of INSERT, MODIFY, REMOVE"),
        ({"keys": {"fact": []}}, "it matches nothing, ever"),
        ({"event_names": ["REMOVE"], "after": {"a": "b"}}, "would never match"),
        ({"event_names": ["INSERT"], "before": {"a": "b"}}, "would never match"),
        ({"keys": {"fact": ["a", 1]}}, "all of one type"),
        ({"after": {"price": 9.9}}, "whole numbers"),
        ({"after": {"note": [None]}}, "Ask for the rest in the handler"),
    ],
)
def test_what_cannot_match_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        ChangeFilter(**options)  # type: ignore[arg-type] # what is wrong is tested


def test_a_consumer_of_a_table_is_given_what_its_filters_let_through(stack: Stack) -> None:
    table = dynamodb.Table(
        stack,
        "Table",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        stream=dynamodb.StreamViewType.NEW_IMAGE,
    )
    inserted = ChangeFilter(event_names=["INSERT"])
    removed = lambda_.FilterCriteria.filter({"eventName": lambda_.FilterRule.is_equal("REMOVE")})
    StreamConsumer(
        stack,
        "C",
        stream=table,
        starting_position=lambda_.StartingPosition.TRIM_HORIZON,
        filters=[inserted, removed],
        entry=ENTRY,
        handler=HANDLER,
    )
    mapping = only_resource(Template.from_stack(stack), "AWS::Lambda::EventSourceMapping")
    filters = cast("dict[str, list[dict[str, str]]]", mapping["FilterCriteria"])["Filters"]
    assert [json.loads(each["Pattern"]) for each in filters] == [{"eventName": ["INSERT"]}, {"eventName": ["REMOVE"]}]


def test_a_stream_of_kinesis_has_no_changes_to_filter(stack: Stack) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^Stack/C: a ChangeFilter for a stream of Kinesis cannot work"):
        StreamConsumer(
            stack,
            "C",
            stream=kinesis.Stream(stack, "Stream"),
            starting_position=lambda_.StartingPosition.LATEST,
            filters=[ChangeFilter(event_names=["INSERT"])],
            entry=ENTRY,
            handler=HANDLER,
        )


@pytest.mark.parametrize("given", [{"eventName": ["INSERT"]}, "INSERT", Stack])
def test_what_is_no_filter_of_a_table_names_the_change_filter_first(stack: Stack, given: object) -> None:
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    table = dynamodb.Table(stack, "T", partition_key=key, stream=dynamodb.StreamViewType.NEW_IMAGE)
    with pytest.raises(InvalidArgumentError) as error:
        StreamConsumer(
            stack,
            "C",
            stream=table,
            starting_position=lambda_.StartingPosition.LATEST,
            entry=ENTRY,
            handler=HANDLER,
            filters=cast("list[ChangeFilter]", [given]),
        )
    assert error.value.path == "Stack/C"
    assert error.value.remedy.startswith("pass a ChangeFilter, such as ChangeFilter(event_names=['INSERT']")


def test_a_change_filter_of_a_queue_is_refused(stack: Stack) -> None:
    inserted = cast("dict[str, object]", ChangeFilter(event_names=["INSERT"]))
    with pytest.raises(InvalidArgumentError, match=r"^Stack/C: a ChangeFilter for a queue .*'body'"):
        IdempotentQueueConsumer(stack, "C", entry=ENTRY, handler=HANDLER, filters=[inserted])
