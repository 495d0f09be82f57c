"""The gateway between the emulator and the services."""

from __future__ import annotations

import base64
import json
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

import pytest

from best_practice_constructs.local.gateway import IntegrationGateway
from best_practice_constructs.local.gateway.service_call import ServiceCall
from best_practice_constructs.local.gateway.service_client import (
    IntegrationRoleError,
    ServiceClient,
    trusts_api_gateway,
)

INTEGRATION: Mapping[str, object] = {
    "uri": "arn:aws:apigateway:eu-west-1:events:action/PutEvents",
    "httpMethod": "POST",
    "requestTemplates": {"application/json": '{"given": $input.json("$.a")}'},
    "passthroughBehavior": "NEVER",
    "integrationResponses": {"202": {"statusCode": "202", "responseTemplates": {"application/json": "<$input.body>"}}},
}
REQUEST: Mapping[str, object] = {
    "account": "000000000000",
    "header": {"Content-Type": "application/json"},
    "body": base64.b64encode(b'{"a": 1}').decode(),
    "context": {"httpMethod": "POST", "resourcePath": "/notes", "apiId": "abc", "stage": "prod"},
}


class Services:
    """Services that answer all calls alike, and remember them."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Mapping[str, str], bytes]] = []
        services = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                services.seen.append((self.path, {name.lower(): text for name, text in self.headers.items()}, body))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"done": true}')

            def log_message(self, format: str, *args: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services()
    yield made
    made.stop()


@pytest.fixture
def gateway(services: Services) -> Iterator[IntegrationGateway]:
    made = IntegrationGateway(ServiceClient(endpoint_url=services.url))
    yield made
    made.stop()


def ask(
    gateway: IntegrationGateway, *, integration: Mapping[str, object], request: Mapping[str, object]
) -> dict[str, object]:
    data = json.dumps({"integration": integration, "request": request}).encode()
    with urllib.request.urlopen(gateway.url, data=data, timeout=10) as response:  # noqa: S310 -- loopback
        return cast("dict[str, object]", json.loads(response.read()))


def test_a_request_goes_through_both_templates(gateway: IntegrationGateway, services: Services) -> None:
    answer = ask(gateway, integration=INTEGRATION, request=REQUEST)
    assert answer["status"] == 202
    assert answer["header"] == {"Content-Type": "application/json"}
    assert base64.b64decode(str(answer["body"])) == b'<{"done": true}>'
    ((path, header, body),) = services.seen
    assert (path, body) == ("/", b'{"given": 1}')
    assert header["x-amz-target"] == "AWSEvents.PutEvents"
    assert "/eu-west-1/events/aws4_request" in header["authorization"]
    assert gateway.failures() == ()


def test_another_account_calls_in_its_own_name(gateway: IntegrationGateway, services: Services) -> None:
    ask(gateway, integration=INTEGRATION, request={**REQUEST, "account": "111111111111"})
    assert "Credential=111111111111/" in services.seen[0][1]["authorization"]


def test_what_cannot_work_is_a_gateway_error_and_told(gateway: IntegrationGateway, services: Services) -> None:
    broken = {**INTEGRATION, "requestTemplates": {"application/json": "#if($x)"}}
    assert ask(gateway, integration=broken, request=REQUEST) == {
        "error": "API_CONFIGURATION_ERROR",
        "message": "Internal server error",
    }
    assert services.seen == []
    (failure,) = gateway.failures()
    assert failure.method == "POST /notes (REST API abc, stage prod)"
    assert failure.reason.startswith("request template for application/json: line 1")


def test_a_content_type_without_template_is_415(gateway: IntegrationGateway) -> None:
    request = {**REQUEST, "header": {"content-type": "text/xml"}}
    assert ask(gateway, integration=INTEGRATION, request=request)["error"] == "UNSUPPORTED_MEDIA_TYPE"
    # That is the caller's fault, not the integration's.
    assert gateway.failures() == ()


def test_services_that_do_not_answer_are_a_timeout(services: Services) -> None:
    services.stop()
    gateway = IntegrationGateway(ServiceClient(endpoint_url=services.url))
    try:
        assert ask(gateway, integration=INTEGRATION, request=REQUEST)["error"] == "INTEGRATION_TIMEOUT"
        assert len(gateway.failures()) == 1
    finally:
        gateway.stop()


def test_the_caller_s_own_credentials_are_refused(services: Services) -> None:
    client = ServiceClient(endpoint_url=services.url)
    call = ServiceCall(service="events", region="us-east-1", method="POST", path="/")
    with pytest.raises(IntegrationRoleError, match="caller's own credentials"):
        client.call(call, role="arn:aws:iam::*:user/*", account="000000000000", timeout=1)


@pytest.mark.parametrize(
    ("statement", "trusted"),
    [
        ({"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}}, True),
        ({"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com", "apigateway.amazonaws.com"]}}, True),
        ({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}, False),
        ({"Effect": "Deny", "Principal": {"Service": "apigateway.amazonaws.com"}}, False),
        ({"Effect": "Allow", "Principal": "*"}, False),
    ],
)
def test_a_role_has_to_trust_api_gateway(statement: Mapping[str, object], trusted: bool) -> None:  # noqa: FBT001 -- a case of the table
    assert trusts_api_gateway({"Statement": [statement]}) is trusted
    assert trusts_api_gateway(json.dumps({"Statement": statement})) is trusted
