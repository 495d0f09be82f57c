"""``$input`` and ``$util`` of a mapping template."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import cast
from urllib.parse import quote_plus, unquote_plus

from jsonpath_ng import Child, Fields, Index, Root
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import parse
from jsonpath_ng.jsonpath import JSONPath

from best_practice_constructs.local.mapping_templates.java_values import (
    JavaMap,
    JsonArray,
    from_json,
    json_text,
    text_of,
)
from best_practice_constructs.local.mapping_templates.javascript_escape import escape_javascript

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
        self._parameters = JavaMap(path=JavaMap(path), querystring=JavaMap(querystring), header=JavaMap(header))
        self._in_order = (path, querystring, header)
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
        return json_text(_find(path, self._document))

    def _path(self, path: str) -> object:
        return from_json(_find(path, self._document))

    def _params(self, name: str | None = None) -> object:
        if name is None:
            return self._parameters
        return next((values[name] for values in self._in_order if name in values), "")


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


def _find(path: str, document: object) -> object:
    compiled = _compiled(path)
    found = [match.value for match in compiled.find(cast("dict[str, object]", document))]
    if _is_definite(compiled):
        return found[0] if found else ""
    return JsonArray(found)


@cache
def _compiled(path: str) -> JSONPath:
    try:
        return parse(path)
    except (JSONPathError, ValueError) as error:
        raise ValueError(f"{path!r} is no JSONPath: {error}") from error


def _is_definite(path: JSONPath) -> bool:
    if isinstance(path, Child):
        return _is_definite(path.left) and _is_definite(path.right)
    if isinstance(path, Fields):
        return len(path.fields) == 1 and path.fields[0] != "*"
    return isinstance(path, Root | Index)
