"""Templates with one function, as they are synthesized."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from best_practice_constructs.audit.sdk_calls.comparison import FunctionComparison, compare_function
from best_practice_constructs.audit.sdk_calls.template_model import Assembly, Template

PUT = "import boto3\ndef handler(event, context):\n    boto3.client('dynamodb').put_item(Item={})\n"
NOTHING = "def handler(event, context): pass\n"
LOGS = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}


def allow(*actions: str, on: object = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders") -> dict[str, object]:
    """Give a statement."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": on}


def arn(logical_id: str) -> dict[str, object]:
    """Give the ARN of a resource."""
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def template_of(
    code: str = NOTHING,
    *,
    statements: Sequence[object] = (),
    properties: Mapping[str, object] | None = None,
    role: Mapping[str, object] | None = None,
    resources: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Give a template with a function, its role and a policy."""
    function = {
        "Code": {"ZipFile": textwrap.dedent(code)},
        "Handler": "index.handler",
        "Runtime": "python3.13",
        "Role": arn("Role"),
        **(properties or {}),
    }
    policy = {"PolicyDocument": {"Statement": list(statements)}, "Roles": [{"Ref": "Role"}]}
    return {
        "Resources": {
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": function,
                "Metadata": {"aws:cdk:path": "Orders/Place/Resource"},
            },
            "Role": {"Type": "AWS::IAM::Role", "Properties": dict(role or {})},
            "Policy": {
                "Type": "AWS::IAM::Policy",
                "Properties": policy,
                "Metadata": {"aws:cdk:path": "Orders/Place/Role/DefaultPolicy/Resource"},
            },
            **(resources or {}),
        }
    }


def compared(template: Mapping[str, object], *others: tuple[str, Mapping[str, object]]) -> FunctionComparison:
    """Compare the function of a template, which is deployed with others."""
    own = Template(name="Orders", folder=Path(), content=template)
    templates = [own, *(Template(name=name, folder=Path(), content=content) for name, content in others)]
    return compare_function(Assembly(templates), own.resources["Function"])


def unused(template: Mapping[str, object], *others: tuple[str, Mapping[str, object]]) -> set[str]:
    """Give the unused actions."""
    return {each.action for each in compared(template, *others).unused}
