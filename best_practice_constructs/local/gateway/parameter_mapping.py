"""The parameter mappings of an integration: where a header, a path or query parameter takes its value from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from best_practice_constructs.local.gateway.integration import MethodRequest
from best_practice_constructs.local.mapping_templates.java_values import json_text
from best_practice_constructs.local.mapping_templates.json_paths import find_in_json

_REQUEST = "method.request."
_ANSWER = "integration.response."
_LOCATIONS = ("header", "querystring", "path")


def request_parameters(mappings: Mapping[str, str], request: MethodRequest) -> dict[str, dict[str, str]]:
    """Return the parameters of a service's call by location and name: header, querystring and path.

    :param mappings: sources by destination, such as ``{"integration.request.path.key": "method.request.path.id"}``.
    :param request: the method's request; what it lacks is left out.
    :raises ValueError: a mapping cannot be read.
    """
    parameters: dict[str, dict[str, str]] = {location: {} for location in _LOCATIONS}
    for destination, source in mappings.items():
        location, _, name = destination.removeprefix("integration.request.").partition(".")
        if location not in parameters or not name:
            raise ValueError(f"{destination!r} is no place of an integration's request.")
        value = _of_request(source, request)
        if value is not None:
            parameters[location][name] = value
    return parameters


def response_headers(
    mappings: Mapping[str, str], *, request: MethodRequest, header: Mapping[str, str], body: bytes
) -> dict[str, str]:
    """Return the headers of a response.

    :param mappings: sources by destination, such as
        ``{"method.response.header.ETag": "integration.response.header.ETag"}``.
    :param request: the request that is answered.
    :param header: the headers that the service answered with; what they lack is left out.
    :param body: the body that the service answered with.
    :raises ValueError: a mapping cannot be read.
    """
    headers: dict[str, str] = {}
    for destination, source in mappings.items():
        name = destination.removeprefix("method.response.header.")
        if name == destination:
            raise ValueError(f"{destination!r} is no place of a method's response.")
        value = _of_answer(source, request=request, header=header, body=body)
        if value is not None:
            headers[name] = value
    return headers


def _of_request(source: str, request: MethodRequest) -> str | None:
    if not source.startswith(_REQUEST):
        return _common(source, request)
    location, _, name = source.removeprefix(_REQUEST).partition(".")
    location = location.removeprefix("multivalue")
    if location == "body":
        return _in_body(name, request.body)
    if location == "header":
        return request.header.get(name.lower())
    if location == "querystring":
        return request.querystring.get(name)
    if location == "path":
        return request.path.get(name)
    raise ValueError(f"{source!r} is no part of a method's request.")


def _of_answer(source: str, *, request: MethodRequest, header: Mapping[str, str], body: bytes) -> str | None:
    if not source.startswith(_ANSWER):
        return _common(source, request)
    location, _, name = source.removeprefix(_ANSWER).partition(".")
    if location == "body":
        return _in_body(name, body)
    if location.removeprefix("multivalue") == "header":
        return next((value for known, value in header.items() if known.lower() == name.lower()), None)
    raise ValueError(f"{source!r} is no part of an integration's response.")


def _common(source: str, request: MethodRequest) -> str | None:
    if len(source) >= 2 and source[0] == source[-1] == "'":
        return source[1:-1]
    kind, _, path = source.partition(".")
    if kind == "stageVariables":
        return request.stage_variables.get(path)
    if kind != "context":
        raise ValueError(f"{source!r} is no source of a parameter: a fixed text stands in single quotes.")
    value: object = request.context
    for name in path.split("."):
        value = _member(value, name)
    return None if value is None else str(value)


def _member(value: object, name: str) -> object:
    return cast("Mapping[str, object]", value).get(name) if isinstance(value, Mapping) else None


def _in_body(path: str, body: bytes) -> str | None:
    text = body.decode("utf-8", "replace")
    if not path:
        return text
    try:
        document: object = json.loads(text)
    except ValueError:
        return None
    value = find_in_json(f"$.{path}", document)
    if value in ("", None):
        return None
    return value if isinstance(value, str) else json_text(value)
