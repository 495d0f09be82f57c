"""Methods are called as their authorization wants it."""

from __future__ import annotations

import pytest

from best_practice_constructs.local.usage_hints import ApiMethod, curl

URL = "http://127.0.0.1:4566/_aws/execute-api/abc/prod"


def call(verb: str, path: str, authorization: str, *, account: str = "000000000000") -> str:
    method = ApiMethod(verb=verb, path=path, authorization=authorization)
    return curl(method, url=URL, region="eu-central-1", account=account)


def test_what_iam_authorizes_is_signed_and_parameters_are_to_be_replaced() -> None:
    assert call("GET", "/orders/{order_id}/{rest+}", "AWS_IAM") == (
        f"curl --aws-sigv4 aws:amz:eu-central-1:execute-api --user test:test -i {URL}/orders/ORDER_ID/REST"
    )
    assert "--user 111122223333:test" in call("GET", "/", "AWS_IAM", account="111122223333")


def test_what_nobody_authorizes_is_not_signed_and_a_body_is_prepared() -> None:
    assert call("POST", "/orders", "NONE") == (
        f"curl -i -X POST {URL}/orders -H 'Content-Type: application/json' -d '{{}}'"
    )
    assert call("DELETE", "/orders", "NONE") == f"curl -i -X DELETE {URL}/orders"


@pytest.mark.parametrize("authorization", ["COGNITO_USER_POOLS", "CUSTOM"])
def test_an_authorizer_is_given_a_token(authorization: str) -> None:
    assert call("GET", "/", authorization) == f"curl -i -H 'Authorization: TOKEN' {URL}/"
