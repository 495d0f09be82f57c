"""What becomes of a service's answer."""

from __future__ import annotations

import json

import pytest

from best_practice_constructs.local.gateway.integration import Integration, IntegrationResponse, MethodRequest
from best_practice_constructs.local.gateway.integration_answer import MethodResponse, make_method_response
from best_practice_constructs.local.gateway.service_answer import (
    ServiceAnswer,
    answer_as_json,
    as_the_service_denies,
    refusal,
)
from best_practice_constructs.local.gateway.service_call import ServiceCall
from best_practice_constructs.local.mapping_templates import MappingTemplateError, RenderedTemplate

CALL = ServiceCall(service="dynamodb", region="us-east-1", method="POST", path="/")
CREATED = IntegrationResponse(status=201, pattern=r"2\d\d")
REFUSED = IntegrationResponse(status=409, pattern="400")
OTHERWISE = IntegrationResponse(status=500)


def answered(
    *responses: IntegrationResponse,
    answer: ServiceAnswer,
    call: ServiceCall = CALL,
    **header: str,
) -> MethodResponse:
    request = MethodRequest(account="0", header=header, context={"requestId": "r1"}, path={"id": "p"})
    return make_method_response(Integration(uri="", responses=tuple(responses)), request, call=call, answer=answer)


@pytest.mark.parametrize(("given", "status"), [(200, 201), (204, 201), (400, 409), (404, 500), (500, 500)])
def test_the_pattern_of_the_status_decides(given: int, status: int) -> None:
    # The one without a pattern is for all others, wherever it stands.
    response = answered(OTHERWISE, CREATED, REFUSED, answer=ServiceAnswer(status=given, body=b"x"))
    assert (response.status, response.body, response.header) == (status, b"x", {"Content-Type": "application/json"})


def test_a_pattern_fits_the_whole_status() -> None:
    with pytest.raises(ValueError, match="no integration response is for 400, and there is none without a pattern"):
        answered(IntegrationResponse(status=200, pattern="4"), answer=ServiceAnswer(status=400))


def test_a_pattern_that_cannot_be_read_is_told() -> None:
    with pytest.raises(ValueError, match=r"selection pattern '\(' is no regular expression"):
        answered(IntegrationResponse(status=200, pattern="("), answer=ServiceAnswer(status=400))


def test_a_failed_function_is_matched_by_its_message() -> None:
    call = ServiceCall(service="lambda", region="us-east-1", method="POST", path="/")
    missing = IntegrationResponse(status=404, pattern=r"\[404\].*")
    fine = IntegrationResponse(status=200)
    body = json.dumps({"errorMessage": "[404] no\nprice"}).encode()
    failed = ServiceAnswer(status=200, header={"X-Amz-Function-Error": "Unhandled"}, body=body)
    assert answered(fine, missing, call=call, answer=failed).status == 404
    assert answered(fine, missing, call=call, answer=ServiceAnswer(status=200, body=body)).status == 200


def test_a_template_is_run_on_the_answer_with_the_request_s_parameters() -> None:
    templates = {"text/plain": "plain", "application/json": "$input.path('$.a') $input.params('id') $context.requestId"}
    response = IntegrationResponse(status=200, templates=templates)
    answer = ServiceAnswer(status=200, body=b'{"a": 1}')
    assert answered(response, answer=answer).body == b"1 p r1"
    assert answered(response, answer=answer, accept="*/*").body == b"1 p r1"
    plain = answered(response, answer=answer, accept="text/plain, */*")
    assert (plain.body, plain.header) == (b"plain", {"Content-Type": "text/plain"})
    only = IntegrationResponse(status=200, templates={"application/xml": "<a/>"})
    assert answered(only, answer=answer).header == {"Content-Type": "application/xml"}


def test_bytes_pass_as_they_are() -> None:
    assert answered(OTHERWISE, answer=ServiceAnswer(status=200, body=b"\xff\x00")).body == b"\xff\x00"


def test_headers_are_mapped_and_overridden() -> None:
    template = """#set($context.responseOverride.status = 404)
#set($context.responseOverride.header.content-type = "text/x")"""
    response = IntegrationResponse(
        status=200,
        templates={"application/json": template},
        parameters={
            "method.response.header.Content-Type": "integration.response.header.Content-Type",
            "method.response.header.ETag": "integration.response.header.etag",
        },
    )
    answer = ServiceAnswer(status=200, header={"content-type": "image/png", "ETag": "e1"})
    made = answered(response, answer=answer)
    assert (made.status, made.header) == (404, {"ETag": "e1", "content-type": "text/x"})


def test_a_request_s_template_may_set_the_status_too() -> None:
    call = ServiceCall(
        service="sqs",
        region="us-east-1",
        method="POST",
        path="/",
        overrides=RenderedTemplate(text="", status=207, response_headers={"A": "1"}),
    )
    made = answered(OTHERWISE, call=call, answer=ServiceAnswer(status=200))
    assert (made.status, made.header["A"]) == (207, "1")


def test_a_template_that_fails_names_itself() -> None:
    response = IntegrationResponse(status=200, templates={"application/json": "$input.body.shout()"})
    with pytest.raises(MappingTemplateError, match="response template for 200, application/json: "):
        answered(response, answer=ServiceAnswer(status=200))


def test_answers_of_the_query_protocol_become_json() -> None:
    body = b"""<?xml version="1.0"?><PublishResponse xmlns="https://sns.amazonaws.com/doc/2010-03-31/">
        <PublishResult><MessageId>m1</MessageId><Entries><member>a</member><member>b</member></Entries></PublishResult>
        <ResponseMetadata><RequestId>r1</RequestId></ResponseMetadata></PublishResponse>"""
    answer = answer_as_json(ServiceAnswer(status=200, body=body), service="sns")
    assert json.loads(answer.body) == {
        "PublishResponse": {
            "PublishResult": {"MessageId": "m1", "Entries": ["a", "b"]},
            "ResponseMetadata": {"RequestId": "r1"},
        }
    }
    failed = b"<ErrorResponse><Error><Code>NotFound</Code></Error><RequestId>r</RequestId></ErrorResponse>"
    assert json.loads(answer_as_json(ServiceAnswer(status=404, body=failed), service="sns").body) == {
        "Error": {"Code": "NotFound"},
        "RequestId": "r",
    }
    for service, same in (("s3", body), ("sns", b"<no xml"), ("sqs", b'{"a": 1}')):
        assert answer_as_json(ServiceAnswer(status=200, body=same), service=service).body == same


def test_a_refusal_is_told_and_has_the_service_s_status() -> None:
    denied = ServiceAnswer(status=403, body=b'{"__type": "AccessDeniedException"}')
    assert as_the_service_denies(denied).status == 400
    assert as_the_service_denies(ServiceAnswer(status=403, body=b"other")).status == 403
    assert "AccessDeniedException" in refusal(denied)
    assert refusal(ServiceAnswer(status=400, body=b'{"__type": "ConditionalCheckFailedException"}')) == ""
    assert refusal(ServiceAnswer(status=200, body=b"AccessDenied")) == ""
