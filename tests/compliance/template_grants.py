"""Reads out of templates who lets which service in and what services may do: each statement, by constructs' names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from best_practice_constructs.local import ACTIONS_OF_LAMBDA

_OF_TEMPLATE = {
    "AWS::AccountId": "<account>",
    "AWS::Region": "<region>",
    "AWS::Partition": "<partition>",
    "AWS::URLSuffix": "<suffix>",
}
_JSON_TEXT = re.compile(r'^\s*\{.*"Statement"', re.DOTALL)


@dataclass(frozen=True, kw_only=True, order=True)
class Grant:
    """One action that one principal is allowed on one resource, or denied.

    :param policy: the construct that has the policy.
    :param principal: who it is about: a service, or ``role``, whoever has it.
    :param action: what.
    :param on: the construct that it is done to.
    :param when: the conditions.
    :param effect: ``Allow`` or ``Deny``.
    """

    policy: str
    principal: str
    action: str
    on: str
    when: str = ""
    effect: str = "Allow"

    def __str__(self) -> str:
        verb = "may" if self.effect == "Allow" else "may not"
        when = f" when {self.when}" if self.when else ""
        return f"{self.policy}: {self.principal} {verb} {self.action} on {self.on}{when}"


class TemplateGrants:
    """The grants of all templates in a cloud assembly.

    What a role lets a handler do is left out; the mutants prove it.

    :param directory: of the assembly.
    """

    def __init__(self, directory: Path) -> None:
        self._templates = {
            file.name.removesuffix(".template.json"): json.loads(file.read_text("utf-8"))
            for file in sorted(directory.glob("*.template.json"))
        }

    @property
    def stacks(self) -> tuple[str, ...]:
        """The names of the stacks."""
        return tuple(self._templates)

    def of(self, stack: str) -> frozenset[Grant]:
        """Give the grants of a stack."""
        return frozenset(self._of(stack))

    def _of(self, stack: str) -> Iterator[Grant]:
        for logical_id, resource in self._templates[stack].get("Resources", {}).items():
            name = self._name(stack, logical_id)
            properties = resource.get("Properties", {})
            if resource["Type"] == "AWS::Lambda::Permission":
                yield self._permission(stack, name, properties)
            for document in _documents(self._readable(stack, properties)):
                is_of_role = resource["Type"] == "AWS::IAM::Policy" or "AssumeRolePolicyDocument" in properties
                yield from _grants(document, policy=name, is_handlers=is_of_role and self._is_handlers(stack, resource))

    def _permission(self, stack: str, name: str, properties: Mapping[str, object]) -> Grant:
        read = cast("Mapping[str, str]", self._readable(stack, properties))
        keys = {"SourceArn": "ArnLike aws:SourceArn", "SourceAccount": "StringEquals aws:SourceAccount"}
        when = " and ".join(f"{text} {read[key]}" for key, text in keys.items() if key in read)
        return Grant(
            policy=name, principal=read["Principal"], action=read["Action"], on=read["FunctionName"], when=when
        )

    def _is_handlers(self, stack: str, resource: Mapping[str, object]) -> bool:
        """Tell whether it is of a role that a handler has."""
        properties = cast("Mapping[str, object]", resource.get("Properties", {}))
        roles: list[Mapping[str, object]] = [resource]
        if "Roles" in properties:
            ids = [cast("Mapping[str, str]", each)["Ref"] for each in cast("list[object]", properties["Roles"])]
            roles = [self._templates[stack]["Resources"][logical_id] for logical_id in ids]
        return any("lambda.amazonaws.com" in json.dumps(each) for each in roles)

    def _readable(self, stack: str, value: object) -> object:
        """Give a value with the names of constructs where it refers to resources."""
        if isinstance(value, list):
            return [self._readable(stack, each) for each in cast("list[object]", value)]
        if not isinstance(value, Mapping):
            return value
        mapping = cast("Mapping[str, object]", value)
        if len(mapping) == 1:
            ((function, argument),) = mapping.items()
            match function, argument:
                case "Ref", str():
                    return self._name(stack, argument)
                case "Fn::GetAtt", [str() as logical_id, str() as attribute]:
                    return self._name(stack, logical_id) + ("" if attribute == "Arn" else f".{attribute}")
                case "Fn::GetStackOutput", {"StackName": str() as exporting, "OutputName": str() as output}:
                    return self._readable(exporting, self._templates[exporting]["Outputs"][output]["Value"])
                case "Fn::Join", [str() as separator, list() as parts]:
                    return separator.join(str(self._readable(stack, part)) for part in cast("list[object]", parts))
                case _:
                    pass
        return {key: self._readable(stack, each) for key, each in mapping.items()}

    def _name(self, stack: str, logical_id: str) -> str:
        if logical_id in _OF_TEMPLATE:
            return _OF_TEMPLATE[logical_id]
        resource = self._templates[stack].get("Resources", {}).get(logical_id, {})
        path = resource.get("Metadata", {}).get("aws:cdk:path", logical_id)
        return str(path).removesuffix("/Resource").partition("/")[2] or logical_id


def _documents(value: object) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Find the policy documents anywhere in a resource, each with the name of its property."""
    if isinstance(value, str) and _JSON_TEXT.match(value):
        value = json.loads(value)
    if isinstance(value, Mapping):
        for key, each in cast("Mapping[str, object]", value).items():
            document = json.loads(each) if isinstance(each, str) and _JSON_TEXT.match(each) else each
            if isinstance(document, Mapping) and "Statement" in document:
                yield key, cast("Mapping[str, object]", document)
            else:
                yield from _documents(document)
    elif isinstance(value, list):
        for each in cast("list[object]", value):
            yield from _documents(each)


def _grants(found: tuple[str, Mapping[str, object]], *, policy: str, is_handlers: bool) -> Iterator[Grant]:
    key, document = found
    statements = document["Statement"]
    for statement in cast("list[Mapping[str, object]]", statements if isinstance(statements, list) else [statements]):
        for principal in _principals(statement):
            for action in _listed(statement["Action"]):
                if is_handlers and key == "PolicyDocument" and action not in ACTIONS_OF_LAMBDA:
                    continue
                for resource in _listed(statement.get("Resource", "the role itself")):
                    yield Grant(
                        policy=policy,
                        principal=principal,
                        action=action,
                        on=resource,
                        when=_when(cast("Mapping[str, Mapping[str, object]]", statement.get("Condition", {}))),
                        effect=str(statement["Effect"]),
                    )


def _principals(statement: Mapping[str, object]) -> list[str]:
    principal = statement.get("Principal")
    if principal is None:
        return ["role"]
    if isinstance(principal, str):
        return [principal]
    return [each for value in cast("Mapping[str, object]", principal).values() for each in _listed(value)]


def _when(conditions: Mapping[str, Mapping[str, object]]) -> str:
    return " and ".join(
        f"{operator} {key} {', '.join(_listed(value))}"
        for operator, keys in sorted(conditions.items())
        for key, value in sorted(keys.items())
    )


def _listed(value: object) -> list[str]:
    return [str(each) for each in cast("list[object]", value)] if isinstance(value, list) else [str(value)]
