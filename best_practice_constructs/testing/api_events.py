"""Requests as API Gateway hands them to a function (REST API, proxy integration)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from best_practice_constructs.testing.event_payloads import ACCOUNT, REGION


def api_event(
    *,
    method: str = "GET",
    path: str = "/",
    body: object = None,
    path_parameters: Mapping[str, str] | None = None,
    query_parameters: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    claims: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Give what API Gateway hands to an ``api_handler``.

    :param method: the HTTP method.
    :param path: the path, with its parameters filled in.
    :param body: a text as it is; anything else is written as JSON.
    :param path_parameters: as the resource names them.
    :param query_parameters: of the query.
    :param headers: beside ``Content-Type: application/json``, which a body has by default.
    :param claims: of a user of Cognito; default: a caller with IAM's signature.

    ```python
    from best_practice_constructs.testing import api_event

    event = api_event(method="POST", path="/orders", body={"product": "tea"})
    assert event["body"] == '{"product": "tea"}'
    ```
    """
    given = {**({"Content-Type": "application/json"} if body is not None else {}), **(headers or {})}
    query = dict(query_parameters or {})
    context: dict[str, object] = {
        "accountId": ACCOUNT,
        "apiId": "api",
        "httpMethod": method,
        "path": path,
        "protocol": "HTTP/1.1",
        "requestId": "request-1",
        "requestTimeEpoch": 1767225600000,
        "stage": "test",
        "identity": {
            "sourceIp": "192.0.2.1",
            "userArn": None if claims is not None else f"arn:aws:sts::{ACCOUNT}:assumed-role/caller/session",
        },
    }
    if claims is not None:
        context["authorizer"] = {"claims": dict(claims)}
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": {**given, "Host": f"api.execute-api.{REGION}.amazonaws.com"},
        "multiValueHeaders": {name: [value] for name, value in given.items()},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": dict(path_parameters) if path_parameters else None,
        "stageVariables": None,
        "requestContext": context,
        "body": body if body is None or isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }
