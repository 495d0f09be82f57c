"""Every role that a construct makes lies under the service's path and within its boundary."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import cast

import pytest
from aws_cdk import App, PermissionsBoundary, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from best_practice_constructs import (
    ApiGatewayLoggingRole,
    ChangePipe,
    EnrichedEventBus,
    EventSource,
    IdempotentQueueConsumer,
    InvalidArgumentError,
    ServiceDefaults,
    SinglePurposeFunction,
)
from tests.compliance.subjects import CONSTRUCTS, NO_BUNDLING
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import only_resource, resources_of_type

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
OTHER_BOUNDARY = "arn:aws:iam::123456789012:policy/other"

_parcels = EventSource("com.example.parcels")


@_parcels.event
class ParcelSent:
    parcel_id: str


def _roles(directory: Path) -> Iterator[tuple[str, Mapping[str, object]]]:
    for file in sorted(directory.glob("*.template.json")):
        for logical_id, resource in json.loads(file.read_text("utf-8")).get("Resources", {}).items():
            if resource["Type"] == "AWS::IAM::Role":
                yield f"{file.name.removesuffix('.template.json')}/{logical_id}", resource["Properties"]


def _app(directory: Path) -> App:
    app = App(context=NO_BUNDLING, outdir=str(directory))
    # In a stack of its own, of which nothing is in the others.
    boundary = iam.ManagedPolicy.from_managed_policy_arn(Stack(app, "Boundaries"), "Boundary", BOUNDARY)
    ServiceDefaults(role_path="/orders/", permissions_boundary=boundary).apply_to(app)
    return app


def test_each_role_of_each_construct_has_them_from_the_service(tmp_path: Path) -> None:
    app = _app(tmp_path)
    for name, create in CONSTRUCTS.items():
        create(Stack(app, name))
    app.synth()
    roles = dict(_roles(tmp_path))
    assert {name.split("/")[0] for name in roles} >= {"function", "consumer", "bus-routing", "change-publishers"}
    assert {(role.get("Path"), role.get("PermissionsBoundary")) for role in roles.values()} == {("/orders/", BOUNDARY)}


def test_the_cdks_own_aspect_comes_last_and_reaches_every_role(tmp_path: Path) -> None:
    app = _app(tmp_path)
    stack = Stack(app, "Consumer")
    CONSTRUCTS["consumer"](stack)
    # For this the CDK makes a function with a role, of which ServiceDefaults know nothing.
    s3.Bucket(stack, "Bucket", event_bridge_enabled=True)
    other = iam.ManagedPolicy.from_managed_policy_arn(stack, "Other", OTHER_BOUNDARY)
    iam.PermissionsBoundary.of(app).apply(other)
    app.synth()
    roles = dict(_roles(tmp_path))
    assert {role.get("Path") for role in roles.values()} == {"/orders/", None}
    assert {role.get("PermissionsBoundary") for role in roles.values()} == {OTHER_BOUNDARY}


def test_the_boundary_of_a_stack_comes_last_too(app: App) -> None:
    stack = Stack(app, "Bounded", permissions_boundary=PermissionsBoundary.from_name("of-the-account"))
    own = iam.ManagedPolicy.from_managed_policy_arn(stack, "Boundary", BOUNDARY)
    _function(stack, permissions_boundary=own)
    role = only_resource(Template.from_stack(stack), "AWS::IAM::Role")
    assert "of-the-account" in json.dumps(role["PermissionsBoundary"])


def test_without_being_asked_there_is_neither(stack: Stack) -> None:
    SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER)
    role = only_resource(Template.from_stack(stack), "AWS::IAM::Role")
    assert not {"Path", "PermissionsBoundary"} & role.keys()


def _function(stack: Stack, **options: object) -> None:
    SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER, **options)  # type: ignore[arg-type] # of each test


def _consumer(stack: Stack, **options: object) -> None:
    IdempotentQueueConsumer(stack, "C", entry=ENTRY, handler=HANDLER, **options)  # type: ignore[arg-type] # of each test


def _logging_role(stack: Stack, **options: object) -> None:
    ApiGatewayLoggingRole(stack, "L", **options)  # type: ignore[arg-type] # of each test


def _route(stack: Stack, **options: object) -> None:
    EnrichedEventBus(stack, "B").route(ParcelSent, to=sns.Topic(stack, "T"), **options)  # type: ignore[arg-type] # of each test


def _pipe(stack: Stack, **options: object) -> None:
    table = dynamodb.Table(
        stack,
        "Table",
        partition_key=dynamodb.Attribute(name="parcel_id", type=dynamodb.AttributeType.STRING),
        stream=dynamodb.StreamViewType.NEW_IMAGE,
    )
    bus = EnrichedEventBus(stack, "B")
    ChangePipe(stack, "P", table=table, bus=bus, event=ParcelSent, **options)  # type: ignore[arg-type] # of each test


MAKERS = (_function, _consumer, _logging_role, _route, _pipe)


@pytest.mark.parametrize("make", MAKERS)
def test_what_is_passed_comes_before_the_services(stack: Stack, make: Callable[..., None]) -> None:
    policy = iam.ManagedPolicy.from_managed_policy_arn(stack, "Boundary", BOUNDARY)
    other = iam.ManagedPolicy.from_managed_policy_arn(stack, "Other", OTHER_BOUNDARY)
    ServiceDefaults(role_path="/orders/", permissions_boundary=other).apply_to(stack)
    make(stack, role_path="/parcels/night/", permissions_boundary=policy)
    role = only_resource(Template.from_stack(stack), "AWS::IAM::Role")
    assert (role["Path"], role["PermissionsBoundary"]) == ("/parcels/night/", BOUNDARY)


def test_a_scope_further_down_changes_them(stack: Stack) -> None:
    ServiceDefaults(role_path="/orders/").apply_to(stack)
    part = iam.Group(stack, "Part")
    dataclasses.replace(ServiceDefaults.of(stack), role_path="/orders/part/").apply_to(part)
    SinglePurposeFunction(stack, "F", entry=ENTRY, handler=HANDLER)
    SinglePurposeFunction(part, "G", entry=ENTRY, handler=HANDLER)
    roles = resources_of_type(Template.from_stack(stack), "AWS::IAM::Role")
    assert {name[0]: role["Path"] for name, role in roles.items()} == {"F": "/orders/", "P": "/orders/part/"}


def test_a_path_may_be_known_at_deployment_only(stack: Stack) -> None:
    _function(stack, role_path=f"/{stack.account}/")
    role = only_resource(Template.from_stack(stack), "AWS::IAM::Role")
    assert role["Path"] == {"Fn::Join": ["", ["/", {"Ref": "AWS::AccountId"}, "/"]]}


@pytest.mark.parametrize("make", MAKERS)
def test_each_construct_refuses_what_is_no_path(stack: Stack, make: Callable[..., None]) -> None:
    with pytest.raises(InvalidArgumentError, match="role_path='orders' cannot work") as refused:
        make(stack, role_path="orders")
    assert refused.value.path.startswith("Stack/")


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("orders", "'/orders/'"),
        ("/orders", "'/orders/'"),
        ("", "'/orders/'"),
        ("/my orders/", "'/orders/'"),
        ("/größe/", "'/orders/'"),
        (f"/{'x' * 511}/", "'/orders/'"),
        (7, "'/orders/'"),
    ],
)
def test_a_path_that_iam_refuses_is_refused(stack: Stack, path: object, remedy: str) -> None:
    with pytest.raises(InvalidArgumentError, match="begins and ends with a slash") as refused:
        _function(stack, role_path=path)
    assert refused.value.remedy == f"write role_path={remedy}"


@pytest.mark.parametrize("path", ["/", "/a/", f"/{'x' * 510}/", "/a/b/c/"])
def test_paths_that_iam_takes_are_taken(stack: Stack, path: str) -> None:
    _function(stack, role_path=path)
    assert only_resource(Template.from_stack(stack), "AWS::IAM::Role")["Path"] == path


@pytest.mark.parametrize("make", MAKERS)
def test_a_boundary_that_is_no_policy_is_refused(stack: Stack, make: Callable[..., None]) -> None:
    with pytest.raises(InvalidArgumentError, match=r"it is no managed policy\. Pass an aws_iam\.ManagedPolicy"):
        make(stack, permissions_boundary=BOUNDARY)


def test_defaults_are_checked_where_they_are_applied(stack: Stack) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^Stack: role_path='orders' cannot work"):
        ServiceDefaults(role_path="orders").apply_to(stack)
    with pytest.raises(InvalidArgumentError, match=r"^Stack: permissions_boundary='x' cannot work"):
        ServiceDefaults(permissions_boundary=cast("iam.IManagedPolicy", "x")).apply_to(stack)


@pytest.mark.parametrize("option", ["role_path", "permissions_boundary"])
def test_a_role_of_ones_own_has_its_own(stack: Stack, option: str) -> None:
    policy = iam.ManagedPolicy.from_managed_policy_arn(stack, "Boundary", BOUNDARY)
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    given = {"role_path": "/orders/", "permissions_boundary": policy}[option]
    with pytest.raises(InvalidArgumentError, match=f"{option} with a role of yours"):
        _function(stack, role=role, **{option: given})


def test_the_services_are_not_for_a_role_of_ones_own(stack: Stack) -> None:
    ServiceDefaults(role_path="/orders/").apply_to(stack)
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    _function(stack, role=role)
    assert "Path" not in only_resource(Template.from_stack(stack), "AWS::IAM::Role")


def test_a_route_that_has_no_role_takes_no_path(stack: Stack) -> None:
    bus = EnrichedEventBus(stack, "B")
    with pytest.raises(InvalidArgumentError, match="for a route without a role"):
        bus.route(ParcelSent, to=sqs.Queue(stack, "Q"), role_path="/orders/")
