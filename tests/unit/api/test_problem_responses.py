from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs.api.access_log import ACCESS_LOG_FORMAT
from best_practice_constructs.api.problem_responses import PROBLEM_RESPONSES


@pytest.mark.parametrize("name", PROBLEM_RESPONSES)
@settings(max_examples=25)
@given(message=st.text(), request_id=st.uuids())
def test_the_body_is_a_problem_document_whatever_the_gateway_says(name: str, message: str, request_id: object) -> None:
    response = PROBLEM_RESPONSES[name]
    # As API Gateway does it: messageString is the message with its quotes, requestId is plain.
    body = response.template.replace("$context.error.messageString", json.dumps(message))
    document = json.loads(body.replace("$context.requestId", str(request_id)))
    assert document.get("status") == response.status
    assert document["title"]
    assert document["instance"] == f"urn:request:{request_id}"
    assert document["detail"] == (response.detail or message).replace("$context.requestId", str(request_id))
    assert "$context" not in response.template.replace("$context.error.messageString", "").replace(
        "$context.requestId", ""
    )


def test_a_throttled_client_is_told_when_to_come_back() -> None:
    assert PROBLEM_RESPONSES["Throttled"].headers(None)["Retry-After"] == "'1'"
    assert "Retry-After" not in PROBLEM_RESPONSES["Unauthorized"].headers(None)


def test_the_access_log_is_json_of_context_values() -> None:
    fields = json.loads(ACCESS_LOG_FORMAT)
    assert fields["status"] == "$context.status"
    assert all(str(value).startswith("$context.") for value in fields.values())
