"""An API handler: typed bodies in, responses and problem documents out."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import assert_type

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs.runtime import (
    ApiHandler,
    ApiRequest,
    ApiResponse,
    EventPublisher,
    Problem,
    api_handler,
    clients,
)
from tests.unit.runtime.support import FakeContext, OrderCancelled, log_lines_in


@dataclass(frozen=True, kw_only=True)
class Line:
    """An article and how many of it."""

    product: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class NewOrder:
    """An order as a client writes it."""

    lines: list[Line]
    total: Decimal
    note: str | None = None
    tags: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.lines:
            raise ValueError("an order has lines")


def request_event(
    body: str | None = None, *, content_type: str | None = "application/json", **more: object
) -> dict[str, object]:
    """Return a request as API Gateway gives it."""
    headers = {} if content_type is None else {"content-type": content_type}
    return {
        "httpMethod": "POST",
        "path": "/orders",
        "headers": {"Host": "api", **headers},
        "multiValueHeaders": {"Host": ["api"], **{name: [value] for name, value in headers.items()}},
        "queryStringParameters": None,
        "pathParameters": None,
        "requestContext": {"requestId": "request-17", "identity": {"userArn": None, "sourceIp": "1.2.3.4"}},
        "body": body,
        "isBase64Encoded": False,
        **more,
    }


VALID = '{"lines": [{"product": "tea", "quantity": 2}], "total": "9.90"}'


@api_handler(body=NewOrder)
def echo(request: ApiRequest[NewOrder]) -> ApiResponse:
    assert_type(request.body, NewOrder)
    return ApiResponse(status=202, body=request.body, headers={"Location": "/orders/1", "Retry-After": "1"})


def test_a_typed_body_comes_in_and_a_typed_response_goes_out(context: FakeContext) -> None:
    response = echo(request_event(VALID), context)
    assert response["statusCode"] == 202
    assert response["headers"] == {
        "Content-Type": "application/json",
        "Location": "/orders/1",
        "Retry-After": "1",
    }
    assert json.loads(response["body"]) == {
        "lines": [{"product": "tea", "quantity": 2}],
        "total": "9.90",
        "note": None,
        "tags": [],
    }
    assert response["isBase64Encoded"] is False


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON; charset=UTF-8",
        'application/json;charset="utf-8"',
        "application/vnd.example.order+json",
        "application/merge-patch+json; charset=utf8; profile=x",
    ],
)
def test_json_by_any_name_is_taken(context: FakeContext, content_type: str) -> None:
    assert echo(request_event(VALID, content_type=content_type), context)["statusCode"] == 202


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "text/json", "application/xml", "application/jsonp", "application/json; charset=latin-1"],
)
def test_another_media_type_is_refused(context: FakeContext, content_type: str | None) -> None:
    response = echo(request_event(VALID, content_type=content_type), context)
    assert response["statusCode"] == 415
    assert response["headers"]["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "needs a JSON body"),
        ("", "needs a JSON body"),
        ("   ", "cannot be read as JSON"),
        ("{", "cannot be read as JSON"),
        ('{"lines": [], "total": NaN}', "cannot be read as JSON"),
        (VALID + VALID, "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ('{"tags":' + "[" * 100_000 + "]" * 100_000 + "}", "cannot be read as JSON"),
        ('{"other":' + "[" * 100_000 + "]" * 100_000 + "}", "cannot be read as JSON"),
        ("\ud800", "not UTF-8"),
        (VALID[:-1] + ', "total": "1"}', "'total' is there more than once"),
        (VALID[:-1] + ', "x": {"a": 1, "\\u0061": 2}}', "'a' is there more than once"),
        ('{"total": 1, "total": "x"}', "'total' is there more than once"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_not_json_is_a_bad_request(context: FakeContext, body: str | None, said: str) -> None:
    response = echo(request_event(body), context)
    assert response["statusCode"] == 400
    problem = json.loads(response["body"])
    assert said in problem["detail"]
    assert (problem["type"], problem["status"]) == ("about:blank", 400)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ("[]", "#"),
        ("null", "#"),
        ('{"total": "1"}', "#/lines"),
        ('{"lines": [{"product": "tea", "quantity": "2"}], "total": "1"}', "#/lines/0/quantity"),
        ('{"lines": [{"product": "tea"}], "total": "1"}', "#/lines/0/quantity"),
        ('{"lines": [{"product": "tea", "quantity": 2.5}], "total": "1"}', "#/lines/0/quantity"),
        ('{"lines": [{"product": "tea", "quantity": 2}], "total": "ten"}', "#/total"),
        ('{"lines": [{"product": "tea", "quantity": 2}], "total": "NaN"}', "#/total"),
        ('{"lines": [{"product": "tea", "quantity": 2}], "total": "Infinity"}', "#/total"),
        ('{"lines": [{"product": "tea", "quantity": 2}], "total": "1e999999"}', "#/total"),
        ('{"lines": [], "total": "1"}', "#"),
    ],
)
def test_a_value_of_another_type_is_named(context: FakeContext, body: str, pointer: str) -> None:
    response = echo(request_event(body), context)
    assert response["statusCode"] == 422
    problem = json.loads(response["body"])
    assert problem["errors"][0]["pointer"] == pointer
    assert problem["errors"][0]["detail"]


def test_a_body_in_base64_is_read_and_what_is_none_is_refused(context: FakeContext) -> None:
    encoded = base64.b64encode(VALID.encode()).decode()
    assert echo(request_event(encoded, isBase64Encoded=True), context)["statusCode"] == 202
    assert echo(request_event("?", isBase64Encoded=True), context)["statusCode"] == 400
    not_utf_8 = base64.b64encode(b'{"a": "\xff"}').decode()
    assert echo(request_event(not_utf_8, isBase64Encoded=True), context)["statusCode"] == 400


def test_numbers_keep_all_their_digits(context: FakeContext) -> None:
    @api_handler
    def handler(request: ApiRequest[None]) -> ApiResponse:
        return ApiResponse(
            status=200, body={"price": Decimal("0.10"), "at": datetime(2026, 1, 2, tzinfo=UTC), "none": None}
        )

    body = '{"lines": [{"product": "tea", "quantity": 2}], "total": 0.1000000000000000055511151231257827}'
    assert '"0.1000000000000000055511151231257827"' in echo(request_event(body), context)["body"]
    assert handler(request_event(), context)["body"] == '{"price":"0.10","at":"2026-01-02T00:00:00Z","none":null}'


def test_a_content_type_of_the_handler_stays(context: FakeContext) -> None:
    @api_handler
    def handler(request: ApiRequest[None]) -> ApiResponse:
        return ApiResponse(status=200, body={}, headers={"content-type": "application/geo+json"})

    assert handler(request_event(), context)["headers"] == {"content-type": "application/geo+json"}


def test_a_request_without_a_declared_body_is_given_as_it_is(context: FakeContext) -> None:
    seen: list[ApiRequest[None]] = []

    @api_handler()
    def handler(request: ApiRequest[None]) -> ApiResponse:
        seen.append(request)
        return ApiResponse(status=204)

    event = request_event(
        "not read",
        content_type="text/plain",
        httpMethod="GET",
        path="/test/orders/17",
        pathParameters={"order_id": "17"},
        queryStringParameters={"page": "2", "tag": "b"},
        multiValueHeaders={"Accept": ["a", "b"], "Idempotency-Key": ["k"]},
    )
    response = handler(event, context)
    assert (response["statusCode"], response["body"], response["headers"]) == (204, "", {})
    request = seen[0]
    assert (request.method, request.path, request.request_id, request.body) == (
        "GET",
        "/test/orders/17",
        "request-17",
        None,
    )
    assert request.path_parameters == {"order_id": "17"}
    assert request.query_parameters == {"page": "2", "tag": "b"}
    assert request.headers["IDEMPOTENCY-KEY"] == request.headers["idempotency-key"] == "k"
    assert request.headers["Accept"] == "a, b"
    assert "host" in request.headers
    assert request.headers.get("absent") is None
    assert set(request.headers) == {"host", "content-type", "accept", "idempotency-key"}
    assert request.caller is None


@pytest.mark.parametrize(
    ("request_context", "kind", "identity"),
    [
        ({"identity": {"userArn": "arn:aws:iam::1:user/anna"}}, "iam", "arn:aws:iam::1:user/anna"),
        ({"authorizer": {"claims": {"sub": "anna", "email": "a@example.com"}}}, "cognito", "anna"),
        ({"authorizer": {"principalId": "anna", "plan": 1}}, "custom", "anna"),
    ],
)
def test_the_caller_is_who_the_authorizer_found(
    context: FakeContext, request_context: dict[str, object], kind: str, identity: str
) -> None:
    @api_handler
    def handler(request: ApiRequest[None]) -> ApiResponse:
        caller = request.caller
        assert caller is not None
        return ApiResponse(status=200, body={"kind": caller.kind, "identity": caller.identity, **caller.claims})

    body = json.loads(handler(request_event(requestContext=request_context), context)["body"])
    assert (body["kind"], body["identity"]) == (kind, identity)


def test_a_problem_is_answered_as_a_problem_document(context: FakeContext) -> None:
    @api_handler
    def handler(request: ApiRequest[None]) -> ApiResponse:
        raise Problem(
            status=429,
            detail="Ten orders a minute.",
            type="https://example.com/problems/pace",
            headers={"Retry-After": "6"},
            limit=10,
        )

    response = handler(request_event(), context)
    assert response["statusCode"] == 429
    assert response["headers"] == {"Retry-After": "6", "Content-Type": "application/problem+json"}
    assert json.loads(response["body"]) == {
        "type": "https://example.com/problems/pace",
        "title": "Too Many Requests",
        "status": 429,
        "detail": "Ten orders a minute.",
        "limit": 10,
    }


@pytest.mark.parametrize("fault", [RuntimeError("the password is 123"), None])
def test_what_goes_wrong_inside_stays_inside(
    context: FakeContext, capsys: pytest.CaptureFixture[str], fault: Exception | None
) -> None:
    @api_handler
    def handler(request: ApiRequest[None]) -> ApiResponse:
        if fault:
            raise fault
        return ApiResponse(status=200, body={"not": object()})

    response = handler(request_event(), context)
    assert response["statusCode"] == 500
    assert json.loads(response["body"]) == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "The request could not be answered.",
        "request_id": "request-17",
    }
    (line,) = [line for line in log_lines_in(capsys.readouterr().out) if line["level"] == "ERROR"]
    assert line["correlation_id"] == "request-17"
    assert ("123" if fault else "object") in str(line["exception"])


def test_events_that_follow_from_a_request_carry_its_id(context: FakeContext, monkeypatch: pytest.MonkeyPatch) -> None:
    entries: list[dict[str, str]] = []

    class Events:
        def put_events(self, *, Entries: list[dict[str, str]]) -> dict[str, object]:  # noqa: N803 -- the API's name
            entries.extend(Entries)
            return {"Entries": [{"EventId": "e"}]}

    clients.use("events", Events())
    monkeypatch.setenv("EVENT_BUS_NAME", "shop")

    @api_handler
    def handler(request: ApiRequest[None]) -> ApiResponse:
        EventPublisher().publish(OrderCancelled(order_id="1"))
        return ApiResponse(status=202)

    assert handler(request_event(), context)["statusCode"] == 202
    metadata = json.loads(entries[0]["Detail"])["metadata"]
    assert (metadata["correlation_id"], metadata["causation_id"]) == ("request-17", None)


def test_type_checkers_see_that_handler_and_body_do_not_fit() -> None:
    def wrong(request: ApiRequest[Line]) -> ApiResponse:
        return ApiResponse(status=200, body=request.body.product)

    assert_type(echo, ApiHandler[NewOrder])
    decorate = api_handler(body=NewOrder)
    handler = decorate(wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the fault
    assert vars(handler)["__wrapped__"] is wrong


def test_the_function_itself_stays_in_reach() -> None:
    request = ApiRequest(
        body=NewOrder(lines=[Line(product="tea", quantity=1)], total=Decimal(1)),
        path_parameters={},
        query_parameters={},
        headers={},
        caller=None,
        request_id="1",
        method="POST",
        path="/orders",
    )
    assert echo.__wrapped__(request).status == 202


def test_a_problem_is_an_error() -> None:
    with pytest.raises(ValueError, match="200"):
        Problem(status=200)
    assert Problem(status=499).title == "Client Error"
    assert str(Problem(status=404, detail="No order 17.")) == "404 Not Found: No order 17."


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(deadline=None)
@given(body=st.text() | json_values.map(json.dumps))
def test_no_body_makes_the_handler_fail(body: str) -> None:
    response = echo(request_event(body), FakeContext())
    assert response["statusCode"] in (202, 400, 422)
