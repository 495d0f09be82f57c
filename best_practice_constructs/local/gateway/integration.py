"""What the gateway is given of a method: its deployed integration, and the request that reached it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast


@dataclass(frozen=True, kw_only=True)
class IntegrationResponse:
    """What becomes of an answer of the service.

    :param status: the status that the caller gets.
    :param pattern: a regular expression of the service's statuses; empty for all others.
    :param parameters: the sources of response headers, by ``method.response.header.Name``.
    :param templates: the response templates by content type.
    """

    status: int
    pattern: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    templates: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class Integration:
    """An ``AWS`` integration as it is deployed, with references resolved.

    :param uri: ``arn:aws:apigateway:region:service:action/Name`` or ``…:path/…``.
    :param method: the HTTP method of the service's call.
    :param credentials: the role that API Gateway assumes; empty for none.
    :param parameters: the sources of ``integration.request.(header|querystring|path).Name``.
    :param templates: the request templates by content type.
    :param passthrough: ``WHEN_NO_MATCH``, ``WHEN_NO_TEMPLATES`` or ``NEVER``.
    :param timeout: seconds that the service has.
    :param responses: the integration responses.
    """

    uri: str
    method: str = "POST"
    credentials: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    templates: Mapping[str, str] = field(default_factory=dict[str, str])
    passthrough: str = "WHEN_NO_MATCH"
    timeout: float = 29.0
    responses: tuple[IntegrationResponse, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MethodRequest:
    """A request that the emulator has matched, authorized and validated.

    :param account: the account of the API.
    :param header: the headers, with their names in lower case.
    :param querystring: the query's parameters.
    :param path: the path's parameters.
    :param body: the body.
    :param context: ``$context``.
    :param stage_variables: ``$stageVariables``.
    """

    account: str
    header: Mapping[str, str] = field(default_factory=dict[str, str])
    querystring: Mapping[str, str] = field(default_factory=dict[str, str])
    path: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    context: Mapping[str, object] = field(default_factory=dict[str, object])
    stage_variables: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def name(self) -> str:
        """The method as messages call it: ``"POST /orders/{order_id} (REST API abc, stage prod)"``."""
        known = self.context
        where = f"REST API {known.get('apiId')}, stage {known.get('stage')}"
        return f"{known.get('httpMethod')} {known.get('resourcePath')} ({where})"


def read_integration(told: Mapping[str, object]) -> Integration:
    """Return an integration as API Gateway's own interface tells it.

    :param told: what ``GetIntegration`` answers.
    """
    responses = _mapping(told.get("integrationResponses"))
    return Integration(
        uri=_text(told.get("uri")),
        method=_text(told.get("httpMethod")) or "POST",
        credentials=_text(told.get("credentials")),
        parameters=_texts(told.get("requestParameters")),
        templates=_texts(told.get("requestTemplates")),
        passthrough=_text(told.get("passthroughBehavior")) or "WHEN_NO_MATCH",
        timeout=float(_text(told.get("timeoutInMillis")) or 29_000) / 1000,
        responses=tuple(
            IntegrationResponse(
                status=int(_text(response.get("statusCode")) or status),
                pattern=_text(response.get("selectionPattern")),
                parameters=_texts(response.get("responseParameters")),
                templates=_texts(response.get("responseTemplates")),
            )
            for status, response in ((status, _mapping(response)) for status, response in responses.items())
        ),
    )


def read_method_request(told: Mapping[str, object]) -> MethodRequest:
    """Return a request as the emulator hands it over.

    :param told: the emulator's account of it.
    """
    return MethodRequest(
        account=_text(told.get("account")),
        header={name.lower(): value for name, value in _texts(told.get("header")).items()},
        querystring=_texts(told.get("querystring")),
        path=_texts(told.get("path")),
        body=base64.b64decode(_text(told.get("body"))),
        context=_mapping(told.get("context")),
        stage_variables=_texts(told.get("stageVariables")),
    )


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def _texts(value: object) -> dict[str, str]:
    return {name: _text(entry) for name, entry in _mapping(value).items()}


def _text(value: object) -> str:
    return "" if value is None else str(value)
