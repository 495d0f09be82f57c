"""What an event cannot be declared with: names, versions and lists, checked before its fields are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from best_practice_constructs.runtime.errors import InvalidEventError
from best_practice_constructs.runtime.past_tense import is_past_tense

_MAXIMUM_DETAIL_TYPE_LENGTH = 128


def check_arguments(
    class_name: str,
    *,
    detail_type: object,
    name_is_past_tense: bool,
    version: object,
    compatible_since: object,
    names: Mapping[str, object],
) -> None:
    """Refuse what ``@source.event(…)`` cannot be given.

    :param names: the lists of names among the parameters.
    :raises InvalidEventError: naming the class, what was given, and what to write instead.
    """
    _check_detail_type(class_name, detail_type, name_is_past_tense=name_is_past_tense)
    for parameter, number in {"version": version, "compatible_since": compatible_since}.items():
        if not isinstance(number, int) or isinstance(number, bool):
            raise InvalidEventError(
                f"{parameter}={number!r} of the event {class_name} is no whole number: count from 1, as in "
                f"{parameter}=1."
            )
    number, since = cast("int", version), cast("int", compatible_since)
    if number < 1:
        raise InvalidEventError(f"The version {number} of the event {class_name} is none: count from 1.")
    if not 1 <= since <= number:
        raise InvalidEventError(
            f"Version {number} of the event {class_name} cannot be compatible since version {since}: "
            f"write a version from 1 to {number}."
        )
    for parameter, given in names.items():
        _check_names(class_name, parameter, given)


def _check_detail_type(class_name: str, detail_type: object, *, name_is_past_tense: bool) -> None:
    if not isinstance(detail_type, str) or not detail_type.strip():
        raise InvalidEventError(
            f"The event {class_name} has the detail type {detail_type!r}, and rules ask for it by a text: write "
            "detail_type='OrderPlaced', or leave it out to take the name of the class."
        )
    if not name_is_past_tense and not is_past_tense(detail_type):
        raise InvalidEventError(
            f"The event {class_name} ({detail_type!r}) is not named in the past tense, and events are facts: "
            "write OrderPlaced, not PlaceOrder; if it is, say so with name_is_past_tense=True."
        )
    if len(detail_type) > _MAXIMUM_DETAIL_TYPE_LENGTH:
        raise InvalidEventError(
            f"The detail type {detail_type!r} is longer than {_MAXIMUM_DETAIL_TYPE_LENGTH} characters."
        )


def _check_names(class_name: str, parameter: str, given: object) -> None:
    if isinstance(given, str):
        raise InvalidEventError(
            f"{parameter}={given!r} of the event {class_name} is a text, and a list of texts is meant: write "
            f"{parameter}=({given!r},)."
        )
    if not isinstance(given, list | tuple | set | frozenset):
        raise InvalidEventError(
            f"{parameter}={given!r} of the event {class_name} is no list: write names, as in {parameter}=('order_id',)."
        )
    for each in cast("list[object]", given):
        if not isinstance(each, str) or not each:
            raise InvalidEventError(
                f"{parameter} of the event {class_name} lists {each!r}, which is no name: write texts, as in "
                f"{parameter}=('order_id',)."
            )
