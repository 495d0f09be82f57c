"""The content of a message, an event or a workflow's input, out of a request's values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.mapping.escaping import json_string
from best_practice_constructs.api.mapping.field_shape import Kind, UnmappableFieldError
from best_practice_constructs.api.mapping.json_pieces import json_object
from best_practice_constructs.api.mapping.json_writing import write_json
from best_practice_constructs.api.mapping.template_node import Node, Value
from best_practice_constructs.api.mapping.value_sources import BodyField, ValueSource, WholeBody

Content: TypeAlias = ValueSource | Mapping[str, ValueSource]
"""One value as it is, or a JSON object of several by name."""


def content_sources(content: Content) -> list[ValueSource]:
    """Give the sources of a content."""
    return list(content.values()) if isinstance(content, Mapping) else [content]


def content_text(route: DirectRoute, content: Content) -> Node:
    """Give what writes a content, not yet escaped for its place.

    :raises InvalidArgumentError: a source that the route's requests do not have, or nothing at all.
    """
    if not isinstance(content, Mapping):
        if isinstance(content, BodyField) and route.source_shape(content).kind in (Kind.OBJECT, Kind.LIST):
            return source_json(route, content)
        return route.text(content)
    if not content:
        raise route.refusal("an empty mapping", "nothing would be sent", "map at least one value")
    return json_object({name: source_json(route, source) for name, source in content.items()})


def source_json(route: DirectRoute, source: ValueSource) -> Node:
    """Give what writes a source's value as JSON: a field of the body by its type, the body as it is, others as texts.

    :raises InvalidArgumentError: the route's requests do not have it.
    """
    if isinstance(source, WholeBody):
        route.check(source)
        return Value("input.json('$')")
    shape = route.source_shape(source)
    if not isinstance(source, BodyField):
        return json_string(source.text())
    try:
        return write_json(shape, source.reference)
    except UnmappableFieldError as error:
        raise route.refusal(repr(source), str(error), "map WholeBody(), or declare its type") from error
