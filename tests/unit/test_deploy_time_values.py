from __future__ import annotations

from typing import cast

import pytest
from aws_cdk import App, Aws, CfnParameter, Stack, Token
from aws_cdk import aws_events as events

from best_practice_constructs.deploy_time_values import is_deploy_time_value


def test_it_agrees_with_the_cdk_on_what_is_known_at_deployment_only() -> None:
    stack = Stack(App(), "Orders")
    number = CfnParameter(stack, "Number", type="Number").value_as_number
    (prefix,) = cast("list[object]", events.Match.prefix("com"))
    values: list[object] = [Aws.ACCOUNT_ID, f"arn:aws:sqs:{Aws.REGION}:x", number, prefix]
    for value in values:
        assert Token.is_unresolved(value)
        assert is_deploy_time_value(value)


@pytest.mark.parametrize("value", ["", "orders", "$Token", 0, -5e9, 1.5, True, None, {"prefix": "a"}])
def test_what_is_written_down_is_known_now(value: object) -> None:
    assert not is_deploy_time_value(value)
