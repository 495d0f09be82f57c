"""The function that what Lambda discarded belongs to: the one that has the queue, or a named one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from best_practice_constructs.operations.queue_address import RedriveError
from tests.unit.operations.redrive_support import (
    FUNCTION_ARN,
    FakeAws,
    arn_of,
    discarded_invocation,
    find,
    send,
)
from tests.unit.runtime.support import order_placed

ORDER = order_placed()


class TestDiscardedInvocations:
    """What Lambda sends to the dead-letter queue of a function, which it does not name."""

    LATEST = FUNCTION_ARN.replace(":live", ":$LATEST")

    def dead_letters(self, aws: FakeAws) -> str:
        dead = aws.queue("discarded")
        send(aws, dead, discarded_invocation(), body=ORDER)
        return dead

    def functions(self, aws: FakeAws, *arns: str, dead: str) -> None:
        found = [{"FunctionArn": arn, "DeadLetterConfig": {"TargetArn": arn_of(dead)}} for arn in arns]
        other: dict[str, Any] = {"FunctionArn": "arn:other", "DeadLetterConfig": {"TargetArn": arn_of("other")}}
        pages: list[dict[str, Any]] = [
            {"Functions": [other, {"FunctionArn": "arn:none"}], "NextMarker": "2"},
            {"Functions": found},
        ]
        requests = [{"FunctionVersion": "ALL"}, {"FunctionVersion": "ALL", "Marker": "2"}]
        for page, request in zip(pages, requests, strict=True):
            aws.stub("lambda").add_response("list_functions", page, request)

    def test_the_one_function_that_has_the_queue_gets_the_event_as_it_was(self, fake_aws: FakeAws) -> None:
        dead = self.dead_letters(fake_aws)
        self.functions(fake_aws, self.LATEST, dead=dead)
        answer = {"StatusCode": 202, "ResponseMetadata": {"RequestId": "new"}}
        payload = json.dumps(ORDER).encode()
        request = {"FunctionName": self.LATEST, "InvocationType": "Event", "Payload": payload}
        fake_aws.stub("lambda").add_response("invoke", answer, request)
        run = fake_aws.run(dead, "--move", "--yes")
        assert run.status == 0
        assert "1 → the function note-order:$LATEST" in run.output
        assert fake_aws.bodies(dead) == []

    def test_of_several_versions_none_is_guessed_and_all_are_named(self, fake_aws: FakeAws) -> None:
        dead = self.dead_letters(fake_aws)
        version = FUNCTION_ARN.replace(":live", ":7")
        self.functions(fake_aws, self.LATEST, version, dead=dead)
        with pytest.raises(RedriveError, match="say which with --to FUNCTION_ARN, ending with the alias") as refusal:
            find(fake_aws, dead)
        assert f"{self.LATEST}, {version}" in str(refusal.value)

    def test_where_no_function_has_the_queue_none_is_guessed(self, fake_aws: FakeAws) -> None:
        dead = self.dead_letters(fake_aws)
        self.functions(fake_aws, dead=dead)
        with pytest.raises(RedriveError, match="none has this dead-letter queue any more: say which with --to"):
            find(fake_aws, dead)

    def test_functions_that_cannot_be_listed_are_told(self, fake_aws: FakeAws) -> None:
        dead = self.dead_letters(fake_aws)
        fake_aws.stub("lambda").add_client_error("list_functions", "AccessDeniedException", "no")
        with pytest.raises(RedriveError, match=r"AccessDeniedException: no\): allow lambda:ListFunctions"):
            find(fake_aws, dead)

    def test_a_subscription_is_not_asked_for_although_the_policy_admits_a_topic(self, fake_aws: FakeAws) -> None:
        statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}
        dead = fake_aws.queue("shared", Policy=json.dumps({"Statement": statement}))
        send(fake_aws, dead, discarded_invocation())
        self.functions(fake_aws, self.LATEST, dead=dead)
        assert find(fake_aws, dead).label == "the function note-order:$LATEST"

    def test_it_goes_to_the_function_that_is_named(self, fake_aws: FakeAws) -> None:
        dead = self.dead_letters(fake_aws)
        assert find(fake_aws, dead, to=FUNCTION_ARN).label == "the function note-order:live"
