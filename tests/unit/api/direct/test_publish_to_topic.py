from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qsl

import pytest
from aws_cdk import Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs import BodyField, InvalidArgumentError, ProvisionedApi, PublishToTopic, RequestId
from tests.unit.api.direct.support import DeployedRoute, deployed, request


@dataclass(frozen=True, kw_only=True)
class Notice:
    kind: str
    text: str


@pytest.fixture(scope="module")
def route() -> DeployedRoute:
    def build(stack: Stack) -> None:
        topic = sns.Topic(stack, "Notices", master_key=kms.Key(stack, "Key"))
        direct = PublishToTopic(topic, attributes={"kind": BodyField("kind")}, location="notices/{request_id}")
        ProvisionedApi(stack, "Api").post("/notices", direct, body=Notice)

    return deployed(build, "POST")


@settings(max_examples=30, deadline=None)
@given(kind=st.text(), text=st.text())
def test_no_value_breaks_out_of_its_place(route: DeployedRoute, kind: str, text: str) -> None:
    given = request({"kind": kind, "text": text})
    fields = parse_qsl(route.request(given), keep_blank_values=True, strict_parsing=True)
    (topic,) = [value for name, value in fields if name == "TopicArn"]
    assert topic.startswith("Notices")
    assert [field for field in fields if field[0] != "TopicArn"] == [
        ("Action", "Publish"),
        ("Version", "2010-03-31"),
        ("Message", given.body),
        ("MessageAttributes.entry.1.Name", "kind"),
        ("MessageAttributes.entry.1.Value.DataType", "String"),
        ("MessageAttributes.entry.1.Value.StringValue", kind),
    ]


def test_the_role_may_publish_to_this_topic_and_use_its_key(route: DeployedRoute) -> None:
    publish, use = route.statements
    assert publish["Action"] == "sns:Publish"
    assert "Notices" in str(publish["Resource"])
    assert set(cast("list[str]", use["Action"])) == {"kms:Decrypt", "kms:GenerateDataKey"}


def test_it_is_called_by_its_query_protocol(route: DeployedRoute) -> None:
    assert ":sns:path//" in str(route.integration["Uri"])
    assert route.answer(200, {}, request(extendedRequestId="i")).status == 202


@pytest.mark.parametrize(
    ("code", "status"), [("Throttled", 429), ("InvalidParameter", 400), ("AuthorizationError", 500)]
)
def test_refusals_are_problem_documents(route: DeployedRoute, code: str, status: int) -> None:
    answer = route.answer(400, {"Error": {"Code": code, "Message": "secret"}}, request())
    assert answer.status == status
    assert "secret" not in answer.text


@pytest.mark.parametrize(("fifo", "group"), [(True, None), (None, RequestId())])
def test_groups_are_for_fifo_topics(stack: Stack, *, fifo: bool | None, group: RequestId | None) -> None:
    topic = sns.Topic(stack, "T", fifo=fifo)
    with pytest.raises(InvalidArgumentError, match="order by groups"):
        ProvisionedApi(stack, "Api").post("/n", PublishToTopic(topic, message_group_id=group), body=Notice)
