"""``$context`` of a mapping template."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from best_practice_constructs.local.mapping_templates.java_values import JavaMap

_ACCOUNT = "123456789012"


def request_context(**values: object) -> dict[str, object]:
    """Return what ``$context`` holds for a request, with what API Gateway would make up.

    :param values: what is known, by API Gateway's names, such as ``httpMethod``, ``resourcePath``, ``stage``,
        ``identity`` (merged into the defaults) and ``authorizer``.
    """
    now = time.time()
    identity: dict[str, object] = {"sourceIp": "127.0.0.1", "userAgent": "", **_mapping(values.get("identity"))}
    known = {name: value for name, value in values.items() if name != "identity"}
    return {
        "accountId": _ACCOUNT,
        "apiId": "local",
        "domainName": "localhost",
        "extendedRequestId": uuid.uuid4().hex[:15] + "=",
        "httpMethod": "POST",
        "path": "/",
        "protocol": "HTTP/1.1",
        "requestId": str(uuid.uuid4()),
        "requestTime": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(now * 1000),
        "resourceId": "local",
        "resourcePath": "/",
        "stage": "prod",
        "identity": identity,
        **known,
    }


def with_overrides(context: Mapping[str, object]) -> JavaMap:
    """Return a context of a template's own, which it may change."""
    return cast(
        "JavaMap",
        _own(
            {
                **context,
                "requestOverride": {"path": {}, "querystring": {}, "header": {}},
                "responseOverride": {"header": {}},
            }
        ),
    )


def _own(value: object) -> object:
    if isinstance(value, Mapping):
        return JavaMap({name: _own(entry) for name, entry in _mapping(value).items()})
    return value


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
