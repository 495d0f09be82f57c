"""Makes the call of a service out of a request: the integration's request, as API Gateway would send it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import quote, urlencode

from best_practice_constructs.local.gateway.integration import Integration, MethodRequest
from best_practice_constructs.local.gateway.parameter_mapping import request_parameters
from best_practice_constructs.local.mapping_templates import MappingTemplate, RenderedTemplate, TemplateInput

_URI = re.compile(
    r"arn:[\w-]+:apigateway:(?P<region>[\w-]+):(?P<service>[\w.-]+):(?P<kind>action|path)/(?P<rest>.*)", re.DOTALL
)
_PLACEHOLDER = re.compile(r"\{([\w.-]+)\+?\}")
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
# What API Gateway calls a service, where the SDK calls it otherwise.
_SDK_NAMES = {"email": "ses", "monitoring": "cloudwatch", "states": "stepfunctions"}


class UnsupportedMediaTypeError(Exception):
    """No request template is for the content type of a request, and its body must not be passed through."""


@dataclass(frozen=True, kw_only=True)
class ServiceCall:
    """A call of a service, not yet signed.

    :param service: the service as API Gateway calls it, such as ``"states"``.
    :param region: the region.
    :param method: the HTTP method.
    :param path: the path, encoded, with a slash at its beginning.
    :param query: the query, encoded.
    :param header: the headers.
    :param body: the body.
    :param overrides: what the request template said of the response.
    """

    service: str
    region: str
    method: str
    path: str
    query: str = ""
    header: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    overrides: RenderedTemplate | None = None


def make_service_call(integration: Integration, request: MethodRequest) -> ServiceCall:
    """Run the request's side of an integration.

    :param integration: the integration.
    :param request: the request.
    :raises MappingTemplateError: the request template fails.
    :raises UnsupportedMediaTypeError: no template matches, and the body may not be passed through.
    :raises ValueError: the integration cannot work.
    """
    uri = _URI.fullmatch(integration.uri)
    if not uri:
        raise ValueError(f"{integration.uri!r} is no address of a service's action or path.")
    parameters = request_parameters(integration.parameters, request)
    content_type, rendered = _rendered(integration, request)
    body = request.body
    if rendered:
        body = rendered.text.encode()
        parameters["header"] |= rendered.request_headers
        parameters["querystring"] |= rendered.request_querystring
        parameters["path"] |= rendered.request_path
    header = {name.lower(): value for name, value in parameters["header"].items()}
    query = dict(parameters["querystring"])
    method = request.context.get("httpMethod") if integration.method == "ANY" else integration.method
    if uri["kind"] == "path":
        header.setdefault("content-type", content_type)
        path = "/" + _filled(uri["rest"].lstrip("/"), parameters["path"])
    else:
        path = "/"
        _address_action(uri["service"], uri["rest"], header=header, query=query, has_body=bool(body))
    header.setdefault("accept", _JSON)
    return ServiceCall(
        service=uri["service"],
        region=uri["region"],
        method=str(method),
        path=path,
        query=urlencode(query, quote_via=quote),
        header=header,
        body=body,
        overrides=rendered,
    )


def template_input(request: MethodRequest, *, body: bytes | None = None) -> TemplateInput:
    """Return what a template of a request is run with.

    :param request: the request.
    :param body: another payload than the request's, for a response's template.
    """
    return TemplateInput(
        body=(request.body if body is None else body).decode("utf-8", "replace"),
        path=request.path,
        querystring=request.querystring,
        header=request.header,
        context=request.context,
        stage_variables=request.stage_variables,
    )


@cache
def compiled_template(template: str, name: str) -> MappingTemplate:
    """Return a template, read once.

    :param template: its text.
    :param name: what errors call it.
    """
    return MappingTemplate(template, name=name)


def media_type(header: str) -> str:
    """Return the media type of a ``Content-Type`` header or the first of ``Accept``; ``application/json`` if empty."""
    return (header or _JSON).split(",", 1)[0].split(";", 1)[0].strip().lower()


def _rendered(integration: Integration, request: MethodRequest) -> tuple[str, RenderedTemplate | None]:
    given = media_type(request.header.get("content-type", ""))
    for content_type, template in integration.templates.items():
        if media_type(content_type) == given:
            name = f"{request.name}, request template for {content_type}"
            return content_type, compiled_template(template, name).render(template_input(request))
    behaviour = integration.passthrough.upper()
    if behaviour == "NEVER" or (behaviour == "WHEN_NO_TEMPLATES" and integration.templates):
        raise UnsupportedMediaTypeError(given)
    return given, None


def _address_action(
    service: str, action: str, *, header: dict[str, str], query: dict[str, str], has_body: bool
) -> None:
    protocol = _protocol(service)
    if protocol.kind == "json" and header.get("content-type") != _FORM and service != "sqs":
        header.setdefault("x-amz-target", f"{protocol.target_prefix}.{action}")
        header.setdefault("content-type", f"application/x-amz-json-{protocol.json_version}")
        return
    if protocol.kind not in ("json", "query", "ec2"):
        raise ValueError(f"{service} has no actions over HTTP: write path/… instead of action/{action}.")
    query.setdefault("Action", action)
    query.setdefault("Version", protocol.version)
    if has_body:
        header.setdefault("content-type", _FORM)


@dataclass(frozen=True, kw_only=True)
class _Protocol:
    kind: str
    version: str
    target_prefix: str = ""
    json_version: str = "1.0"


@cache
def _protocol(service: str) -> _Protocol:
    from botocore.exceptions import UnknownServiceError
    from botocore.session import Session

    try:
        model = Session().get_service_model(_SDK_NAMES.get(service, service))
    except UnknownServiceError as error:
        raise ValueError(f"there is no service {service!r} whose actions are known.") from error
    metadata = model.metadata
    spoken = metadata.get("protocols", [metadata["protocol"]])
    return _Protocol(
        kind=next((kind for kind in ("json", "query", "ec2") if kind in spoken), metadata["protocol"]),
        version=metadata["apiVersion"],
        target_prefix=metadata.get("targetPrefix", ""),
        json_version=metadata.get("jsonVersion", "1.0"),
    )


def _filled(path: str, values: Mapping[str, str]) -> str:
    def fill(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise ValueError(f"nothing is mapped to integration.request.path.{match[1]}, which stands in the address.")
        return quote(values[match[1]], safe="")

    return _PLACEHOLDER.sub(fill, path)
