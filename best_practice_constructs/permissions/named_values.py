"""What a condition is given as its values: texts, at least one."""

from __future__ import annotations

from collections.abc import Sequence


def named_values(parameter: str, values: Sequence[str]) -> list[str]:
    """Give the values of a condition as a policy takes them.

    :param parameter: the name of the parameter that they were given for, for the error.
    :raises ValueError: there are none, one is no text or empty, or a text was given instead of a list of texts.
    """
    if isinstance(values, str):
        raise ValueError(  # noqa: TRY004 -- one kind of error, as of every permission
            f"{parameter}={values!r} is one text, whose letters would be taken for values; "
            f"write {parameter}=[{values!r}]"
        )
    if not values:
        raise ValueError(
            f"{parameter} names nothing, so that nothing would be allowed; name what the code uses, or leave "
            f"{parameter} out"
        )
    for value in values:
        given: object = value
        if not isinstance(given, str) or not given:
            raise ValueError(f"{parameter} holds {given!r}, which is no text; name what the code uses")
    return list(values)
