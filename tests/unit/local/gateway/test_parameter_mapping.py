"""Where the parameters of a service's call, and the headers of a response, come from."""

from __future__ import annotations

import pytest

from best_practice_constructs.local.gateway.integration import MethodRequest
from best_practice_constructs.local.gateway.parameter_mapping import request_parameters, response_headers

REQUEST = MethodRequest(
    account="000000000000",
    header={"x-trace": "t1"},
    querystring={"page": "2"},
    path={"id": "a/b"},
    body=b'{"order": {"id": 7, "name": "x"}}',
    context={"requestId": "r1", "authorizer": {"claims": {"sub": "s1"}}},
    stage_variables={"table": "orders"},
)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("'fixed'", "fixed"),
        ("''", ""),
        ("method.request.header.X-Trace", "t1"),
        ("method.request.multivalueheader.X-Trace", "t1"),
        ("method.request.querystring.page", "2"),
        ("method.request.path.id", "a/b"),
        ("method.request.body", '{"order": {"id": 7, "name": "x"}}'),
        ("method.request.body.order.name", "x"),
        ("method.request.body.order", '{"id":7,"name":"x"}'),
        ("context.requestId", "r1"),
        ("context.authorizer.claims.sub", "s1"),
        ("stageVariables.table", "orders"),
    ],
)
def test_a_parameter_is_taken_from_its_source(source: str, value: str) -> None:
    parameters = request_parameters({"integration.request.header.X": source}, REQUEST)
    assert parameters == {"header": {"X": value}, "querystring": {}, "path": {}}


@pytest.mark.parametrize(
    "source",
    [
        "method.request.header.None",
        "method.request.querystring.none",
        "method.request.path.none",
        "method.request.body.order.none",
        "context.authorizer.principalId",
        "context.requestId.more",
        "stageVariables.none",
    ],
)
def test_what_is_not_there_is_left_out(source: str) -> None:
    assert request_parameters({"integration.request.querystring.q": source}, REQUEST)["querystring"] == {}


@pytest.mark.parametrize(
    ("destination", "source"),
    [
        ("integration.request.cookie.a", "'a'"),
        ("integration.request.header", "'a'"),
        ("integration.request.header.A", "unquoted"),
        ("integration.request.header.A", "method.request.cookie.a"),
    ],
)
def test_a_mapping_that_cannot_be_read_is_refused(destination: str, source: str) -> None:
    with pytest.raises(ValueError, match=r"is no (place|source|part) of"):
        request_parameters({destination: source}, REQUEST)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("'no-store'", "no-store"),
        ("integration.response.header.etag", "e1"),
        ("integration.response.body.id", "9"),
        ("context.requestId", "r1"),
        ("integration.response.header.None", None),
        ("integration.response.body.none", None),
    ],
)
def test_a_header_of_a_response_is_taken_from_its_source(source: str, value: str | None) -> None:
    headers = response_headers(
        {"method.response.header.A": source}, request=REQUEST, header={"ETag": "e1"}, body=b'{"id": "9"}'
    )
    assert headers == ({} if value is None else {"A": value})


def test_a_response_has_no_other_places() -> None:
    with pytest.raises(ValueError, match="is no place of a method's response"):
        response_headers({"method.response.body": "'a'"}, request=REQUEST, header={}, body=b"")
    with pytest.raises(ValueError, match="is no part of an integration's response"):
        response_headers(
            {"method.response.header.A": "integration.response.status.a"}, request=REQUEST, header={}, body=b""
        )
