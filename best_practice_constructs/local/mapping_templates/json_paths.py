"""JSONPath, as API Gateway has it."""

from __future__ import annotations

from functools import cache
from typing import cast

from jsonpath_ng import Child, Fields, Index, Root
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import parse
from jsonpath_ng.jsonpath import JSONPath

from best_practice_constructs.local.mapping_templates.java_values import JsonArray


def find_in_json(path: str, document: object) -> object:
    """Return what a path finds: the value of a definite path, the list of values of any other.

    :param path: such as ``"$.orders[0].id"``.
    :param document: what ``json.loads`` returned.
    :returns: an empty text where a definite path finds nothing.
    :raises ValueError: it is no path.
    """
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
