"""Runs the integrations with AWS services that the emulator hands over, for tests: not API Gateway itself."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

from best_practice_constructs.local.gateway.integration import (
    Integration,
    MethodRequest,
    read_integration,
    read_method_request,
)
from best_practice_constructs.local.gateway.integration_answer import MethodResponse, make_method_response
from best_practice_constructs.local.gateway.service_answer import refusal
from best_practice_constructs.local.gateway.service_call import UnsupportedMediaTypeError, make_service_call
from best_practice_constructs.local.gateway.service_client import (
    IntegrationRoleError,
    IntegrationTimeoutError,
    ServiceClient,
)
from best_practice_constructs.local.mapping_templates import MappingTemplateError

_HOST = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class FailedIntegration:
    """An integration that could not be run, or whose service refused its role; its caller got no reason.

    :param method: the method: ``"POST /orders (REST API abc, stage prod)"``.
    :param reason: what is wrong.
    :param time: when.
    """

    method: str
    reason: str
    time: datetime


@dataclass(frozen=True, kw_only=True)
class _GatewayError(Exception):
    """An answer that the emulator makes, with the API's own gateway responses."""

    response_type: str
    message: str


class IntegrationGateway:
    """Serves the emulator on loopback: gets a request with its deployed integration, and answers what the caller gets.

    The emulator has matched, authorized and validated the request by then.

    :param client: calls the services.
    """

    def __init__(self, client: ServiceClient) -> None:
        self._client = client
        self._failures: list[FailedIntegration] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                told = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
                answer = json.dumps(gateway.answer(cast("Mapping[str, object]", told))).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: what failed is told by :meth:`IntegrationGateway.failures`."""

        self._server = ThreadingHTTPServer((_HOST, 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://{_HOST}:{self._server.server_address[1]}/"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True, name="integration-gateway")
        self._thread.start()

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()

    def failures(self) -> tuple[FailedIntegration, ...]:
        """Return what could not be run so far, the oldest first."""
        return tuple(self._failures)

    def answer(self, told: Mapping[str, object]) -> dict[str, object]:
        """Run a request's integration.

        :param told: the emulator's account of both.
        :returns: the response, or the gateway error that the emulator is to answer with.
        """
        request = read_method_request(cast("Mapping[str, object]", told["request"]))
        integration = read_integration(cast("Mapping[str, object]", told["integration"]))
        try:
            response = self._run(integration, request)
        except _GatewayError as error:
            return {"error": error.response_type, "message": error.message}
        return {
            "status": response.status,
            "header": dict(response.header),
            "body": base64.b64encode(response.body).decode(),
        }

    def _run(self, integration: Integration, request: MethodRequest) -> MethodResponse:
        try:
            call = make_service_call(integration, request)
            answer = self._client.call(
                call, role=integration.credentials, account=request.account, timeout=integration.timeout
            )
            refused = refusal(answer)
            if refused:
                # What the caller gets is up to the templates, and may not tell.
                self._note(request, refused)
            return make_method_response(integration, request, call=call, answer=answer)
        except UnsupportedMediaTypeError:
            raise _GatewayError(response_type="UNSUPPORTED_MEDIA_TYPE", message="Unsupported Media Type") from None
        except (MappingTemplateError, IntegrationRoleError, ValueError) as error:
            self._note(request, error)
            raise _GatewayError(response_type="API_CONFIGURATION_ERROR", message="Internal server error") from error
        except IntegrationTimeoutError as error:
            self._note(request, error)
            raise _GatewayError(response_type="INTEGRATION_TIMEOUT", message="Endpoint request timed out") from error

    def _note(self, request: MethodRequest, problem: Exception | str) -> None:
        reason = str(problem).removeprefix(f"{request.name}, ")
        self._failures.append(FailedIntegration(method=request.name, reason=reason, time=datetime.now(UTC)))
