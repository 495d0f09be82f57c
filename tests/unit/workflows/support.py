"""Definitions and resources that the tests of workflows share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk.assertions import Template

from tests.unit.helpers.templates import resources_of_type

MACHINE = "AWS::StepFunctions::StateMachine"
JsonObject = dict[str, object]


def table_of(stack: Stack, id: str = "Table") -> dynamodb.Table:
    return dynamodb.Table(
        stack,
        id,
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
    )


def put_item(**changes: object) -> JsonObject:
    """Give a task that puts an item into ``${Table}``."""
    end: JsonObject = {} if "Next" in changes else {"End": True}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:putItem",
        "Arguments": {"TableName": "${Table}", "Item": {"id": {"S": "{% $states.input.id %}"}}},
        **end,
        **changes,
    }


def machine(states: Mapping[str, object], **changes: object) -> JsonObject:
    """Give a definition in JSONata that starts at the first of its states."""
    return {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": dict(states), **changes}


def definition_in(template: Template, part: str = "") -> JsonObject:
    """Give the definition of the one state machine whose logical id has ``part``."""
    found = {name: each for name, each in resources_of_type(template, MACHINE).items() if part in name}
    ((_, properties),) = found.items()
    substitutions = cast("Mapping[str, object]", properties.get("DefinitionSubstitutions", {}))
    text = str(properties["DefinitionString"])
    if "WorkflowPartition" in substitutions:
        assert substitutions["WorkflowPartition"] == {"Ref": "AWS::Partition"}
        text = text.replace("${WorkflowPartition}", "aws")
    return cast("JsonObject", json.loads(text))


def state_in(definition: Mapping[str, object], name: str) -> JsonObject:
    return cast("dict[str, JsonObject]", definition["States"])[name]
