"""The fields of a route's body as attributes of an item."""

from __future__ import annotations

from collections.abc import Mapping

from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.mapping.attribute_writing import attribute_members
from best_practice_constructs.api.mapping.field_shape import UnmappableFieldError
from best_practice_constructs.api.mapping.json_pieces import Member
from best_practice_constructs.api.mapping.value_sources import BodyField, ValueSource


def body_attributes(route: DirectRoute, *, why: str) -> Mapping[str, Member]:
    """Give the attributes of the body's fields; optional ones that are missing are left out.

    :param why: what needs the body, for errors.
    :raises InvalidArgumentError: there is no body, or a field that templates cannot write.
    """
    shape = route.body_shape(why=why)
    try:
        return attribute_members(shape, "body")
    except UnmappableFieldError as error:
        raise route.refusal(why, str(error), "declare its type, or store it as JSON text (StoredAsJson)") from error


def whole_body(route: DirectRoute) -> list[ValueSource]:
    """Give the source whose preamble reads the body, where the route has one."""
    return [BodyField("any")] if route.body is not None else []
