"""Templates as linters of policies take them: with samples of ARNs and names where they refer to resources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

_ACCOUNT = "111122223333"
_REGION = "eu-west-1"
_OF_TEMPLATE = {
    "AWS::AccountId": _ACCOUNT,
    "AWS::Region": _REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "stack",
    "AWS::NoValue": "",
}
# What follows the account in the ARNs of a type.
_ARN_ENDS = {
    "AWS::DynamoDB::Table": "dynamodb:table/{}",
    "AWS::Events::ApiDestination": "events:api-destination/{}/a1b2c3d4-0000-4000-8000-000000000000",
    "AWS::Events::EventBus": "events:event-bus/{}",
    "AWS::Events::Rule": "events:rule/{}",
    "AWS::IAM::Role": "iam:role/{}",
    "AWS::KMS::Key": "kms:key/{}",
    "AWS::Kinesis::Stream": "kinesis:stream/{}",
    "AWS::Lambda::Alias": "lambda:function:{}:live",
    "AWS::Lambda::Function": "lambda:function:{}",
    "AWS::Logs::LogGroup": "logs:log-group:{}:*",
    "AWS::SNS::Topic": "sns:{}",
    "AWS::SQS::Queue": "sqs:{}",
    "AWS::StepFunctions::StateMachine": "states:stateMachine:{}",
}
_ARN_BY_REF = frozenset({"AWS::SNS::Topic", "AWS::Lambda::Alias", "AWS::StepFunctions::StateMachine"})
# A real label has colons, at which parliament takes an ARN apart.
_STREAM_MADE_AT = "2026-01-01T00-00-00.000"


def resolved_templates(directory: Path) -> dict[str, dict[str, object]]:
    """Give the templates of a cloud assembly by their stacks, without references."""
    templates = {
        file.name.removesuffix(".template.json"): json.loads(file.read_text("utf-8"))
        for file in sorted(directory.glob("*.template.json"))
    }
    resolver = _Resolver(templates)
    return {
        stack: {"Resources": resolver.resolved(stack, template.get("Resources", {}))}
        for stack, template in templates.items()
    }


class _Resolver:
    def __init__(self, templates: Mapping[str, Mapping[str, Mapping[str, Mapping[str, object]]]]) -> None:
        self._templates = templates

    def resolved(self, stack: str, value: object) -> object:
        """Give a value without references."""
        if isinstance(value, list):
            return [self.resolved(stack, each) for each in cast("list[object]", value)]
        if not isinstance(value, Mapping):
            return value
        mapping = cast("Mapping[str, object]", value)
        if len(mapping) == 1:
            ((function, argument),) = mapping.items()
            match function, argument:
                case "Ref", str():
                    return self._reference(stack, argument)
                case "Fn::GetAtt", [str() as logical_id, str() as attribute]:
                    return self._attribute(stack, logical_id, attribute)
                case "Fn::Join", [str() as separator, list() as parts]:
                    return separator.join(str(self.resolved(stack, part)) for part in cast("list[object]", parts))
                case "Fn::Split" | "Fn::Select", [first, second]:
                    return self._part(stack, function, first, second)
                case "Fn::GetStackOutput", {"StackName": str() as exporting, "OutputName": str() as output}:
                    return self.resolved(exporting, self._templates[exporting]["Outputs"][output]["Value"])
                case _:
                    pass
        return {key: self.resolved(stack, each) for key, each in mapping.items()}

    def _part(self, stack: str, function: str, first: object, second: object) -> object:
        whole = self.resolved(stack, second)
        if function == "Fn::Split":
            return str(whole).split(str(first))
        parts = cast("list[object]", whole)
        # A sample may have fewer parts than what it stands for.
        return parts[min(int(str(first)), len(parts) - 1)]

    def _type(self, stack: str, logical_id: str) -> str:
        return str(self._templates[stack]["Resources"].get(logical_id, {}).get("Type", ""))

    def _reference(self, stack: str, logical_id: str) -> str:
        if logical_id in _OF_TEMPLATE:
            return _OF_TEMPLATE[logical_id]
        if self._type(stack, logical_id) in _ARN_BY_REF:
            return self._arn(stack, logical_id)
        return logical_id.lower() if self._type(stack, logical_id) in {"AWS::S3::Bucket", ""} else logical_id

    def _attribute(self, stack: str, logical_id: str, attribute: str) -> str:
        if attribute == "Arn":
            return self._arn(stack, logical_id)
        if attribute == "StreamArn":
            return f"{self._arn(stack, logical_id)}/stream/{_STREAM_MADE_AT}"
        return f"{logical_id}.{attribute}"

    def _arn(self, stack: str, logical_id: str) -> str:
        resource_type = self._type(stack, logical_id)
        if resource_type == "AWS::S3::Bucket":
            return f"arn:aws:s3:::{logical_id.lower()}"
        service, _, end = _ARN_ENDS.get(resource_type, "other:{}").partition(":")
        region = "" if service == "iam" else _REGION
        return f"arn:aws:{service}:{region}:{_ACCOUNT}:{end.format(logical_id)}"
