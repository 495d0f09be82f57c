"""Readings of a synthesized template: what a role may do, what a resource's properties are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from aws_cdk.assertions import Template

Properties = dict[str, object]


def resources_of_type(template: Template, resource_type: str) -> dict[str, Properties]:
    """Give the properties of every resource of a type, by logical id."""
    found = cast("Mapping[str, Mapping[str, object]]", template.find_resources(resource_type))
    return {logical_id: cast("Properties", resource.get("Properties", {})) for logical_id, resource in found.items()}


def only_resource(template: Template, resource_type: str) -> Properties:
    """Give the properties of the one resource of a type."""
    found = resources_of_type(template, resource_type)
    assert len(found) == 1, f"expected one {resource_type}, found {sorted(found)}"
    return next(iter(found.values()))


def statements_of_role(template: Template, role_logical_id: str) -> set[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Give what a role may do as (effect, actions, resources as JSON), from its inline policies and attached
    policies."""
    documents: list[Mapping[str, object]] = []
    role = resources_of_type(template, "AWS::IAM::Role")[role_logical_id]
    for inline in cast("list[Mapping[str, Mapping[str, object]]]", role.get("Policies", [])):
        documents.append(inline["PolicyDocument"])
    for policy in resources_of_type(template, "AWS::IAM::Policy").values():
        if {"Ref": role_logical_id} in cast("list[object]", policy.get("Roles", [])):
            documents.append(cast("Mapping[str, object]", policy["PolicyDocument"]))
    statements: set[tuple[str, tuple[str, ...], tuple[str, ...]]] = set()
    for document in documents:
        for statement in cast("list[Mapping[str, object]]", document["Statement"]):
            statements.add(
                (
                    str(statement["Effect"]),
                    tuple(sorted(_as_list(statement["Action"]))),
                    tuple(sorted(json.dumps(r, sort_keys=True) for r in _as_objects(statement["Resource"]))),
                )
            )
    return statements


def allowed_actions(template: Template, role_logical_id: str) -> set[str]:
    """Give every action that a role may call, on whatever resource."""
    return {action for _, actions, _ in statements_of_role(template, role_logical_id) for action in actions}


def deployed_before(resources: Mapping[str, object], logical_id: str) -> set[str]:
    """Give all that CloudFormation has made when it begins to make a resource.

    That is what the resource refers to and depends on, and what this waits for in turn.
    """
    found: set[str] = set()
    waiting = [logical_id]
    while waiting:
        for name in _mentioned(resources[waiting.pop()]) & resources.keys() - found:
            found.add(name)
            waiting.append(name)
    return found


def _mentioned(value: object) -> set[str]:
    if isinstance(value, list):
        return {name for part in cast("list[object]", value) for name in _mentioned(part)}
    if not isinstance(value, Mapping):
        return set()
    found: set[str] = set()
    for key, part in cast("Mapping[str, object]", value).items():
        named = part[:1] if key == "Fn::GetAtt" and isinstance(part, list) else part
        if key in ("Ref", "Fn::GetAtt", "DependsOn"):
            found |= set(_as_list(cast("str | list[str]", named)))
        else:
            found |= _mentioned(part)
    return found


def _as_list(value: object) -> list[str]:
    return [value] if isinstance(value, str) else cast("list[str]", value)


def _as_objects(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else [value]
