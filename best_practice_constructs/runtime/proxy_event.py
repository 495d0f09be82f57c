"""Read API Gateway's event of a REST API (payload version 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from best_practice_constructs.runtime.api_request import ApiRequest, Caller, Headers

BodyT = TypeVar("BodyT")


class ProxyEvent:
    """An event of API Gateway; whatever is missing in it counts as empty.

    :param event: the event.
    :param fallback_request_id: names the request where the event does not.
    """

    def __init__(self, event: Mapping[str, object], *, fallback_request_id: str) -> None:
        self._event = event
        self._context = _mapping(event.get("requestContext"))
        self.request_id = _text(self._context.get("requestId")) or fallback_request_id
        self.headers = Headers(_joined(event, single="headers", multiple="multiValueHeaders"))
        self.is_base64_encoded = event.get("isBase64Encoded") is True

    @property
    def body(self) -> str | None:
        """The body as it came."""
        return _text(self._event.get("body"))

    def request(self, body: BodyT) -> ApiRequest[BodyT]:
        """Return the request with its body as it was read."""
        return ApiRequest(
            body=body,
            path_parameters=_texts(self._event.get("pathParameters")),
            query_parameters=_texts(self._event.get("queryStringParameters")),
            headers=self.headers,
            caller=self._caller(),
            request_id=self.request_id,
            method=_text(self._event.get("httpMethod")) or "",
            path=_text(self._event.get("path")) or "",
        )

    def _caller(self) -> Caller | None:
        authorizer = _mapping(self._context.get("authorizer"))
        claims = _texts(authorizer.get("claims"))
        if "sub" in claims:
            return Caller(kind="cognito", identity=claims["sub"], claims=claims)
        principal = _text(authorizer.get("principalId"))
        if principal:
            return Caller(kind="custom", identity=principal, claims=_texts(authorizer))
        arn = _text(_mapping(self._context.get("identity")).get("userArn"))
        return Caller(kind="iam", identity=arn, claims={}) if arn else None


def _joined(event: Mapping[str, object], *, single: str, multiple: str) -> dict[str, str]:
    fields = _texts(event.get(single))
    for name, values in _mapping(event.get(multiple)).items():
        if isinstance(values, list) and values:
            fields[name] = ", ".join(str(value) for value in values)
    return fields


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: object) -> dict[str, str]:
    return {name: str(each) for name, each in _mapping(value).items() if each is not None}
