"""Makes the method's response out of what a service answered: the integration's response."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from best_practice_constructs.local.gateway.integration import Integration, IntegrationResponse, MethodRequest
from best_practice_constructs.local.gateway.parameter_mapping import response_headers
from best_practice_constructs.local.gateway.service_answer import ServiceAnswer
from best_practice_constructs.local.gateway.service_call import (
    ServiceCall,
    compiled_template,
    media_type,
    template_input,
)

_CONTENT_TYPE = "Content-Type"
_FUNCTION_ERROR = "x-amz-function-error"


@dataclass(frozen=True, kw_only=True)
class MethodResponse:
    """What the caller of a method gets.

    :param status: the status.
    :param header: the headers.
    :param body: the body.
    """

    status: int
    header: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


def make_method_response(
    integration: Integration, request: MethodRequest, *, call: ServiceCall, answer: ServiceAnswer
) -> MethodResponse:
    """Run the response's side of an integration.

    :param integration: the integration.
    :param request: the request that is answered.
    :param call: the service's call.
    :param answer: what the service answered.
    :raises MappingTemplateError: the response template fails.
    :raises ValueError: no integration response is for the answer, or one cannot work.
    """
    response = _selected(integration.responses, _selected_by(call, answer))
    header = {_CONTENT_TYPE: "application/json"}
    status, body = response.status, answer.body
    overrides = [call.overrides]
    chosen = _template(response, request)
    if chosen:
        content_type, template = chosen
        header[_CONTENT_TYPE] = content_type
        name = f"{request.name}, response template for {response.status}, {content_type}"
        rendered = compiled_template(template, name).render(template_input(request, body=answer.body))
        body = rendered.text.encode()
        overrides.append(rendered)
    _merge(header, response_headers(response.parameters, request=request, header=answer.header, body=answer.body))
    for override in overrides:
        if override:
            status = override.status or status
            _merge(header, override.response_headers)
    return MethodResponse(status=status, header=header, body=body)


def _selected_by(call: ServiceCall, answer: ServiceAnswer) -> str:
    """Return what patterns are matched with: a failed function's message, of all others the status."""
    names = {name.lower() for name in answer.header}
    if call.service == "lambda" and _FUNCTION_ERROR in names:
        try:
            told: object = json.loads(answer.body)
        except ValueError:
            told = None
        return str(cast("Mapping[str, object]", told).get("errorMessage", "")) if isinstance(told, Mapping) else ""
    return "" if call.service == "lambda" else str(answer.status)


def _selected(responses: tuple[IntegrationResponse, ...], text: str) -> IntegrationResponse:
    for response in responses:
        try:
            if response.pattern and text and re.fullmatch(response.pattern, text, re.DOTALL):
                return response
        except re.error as error:
            raise ValueError(f"the selection pattern {response.pattern!r} is no regular expression: {error}") from error
    for response in responses:
        if not response.pattern:
            return response
    raise ValueError(f"no integration response is for {text or 'the answer'}, and there is none without a pattern.")


def _template(response: IntegrationResponse, request: MethodRequest) -> tuple[str, str] | None:
    if not response.templates:
        return None
    accepted = media_type(request.header.get("accept", ""))
    for wanted in (accepted, "application/json"):
        for content_type, template in response.templates.items():
            if media_type(content_type) == wanted:
                return content_type, template
    return next(iter(response.templates.items()))


def _merge(header: dict[str, str], more: Mapping[str, str]) -> None:
    for name, value in more.items():
        for known in [known for known in header if known.lower() == name.lower()]:
            del header[known]
        header[name] = value
