"""An app that never bundles, functions whose code does not matter, and readings of an API's template."""

from __future__ import annotations

from typing import cast

from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from best_practice_constructs import SinglePurposeFunction
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import resources_of_type


def new_app(**context: object) -> App:
    return App(context={"aws:cdk:bundling-stacks": [], **context})


def function(stack: Stack, id: str = "F") -> SinglePurposeFunction:
    return SinglePurposeFunction(stack, id, entry=ENTRY, handler=HANDLER)


def methods(template: Template) -> dict[str, dict[str, object]]:
    """Give the properties of the methods, by their HTTP method."""
    return {
        cast("str", properties["HttpMethod"]): properties
        for properties in resources_of_type(template, "AWS::ApiGateway::Method").values()
    }


def variables(template: Template) -> dict[str, str]:
    """Give the environment of the only function."""
    (properties,) = resources_of_type(template, "AWS::Lambda::Function").values()
    return cast("dict[str, dict[str, str]]", properties["Environment"])["Variables"]
