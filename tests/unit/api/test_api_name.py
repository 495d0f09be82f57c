"""The names of APIs, by which alone their metrics are known."""

from __future__ import annotations

from typing import cast

from aws_cdk import App, NestedStack, Stack, Stage
from aws_cdk.assertions import Template
from constructs import Construct

from best_practice_constructs import ProvisionedApi
from tests.unit.api.support import function, new_app
from tests.unit.helpers.templates import only_resource, resources_of_type


def _names(stack: Stack) -> set[str]:
    return {
        str(properties["Name"])
        for properties in resources_of_type(Template.from_stack(stack), "AWS::ApiGateway::RestApi").values()
    }


def _api(scope: Construct, id: str, **options: str) -> ProvisionedApi:
    api = ProvisionedApi(scope, id, rest_api_name=options["name"]) if "name" in options else ProvisionedApi(scope, id)
    api.get("/orders", function(Stack.of(scope), f"Get{id}"))
    return api


def test_two_apis_of_one_stack_and_two_stacks_have_four_names() -> None:
    app = new_app()
    blue, green = Stack(app, "Blue"), Stack(app, "Green", stack_name="green-shop")
    for stack in (blue, green):
        _api(stack, "Api")
        _api(Construct(stack, "Inner"), "Other")
    assert _names(blue) == {"Blue.Api", "Blue.Inner.Other"}
    assert _names(green) == {"green-shop.Api", "green-shop.Inner.Other"}


def test_copies_in_two_stages_have_two_names(app: App) -> None:
    names: set[str] = set()
    for stage in ("Beta", "Production"):
        stack = Stack(Stage(app, stage), "Shop")
        _api(stack, "Api")
        names |= _names(stack)
    assert names == {"Beta-Shop.Api", "Production-Shop.Api"}


def test_a_nested_stack_names_its_api_by_its_own_name(stack: Stack) -> None:
    nested = NestedStack(stack, "Nested")
    _api(nested, "Api")
    # In its own template, AWS::StackName is the nested stack's.
    name = only_resource(Template.from_stack(nested), "AWS::ApiGateway::RestApi")["Name"]
    assert name == {"Fn::Join": ["", [{"Ref": "AWS::StackName"}, ".Api"]]}


def test_each_alarm_watches_its_own_api(stack: Stack) -> None:
    _api(stack, "A")
    _api(stack, "B")
    watched = {
        str(dimension["Value"])
        for alarm in resources_of_type(Template.from_stack(stack), "AWS::CloudWatch::Alarm").values()
        if alarm.get("MetricName") == "5XXError"
        for dimension in cast("list[dict[str, object]]", alarm["Dimensions"])
        if dimension["Name"] == "ApiName"
    }
    assert watched == _names(stack) == {"Stack.A", "Stack.B"}


def test_a_name_of_the_user_stays(stack: Stack) -> None:
    _api(stack, "Api", name="orders")
    template = Template.from_stack(stack)
    assert only_resource(template, "AWS::ApiGateway::RestApi")["Name"] == "orders"
    template.has_resource_properties("AWS::CloudWatch::Alarm", {"MetricName": "5XXError"})
