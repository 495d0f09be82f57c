"""What a partner is told, by which request, with which credentials, and what happens when it cannot be told."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import cast

import pytest
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations, Match, Template

from best_practice_constructs import (
    ApiDestinationTarget,
    ApiKeyAuthorization,
    BasicAuthorization,
    EnrichedEventBus,
    EventSource,
    ExistingEventBus,
    OAuthAuthorization,
    from_data,
    from_event,
    from_metadata,
)
from best_practice_constructs.runtime.event_type import Event
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.templates import only_resource, resources_of_type, statements_of_role

URL = "https://partner.example/webhooks/*"
invoices = EventSource("com.example.invoices")


@invoices.event
class InvoiceIssued(Event):
    """An invoice."""

    number: str
    customer: str
    total: Decimal
    lines: tuple[str, ...]


Properties = dict[str, object]


def _secret(stack: Stack) -> secretsmanager.ISecret:
    return secretsmanager.Secret.from_secret_name_v2(stack, "Secret", "partner/webhook")


def _bus(stack: Stack, id: str = "Bus") -> EnrichedEventBus:
    return EnrichedEventBus(stack, id, archive=False, log_errors=False)


def _target_of(template: Template) -> Properties:
    (target,) = cast("list[Properties]", only_resource(template, "AWS::Events::Rule")["Targets"])
    return target


@pytest.fixture(scope="module")
def routed() -> tuple[Template, ApiDestinationTarget]:
    """A template with one route and all that it has by default, but for a body and parameters."""
    stack = Stack(App(), "Stack")
    target = ApiDestinationTarget(
        stack,
        "PartnerWebhook",
        url=URL,
        authorization=ApiKeyAuthorization(header="x-api-key", secret=_secret(stack)),
        rate_limit_per_second=10,
        body={
            "invoice": from_data("number"),
            "again": from_data("number"),
            "amount": {"value": from_data("total"), "currency": "EUR"},
            "lines": from_data("lines"),
            "at": from_metadata("occurred_at"),
            "note": "<3 & more",
            "flags": [True, None, 1],
        },
        header_parameters={"x-kind": "invoice"},
        query_string_parameters={"customer": from_data("customer")},
        path_parameter_values=[from_data("number")],
    )
    _bus(stack).route(InvoiceIssued, to=target)
    return Template.from_stack(stack), target


def test_the_destination_has_url_method_rate_and_connection(routed: tuple[Template, ApiDestinationTarget]) -> None:
    template, _ = routed
    (connection,) = resources_of_type(template, "AWS::Events::Connection")
    assert only_resource(template, "AWS::Events::ApiDestination") == {
        "ConnectionArn": {"Fn::GetAtt": [connection, "Arn"]},
        "HttpMethod": "POST",
        "InvocationEndpoint": URL,
        "InvocationRateLimitPerSecond": 10,
    }


def test_the_credentials_are_a_reference_to_secrets_manager(routed: tuple[Template, ApiDestinationTarget]) -> None:
    template, _ = routed
    connection = only_resource(template, "AWS::Events::Connection")
    assert connection["AuthorizationType"] == "API_KEY"
    key = cast("dict[str, Properties]", connection["AuthParameters"])["ApiKeyAuthParameters"]
    assert key["ApiKeyName"] == "x-api-key"
    assert "{{resolve:secretsmanager:" in json.dumps(key["ApiKeyValue"])
    assert "partner/webhook" in json.dumps(key["ApiKeyValue"])
    assert "InvocationConnectivityParameters" not in connection


def test_the_body_is_json_whatever_the_values_are(routed: tuple[Template, ApiDestinationTarget]) -> None:
    transformer = cast("dict[str, object]", _target_of(routed[0])["InputTransformer"])
    paths = cast("dict[str, str]", transformer["InputPathsMap"])
    template = str(transformer["InputTemplate"])
    assert sorted(paths.values()) == [
        "$.detail.data.lines",
        "$.detail.data.number",
        "$.detail.data.total",
        "$.detail.metadata.occurred_at",
    ]
    values = {
        "$.detail.data.lines": ["a", "b"],
        "$.detail.data.number": 'N "1"',
        "$.detail.data.total": "9.90",
        "$.detail.metadata.occurred_at": "2026-01-01T00:00:00Z",
    }
    for name, path in paths.items():
        template = template.replace(f"<{name}>", json.dumps(values[path]))
    assert json.loads(template) == {
        "invoice": 'N "1"',
        "again": 'N "1"',
        "amount": {"value": "9.90", "currency": "EUR"},
        "lines": ["a", "b"],
        "at": "2026-01-01T00:00:00Z",
        "note": "<3 & more",
        "flags": [True, None, 1],
    }


def test_values_of_the_event_stand_in_headers_query_and_path(routed: tuple[Template, ApiDestinationTarget]) -> None:
    assert _target_of(routed[0])["HttpParameters"] == {
        "HeaderParameters": {"x-kind": "invoice", "Idempotency-Key": "$.detail.metadata.event_id"},
        "PathParameterValues": ["$.detail.data.number"],
        "QueryStringParameters": {"customer": "$.detail.data.customer"},
    }


def test_the_rule_retries_over_a_day_and_then_keeps_the_event(routed: tuple[Template, ApiDestinationTarget]) -> None:
    template, _ = routed
    target = _target_of(template)
    (role,) = [name for name in resources_of_type(template, "AWS::IAM::Role") if "Webhook" in name]
    (destination,) = resources_of_type(template, "AWS::Events::ApiDestination")
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
    assert target["RoleArn"] == {"Fn::GetAtt": [role, "Arn"]}
    assert target["Arn"] == {"Fn::GetAtt": [destination, "Arn"]}
    ((effect, actions, resources),) = statements_of_role(template, role)
    assert (effect, actions) == ("Allow", ("events:InvokeApiDestination",))
    assert [destination in resource for resource in resources] == [True]
    (queue,) = [name for name in resources_of_type(template, "AWS::SQS::Queue") if "Webhook" in name]
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [queue, "Arn"]}}


def test_alarms_tell_of_dead_letters_given_up_events_and_retries(
    routed: tuple[Template, ApiDestinationTarget],
) -> None:
    template, _ = routed
    alarms = {
        str(alarm["MetricName"]): alarm
        for name, alarm in resources_of_type(template, "AWS::CloudWatch::Alarm").items()
        if "Webhook" in name
    }
    assert set(alarms) == {"ApproximateNumberOfMessagesVisible", "FailedInvocations", "RetryInvocationAttempts"}
    (bus,) = resources_of_type(template, "AWS::Events::EventBus")
    (rule,) = resources_of_type(template, "AWS::Events::Rule")
    rule_name = {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": [rule, "Arn"]}]}]}
    for name in ("FailedInvocations", "RetryInvocationAttempts"):
        dimensions = {str(each["Name"]): each["Value"] for each in cast("list[Properties]", alarms[name]["Dimensions"])}
        assert dimensions == {"EventBusName": {"Ref": bus}, "RuleName": rule_name}
        assert alarms[name]["Namespace"] == "AWS/Events"
    assert alarms["FailedInvocations"]["EvaluationPeriods"] == 1
    assert alarms["RetryInvocationAttempts"]["DatapointsToAlarm"] == 3
    letters = json.dumps(alarms["ApproximateNumberOfMessagesVisible"]["AlarmDescription"])
    assert "best_practice_constructs.operations.redrive" in letters
    assert "replay_archive" in letters
    assert "--move" not in letters


def test_the_compliance_packs_find_nothing(app: App, stack: Stack) -> None:
    target = ApiDestinationTarget(
        stack,
        "Partner",
        url="https://partner.example/hook",
        authorization=BasicAuthorization(secret=_secret(stack)),
        rate_limit_per_second=1,
    )
    _bus(stack).route(InvoiceIssued, to=target)
    assert findings(app).open == frozenset()


def test_two_targets_and_two_buses_in_one_stack(stack: Stack) -> None:
    secret = _secret(stack)
    first = ApiDestinationTarget(
        stack,
        "First",
        url="https://partner.example/first",
        authorization=ApiKeyAuthorization(header="x-key", secret=secret),
        rate_limit_per_second=1,
    )
    second = ApiDestinationTarget(
        stack,
        "Second",
        url="https://partner.example/second",
        authorization=first.connection,
        rate_limit_per_second=1,
    )
    bus = _bus(stack)
    bus.route(InvoiceIssued, to=first)
    bus.route(InvoiceIssued, to=second)
    _bus(stack, "Other").route(InvoiceIssued, to=first, id="FromOther")
    template = Template.from_stack(stack)
    (connection,) = resources_of_type(template, "AWS::Events::Connection")
    destinations = resources_of_type(template, "AWS::Events::ApiDestination")
    assert [each["ConnectionArn"] for each in destinations.values()] == [{"Fn::GetAtt": [connection, "Arn"]}] * 2
    assert len(resources_of_type(template, "AWS::Events::Rule")) == 3


def test_without_a_body_the_whole_event_is_sent(stack: Stack) -> None:
    target = ApiDestinationTarget(
        stack,
        "Partner",
        url="https://partner.example/hook",
        authorization=ApiKeyAuthorization(header="x-key", secret=_secret(stack)),
        rate_limit_per_second=1,
        idempotency_header=None,
    )
    _bus(stack).route(InvoiceIssued, to=target)
    rule_target = _target_of(Template.from_stack(stack))
    assert not {"Input", "InputPath", "InputTransformer", "HttpParameters"} & set(rule_target)


def test_a_header_of_ones_own_comes_before_the_events_id(stack: Stack) -> None:
    target = ApiDestinationTarget(
        stack,
        "Partner",
        url="https://partner.example/hook",
        authorization=ApiKeyAuthorization(header="x-key", secret=_secret(stack)),
        rate_limit_per_second=1,
        header_parameters={"idempotency-key": from_data("number")},
    )
    _bus(stack).route(InvoiceIssued, to=target)
    parameters = cast("dict[str, object]", _target_of(Template.from_stack(stack))["HttpParameters"])
    assert parameters == {"HeaderParameters": {"idempotency-key": "$.detail.data.number"}}


def test_events_of_a_pattern_are_named_from_the_envelope(stack: Stack) -> None:
    target = ApiDestinationTarget(
        stack,
        "Partner",
        url="https://partner.example/hook",
        authorization=ApiKeyAuthorization(header="x-key", secret=_secret(stack)),
        rate_limit_per_second=1,
        body={"key": from_event("$.detail.object.key"), "kind": from_event("detail-type")},
    )
    ExistingEventBus.default(stack, "Default").route({"source": ["aws.s3"]}, to=target)
    template = Template.from_stack(stack)
    rule_target = _target_of(template)
    assert rule_target["HttpParameters"] == {"HeaderParameters": {"Idempotency-Key": "$.id"}}
    transformer = cast("dict[str, object]", rule_target["InputTransformer"])
    assert transformer == {
        "InputPathsMap": {"detail-object-key": "$.detail.object.key", "detail-type": "$.detail-type"},
        "InputTemplate": '{"key":<detail-object-key>,"kind":<detail-type>}',
    }
    (alarm,) = [
        alarm
        for alarm in resources_of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "FailedInvocations"
    ]
    (rule,) = resources_of_type(template, "AWS::Events::Rule")
    assert alarm["Dimensions"] == [
        {"Name": "RuleName", "Value": {"Fn::Select": [1, {"Fn::Split": ["/", {"Fn::GetAtt": [rule, "Arn"]}]}]}}
    ]


def test_oauth_asks_for_a_token_with_client_credentials(stack: Stack) -> None:
    arn = "arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0a1b"
    ApiDestinationTarget(
        stack,
        "Partner",
        url="https://partner.example/hook",
        authorization=OAuthAuthorization(
            url="https://login.partner.example/token",
            client_id="shop",
            secret=_secret(stack),
            secret_field="client_secret",
            body_parameters={"scope": "invoices:write"},
            resource_configuration_arn=arn,
            secret_version_id="7d3c",
        ),
        rate_limit_per_second=1,
        resource_configuration_arn=arn.replace("0a1b", "9f8e"),
    )
    connection = only_resource(Template.from_stack(stack), "AWS::Events::Connection")
    assert connection["AuthorizationType"] == "OAUTH_CLIENT_CREDENTIALS"
    parameters = cast("dict[str, dict[str, object]]", connection["AuthParameters"])
    oauth = parameters["OAuthParameters"]
    assert (oauth["AuthorizationEndpoint"], oauth["HttpMethod"]) == ("https://login.partner.example/token", "POST")
    client = cast("dict[str, object]", oauth["ClientParameters"])
    assert client["ClientID"] == "shop"
    assert ":SecretString:client_secret::7d3c}}" in json.dumps(client["ClientSecret"])
    assert oauth["OAuthHttpParameters"] == {
        "BodyParameters": [
            {"IsValueSecret": False, "Key": "grant_type", "Value": "client_credentials"},
            {"IsValueSecret": False, "Key": "scope", "Value": "invoices:write"},
        ]
    }
    assert parameters["ConnectivityParameters"] == {"ResourceParameters": {"ResourceConfigurationArn": arn}}
    assert connection["InvocationConnectivityParameters"] == {
        "ResourceParameters": {"ResourceConfigurationArn": arn.replace("0a1b", "9f8e")}
    }


def test_name_and_password_come_from_fields_of_a_secret(stack: Stack) -> None:
    ApiDestinationTarget(
        stack,
        "Partner",
        url="https://partner.example/hook",
        authorization=BasicAuthorization(secret=_secret(stack), username_field="user"),
        rate_limit_per_second=1,
    )
    connection = only_resource(Template.from_stack(stack), "AWS::Events::Connection")
    basic = cast("dict[str, dict[str, object]]", connection["AuthParameters"])["BasicAuthParameters"]
    assert ":SecretString:user::}}" in json.dumps(basic["Username"])
    assert ":SecretString:password::}}" in json.dumps(basic["Password"])


def test_what_is_passed_comes_first(stack: Stack) -> None:
    seen: list[events.ApiDestination] = []
    target = ApiDestinationTarget(
        stack,
        "Partner",
        url="https://partner.example/hook",
        authorization=ApiKeyAuthorization(header="x-key", secret=_secret(stack)),
        rate_limit_per_second=301,
        http_method=events.HttpMethod.PUT,
        description="Tells the partner",
        customize=seen.append,
    )
    own = sqs.Queue(stack, "Own", removal_policy=RemovalPolicy.DESTROY)
    route = _bus(stack).route(InvoiceIssued, to=target, dead_letter_queue=own, retry_attempts=3)
    template = Template.from_stack(stack)
    destination = only_resource(template, "AWS::Events::ApiDestination")
    assert (destination["HttpMethod"], destination["Description"]) == ("PUT", "Tells the partner")
    assert cast("dict[str, object]", _target_of(template)["RetryPolicy"])["MaximumRetryAttempts"] == 3
    assert route.dead_letters_alarm is None
    assert route.failed_deliveries_alarm is not None
    assert seen == [target.destination]
    warning = "*best-practice-constructs:rate-above-quota*"
    assert (
        len(Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp(warning.replace("*", ".*")))) == 1
    )


def test_other_targets_have_no_such_alarms(stack: Stack) -> None:
    route = _bus(stack).route(InvoiceIssued, to=sqs.Queue(stack, "Queue"))
    assert route.failed_deliveries_alarm is None
    assert route.retries_alarm is None
