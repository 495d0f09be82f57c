"""The call that is made of a request."""

from __future__ import annotations

import pytest

from best_practice_constructs.local.gateway.integration import Integration, MethodRequest, read_integration
from best_practice_constructs.local.gateway.service_call import (
    UnsupportedMediaTypeError,
    make_service_call,
    media_type,
)
from best_practice_constructs.local.mapping_templates import MappingTemplateError

PREFIX = "arn:aws:apigateway:eu-west-1"
CONTEXT = {"httpMethod": "PATCH", "resourcePath": "/orders", "apiId": "abc", "stage": "prod"}


def request(body: bytes = b"{}", **header: str) -> MethodRequest:
    named = {name.replace("_", "-"): value for name, value in header.items()}
    return MethodRequest(account="0", body=body, header=named, path={"id": "a/b c"}, context=CONTEXT)


def test_an_action_of_a_json_service_is_named_in_a_header() -> None:
    call = make_service_call(Integration(uri=f"{PREFIX}:dynamodb:action/PutItem"), request(b'{"a": 1}'))
    assert (call.service, call.region, call.method, call.path, call.query) == ("dynamodb", "eu-west-1", "POST", "/", "")
    assert call.header == {
        "x-amz-target": "DynamoDB_20120810.PutItem",
        "content-type": "application/x-amz-json-1.0",
        "accept": "application/json",
    }
    assert call.body == b'{"a": 1}'


@pytest.mark.parametrize(
    ("service", "action", "target"),
    [
        ("events", "PutEvents", "AWSEvents.PutEvents"),
        ("states", "StartExecution", "AWSStepFunctions.StartExecution"),
        ("kinesis", "PutRecord", "Kinesis_20131202.PutRecord"),
    ],
)
def test_services_have_their_own_targets(service: str, action: str, target: str) -> None:
    call = make_service_call(Integration(uri=f"{PREFIX}:{service}:action/{action}"), request())
    assert call.header["x-amz-target"] == target


@pytest.mark.parametrize(("service", "version"), [("sns", "2010-03-31"), ("sqs", "2012-11-05")])
def test_an_action_of_a_query_service_is_named_in_the_query(service: str, version: str) -> None:
    integration = Integration(
        uri=f"{PREFIX}:{service}:action/Do", parameters={"integration.request.querystring.Message": "'a b&c'"}
    )
    call = make_service_call(integration, request(b"x=1"))
    assert call.query == f"Message=a%20b%26c&Action=Do&Version={version}"
    assert call.header["content-type"] == "application/x-www-form-urlencoded"


def test_a_path_is_filled_and_encoded() -> None:
    integration = Integration(
        uri=f"{PREFIX}:s3:path/bucket/{{key}}",
        method="GET",
        parameters={"integration.request.path.key": "method.request.path.id"},
    )
    call = make_service_call(integration, request(b""))
    assert (call.method, call.path, call.body) == ("GET", "/bucket/a%2Fb%20c", b"")


def test_any_is_the_method_of_the_request() -> None:
    call = make_service_call(Integration(uri=f"{PREFIX}:s3:path/bucket", method="ANY"), request())
    assert call.method == "PATCH"


def test_what_is_mapped_wins_over_what_is_made_up() -> None:
    integration = Integration(
        uri=f"{PREFIX}:events:action/PutEvents",
        parameters={
            "integration.request.header.X-Amz-Target": "'AWSEvents.Other'",
            "integration.request.header.Content-Type": "'application/x-amz-json-1.1'",
        },
    )
    header = make_service_call(integration, request()).header
    assert header["x-amz-target"] == "AWSEvents.Other"
    assert header["content-type"] == "application/x-amz-json-1.1"


def test_the_template_of_the_content_type_is_run() -> None:
    integration = Integration(
        uri=f"{PREFIX}:dynamodb:action/PutItem",
        templates={"text/plain": "other", "application/json": "$input.params('id') $context.stage"},
    )
    for given in (request(), request(content_type="Application/JSON; charset=utf-8")):
        assert make_service_call(integration, given).body == b"a/b c prod"
    assert make_service_call(integration, request(content_type="text/plain")).body == b"other"


def test_a_template_overrides_parameters() -> None:
    template = """#set($context.requestOverride.path.key = "other")
#set($context.requestOverride.header.X-One = "1")#set($context.requestOverride.querystring.q = "2")"""
    integration = Integration(
        uri=f"{PREFIX}:s3:path/bucket/{{key}}",
        parameters={"integration.request.path.key": "'one'", "integration.request.header.x-one": "'0'"},
        templates={"application/json": template},
    )
    call = make_service_call(integration, request())
    assert (call.path, call.query, call.header["x-one"]) == ("/bucket/other", "q=2", "1")


@pytest.mark.parametrize(
    ("passthrough", "templates", "passes"),
    [
        ("WHEN_NO_MATCH", True, True),
        ("WHEN_NO_MATCH", False, True),
        ("WHEN_NO_TEMPLATES", True, False),
        ("WHEN_NO_TEMPLATES", False, True),
        ("NEVER", True, False),
        ("NEVER", False, False),
    ],
)
def test_a_body_without_template_passes_where_it_may(passthrough: str, templates: bool, passes: bool) -> None:  # noqa: FBT001 -- a case of the table
    integration = Integration(
        uri=f"{PREFIX}:dynamodb:action/PutItem",
        passthrough=passthrough,
        templates={"application/json": "made"} if templates else {},
    )
    given = request(b"<a/>", content_type="text/xml")
    if passes:
        assert make_service_call(integration, given).body == b"<a/>"
    else:
        with pytest.raises(UnsupportedMediaTypeError, match="text/xml"):
            make_service_call(integration, given)


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("arn:aws:lambda:eu-west-1:0:function:f", "is no address of a service's action or path"),
        (f"{PREFIX}:s3:action/ListBuckets", "s3 has no actions over HTTP"),
        (f"{PREFIX}:nothing:action/Do", "no service 'nothing'"),
        (f"{PREFIX}:s3:path/bucket/{{key}}", r"nothing is mapped to integration\.request\.path\.key"),
    ],
)
def test_an_integration_that_cannot_work_says_why(uri: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        make_service_call(Integration(uri=uri), request())


def test_a_template_that_fails_names_its_method() -> None:
    integration = Integration(
        uri=f"{PREFIX}:dynamodb:action/PutItem", templates={"application/json": "$input.body.shout()"}
    )
    with pytest.raises(MappingTemplateError) as caught:
        make_service_call(integration, request())
    assert str(caught.value).startswith(
        "PATCH /orders (REST API abc, stage prod), request template for application/json: "
    )


def test_media_types_are_compared_without_their_parameters() -> None:
    assert media_type("text/HTML; q=1, application/json") == "text/html"
    assert media_type("") == "application/json"


def test_an_integration_is_read_as_api_gateway_tells_it() -> None:
    read = read_integration(
        {
            "uri": "u",
            "httpMethod": "GET",
            "credentials": None,
            "timeoutInMillis": 5000,
            "integrationResponses": {
                "200": {"statusCode": "200", "selectionPattern": None},
                "400": {"selectionPattern": r"4\d\d", "responseTemplates": {"application/json": "t"}},
            },
        }
    )
    assert (read.uri, read.method, read.credentials, read.timeout) == ("u", "GET", "", 5.0)
    assert [(answer.status, answer.pattern, dict(answer.templates)) for answer in read.responses] == [
        (200, "", {}),
        (400, r"4\d\d", {"application/json": "t"}),
    ]
