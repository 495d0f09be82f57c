"""What a partner cannot be told, or not in that way, is an error where it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk import SecretValue, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_secretsmanager as secretsmanager
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs import (
    ApiDestinationTarget,
    ApiKeyAuthorization,
    BasicAuthorization,
    EnrichedEventBus,
    EventSource,
    EventValue,
    InvalidArgumentError,
    OAuthAuthorization,
    from_data,
    from_event,
    from_metadata,
)
from best_practice_constructs.events.destination_checks import check_url
from best_practice_constructs.runtime.event_type import Event

invoices = EventSource("com.example.invoices")


@invoices.event(claim_check=("text",))
class InvoiceIssued(Event):
    """An invoice."""

    number: str
    customer: str | None = None
    lines: tuple[str, ...]
    text: str


PLACED: dict[str, object] = {"source": ["com.example.shop"]}


def _secret(stack: Stack) -> secretsmanager.ISecret:
    return secretsmanager.Secret.from_secret_name_v2(stack, "Secret", "partner/webhook")


def _target(stack: Stack, **options: Any) -> ApiDestinationTarget:  # noqa: ANN401 -- whatever is wrong
    defaults: dict[str, Any] = {"url": "https://partner.example/hook", "rate_limit_per_second": 1}
    if "authorization" not in options:
        defaults["authorization"] = ApiKeyAuthorization(header="x-key", secret=_secret(stack))
    return ApiDestinationTarget(stack, "Partner", **{**defaults, **options})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"url": "http://partner.example/hook"}, "EventBridge calls HTTPS only"),
        ({"url": "partner.example/hook"}, "EventBridge calls HTTPS only"),
        ({"url": "https://[partner/hook"}, "EventBridge calls HTTPS only"),
        ({"url": "https://partner.example/ hook"}, "percent-encoded"),
        ({"url": "https://partner.example/#hook"}, "no fragment"),
        ({"url": f"https://partner.example/{'x' * 2048}"}, "up to 2048 characters"),
        ({"rate_limit_per_second": 0}, "rate_limit_per_second=0"),
        ({"rate_limit_per_second": 0.5}, "whole numbers of requests"),
        ({"url": "https://partner.example/*"}, r"a URL with 1 \* and 0 path_parameter_values"),
        ({"path_parameter_values": ["a"]}, r"a URL with 0 \* and 1 path_parameter_values"),
        ({"header_parameters": {"User-Agent": "us"}}, "EventBridge removes this header"),
        ({"header_parameters": {"x kind": "us"}}, "no name of a header"),
        ({"header_parameters": {"x-kind": "für"}}, "visible ASCII"),
        ({"header_parameters": {"x-kind": "$.detail"}}, "begins with \\$ would be looked up"),
        ({"query_string_parameters": {"kind": ""}}, "a text of 1 to 512 characters"),
        ({"idempotency_header": "Host"}, r"idempotency_header='Host'"),
        ({"resource_configuration_arn": "rcfg-1"}, "resource configuration of VPC Lattice"),
        ({"authorization": "a-key"}, "Pass ApiKeyAuthorization"),
    ],
)
def test_what_eventbridge_would_refuse_or_drop(stack: Stack, options: Mapping[str, object], told: str) -> None:
    with pytest.raises(InvalidArgumentError, match=told) as error:
        _target(stack, **options)
    assert str(error.value).startswith("Stack/Partner: ")


@pytest.mark.parametrize(
    "options",
    [
        {"url": "https://shop:hunter2@partner.example/hook"},
        {"url": "https://partner.example/hook?token=hunter2"},
        {"header_parameters": {"Authorization": "Bearer hunter2"}},
        {"query_string_parameters": {"api_key": "hunter2"}},
        {"body": {"to": [{"password": "hunter2"}]}},
        {"authorization": ApiKeyAuthorization(header="x-key", secret="hunter2")},  # type: ignore[arg-type] # what is wrong
        {"authorization": BasicAuthorization(secret=SecretValue.unsafe_plain_text("hunter2"))},  # type: ignore[arg-type] # what is wrong
    ],
)
def test_a_secret_is_in_no_template_and_in_no_error(stack: Stack, options: Mapping[str, object]) -> None:
    with pytest.raises(InvalidArgumentError, match="readable in the template") as error:
        _target(stack, **options)
    assert "hunter2" not in str(error.value)
    assert "Secrets Manager" in str(error.value)


def test_oauth_is_checked_too(stack: Stack) -> None:
    for url, body, told in (
        ("http://login.example", {}, r"OAuthAuthorization\.url="),
        ("https://login.example", {"client_secret": "hunter2"}, "body_parameters={'client_secret'"),
    ):
        authorization = OAuthAuthorization(url=url, client_id="c", secret=_secret(Stack()), body_parameters=body)
        with pytest.raises(InvalidArgumentError, match=told):
            _target(Stack(), authorization=authorization)


def test_the_header_of_a_key_is_one_that_arrives(stack: Stack) -> None:
    with pytest.raises(InvalidArgumentError, match=r"ApiKeyAuthorization\(header='Via'\)"):
        _target(stack, authorization=ApiKeyAuthorization(header="Via", secret=_secret(stack)))


def test_a_connection_that_is_there_already_says_itself_how_it_connects(stack: Stack) -> None:
    attributes = {"connection_arn": "arn:aws:events:eu-west-1:1:connection/c/1", "connection_name": "c"}
    theirs = events.Connection.from_connection_attributes(
        stack, "Theirs", connection_secret_arn="arn:aws:secretsmanager:eu-west-1:1:secret:s", **attributes
    )
    arn = "arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0a1b"
    with pytest.raises(InvalidArgumentError, match="a connection that is there already"):
        _target(stack, authorization=theirs, resource_configuration_arn=arn)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (from_data("numbr"), "did you mean 'number'?"),
        (from_data("customer"), "may be missing or None"),
        (from_data("text"), "put aside when the event is large"),
        (from_data("lines.sku"), "has no field 'sku'"),
        (from_metadata("causation_id"), "may be missing or None"),
        (from_metadata("event"), "did you mean 'event_id'?"),
        (from_event("detail.number"), "a declared event has its data under detail.data"),
        (from_event("details"), "no event has such a field"),
        (from_event("detail.data.number[0]"), "letters, digits, - and _"),
    ],
)
def test_a_value_that_the_event_has_not_or_not_always(stack: Stack, value: EventValue, told: str) -> None:
    bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
    target = _target(stack, body={"inner": [value]})
    with pytest.raises(InvalidArgumentError) as error:
        bus.route(InvoiceIssued, to=target)
    assert told in str(error.value)
    assert f"{'.'.join(value.path)} of InvoiceIssued as body.inner[0] cannot work" in str(error.value)


@pytest.mark.parametrize("value", [from_data("lines"), from_event("detail.data"), from_event("resources")])
def test_a_header_holds_one_value(stack: Stack, value: EventValue) -> None:
    bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
    target = _target(stack, header_parameters={"x-lines": value})
    with pytest.raises(InvalidArgumentError, match="more than one value"):
        bus.route(InvoiceIssued, to=target)


def test_a_body_that_is_none(stack: Stack) -> None:
    bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
    for number, (body, told) in enumerate(
        (
            ({"a": object()}, "JSON has no such value"),
            ({1: "a"}, "members of JSON have texts as names"),
            ({f"a{each}": from_event(f"detail.a{each}") for each in range(101)}, "101 values of the event"),
            ({"a": "x" * 9000}, "a template of 9008 characters"),
        )
    ):
        target = ApiDestinationTarget(
            stack,
            f"Partner{number}",
            url="https://partner.example/hook",
            authorization=ApiKeyAuthorization(
                header="x", secret=secretsmanager.Secret.from_secret_name_v2(stack, f"S{number}", "s")
            ),
            rate_limit_per_second=1,
            body=body,  # type: ignore[arg-type] # what is wrong
        )
        with pytest.raises(InvalidArgumentError, match=told):
            bus.route(PLACED, to=target)


def test_a_part_of_the_event_and_a_body_are_one_too_many(stack: Stack) -> None:
    bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
    with pytest.raises(InvalidArgumentError, match="ApiDestinationTarget with a body"):
        bus.route(InvoiceIssued, to=_target(stack, body={"a": 1}), input_path="$.detail.data")


@given(text=st.text(max_size=60), prefix=st.sampled_from(["", "https://", "https://partner.example/", "http://a/"]))
def test_whatever_is_written_as_url_is_taken_or_refused(text: str, prefix: str) -> None:
    try:
        check_url(_STACK, prefix + text)
    except InvalidArgumentError:
        return
    assert prefix.startswith("https://") or text.lower().startswith("https://")


_STACK = Stack()
