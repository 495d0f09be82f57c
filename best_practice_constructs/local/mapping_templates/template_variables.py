"""``$input`` and ``$util`` of a mapping template."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from urllib.parse import quote_plus, unquote_plus

from best_practice_constructs.local.mapping_templates.java_values import (
    HeaderMap,
    JavaMap,
    from_json,
    json_text,
    text_of,
)
from best_practice_constructs.local.mapping_templates.javascript_escape import escape_javascript
from best_practice_constructs.local.mapping_templates.json_paths import find_in_json

_NO_BODY = "{}"


class InputVariable:
    """``$input``: the payload, and the parameters of the request.

    :param body: the payload; an empty one is ``{}``.
    :param path: the path's parameters.
    :param querystring: the parameters of the query.
    :param header: the headers.
    """

    def __init__(
        self, *, body: str, path: Mapping[str, str], querystring: Mapping[str, str], header: Mapping[str, str]
    ) -> None:
        self._body = body or _NO_BODY
        self._parameters = JavaMap(path=JavaMap(path), querystring=JavaMap(querystring), header=HeaderMap(header))
        self._in_order = (JavaMap(path), JavaMap(querystring), HeaderMap(header))
        self.template_properties: Mapping[str, object] = {"body": self._body}
        self.template_methods: Mapping[str, Callable[..., object]] = {
            "json": self._json,
            "params": self._params,
            "path": self._path,
        }

    def __str__(self) -> str:
        return self._body

    @cached_property
    def _document(self) -> object:
        try:
            return json.loads(self._body)
        except ValueError:
            # What is no JSON is a text.
            return self._body

    def _json(self, path: str) -> str:
        # Of what is not there, an empty text.
        return json_text(find_in_json(path, self._document))

    def _path(self, path: str) -> object:
        return from_json(find_in_json(path, self._document))

    def _params(self, name: str | None = None) -> object:
        if name is None:
            return self._parameters
        return next((values.get(name) for values in self._in_order if name in values), "")


class UtilVariable:
    """``$util``: the functions that API Gateway gives to templates."""

    def __init__(self) -> None:
        self.template_properties: Mapping[str, object] = {}
        self.template_methods: Mapping[str, Callable[..., object]] = {
            "base64Decode": lambda text: base64.b64decode(text_of(text)).decode("utf-8", "replace"),
            "base64Encode": lambda text: base64.b64encode(text_of(text).encode()).decode(),
            "escapeJavaScript": lambda text: escape_javascript(text_of(text)),
            "parseJson": lambda text: from_json(json.loads(text_of(text))),
            "urlDecode": lambda text: unquote_plus(text_of(text)),
            # As Java's URLEncoder, which leaves the star and takes the tilde.
            "urlEncode": lambda text: quote_plus(text_of(text), safe="*").replace("~", "%7E"),
        }
