"""Refuse a single value where several are taken, which would be read letter by letter or fail somewhere inside."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from constructs import IConstruct

from best_practice_constructs.errors import InvalidArgumentError


def refuse_single_value(scope: IConstruct, parameter: str, given: object, *, kind: str) -> None:
    """Refuse what is no list; ``None`` is none, and right.

    :param scope: the construct that was given it.
    :param parameter: the parameter's name.
    :param kind: what the list is of, as errors call it.
    :raises InvalidArgumentError: it says how the list is written.
    """
    if given is None or (
        isinstance(given, Collection) and not isinstance(given, str | bytes | Mapping) and not isinstance(given, type)
    ):
        return
    written = given.__qualname__ if isinstance(given, type) else repr(given)
    raise InvalidArgumentError(
        scope,
        given=f"{parameter}={written}",
        reason=f"it takes a list of {kind}",
        remedy=f"write {parameter}=[{written}]",
    )
