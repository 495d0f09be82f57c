"""The data of an event as its consumers will read them: what they could not read is not published (E4)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from best_practice_constructs.runtime import codec
from best_practice_constructs.runtime.codec import Decoder
from best_practice_constructs.runtime.errors import DecodingError, InvalidEventDataError, TypeMismatchError
from best_practice_constructs.runtime.zoneless_times import zoneless_time

_decoders: dict[type, Decoder[object]] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class EventData:
    """What an event says.

    :param text: as JSON, which fits the event's schema.
    :param event: as the consumers read it.
    """

    text: bytes
    event: object


def event_data(event: object) -> EventData:
    """Write the data of an event, and read them once as its consumers do.

    Nothing holds a dataclass to its types. What stands for a value of the declared type without a doubt (a list for a
    tuple, 5 for ``Decimal(5)``) is written as that; all else is refused here, where it is wrong, and not at each
    consumer.

    :raises InvalidEventDataError: a value is none of the declared type, or a point in time without a zone; the error
        names the field.
    """
    event_class = type(event)
    decoder = _decoders.get(event_class)
    if decoder is None:
        decoder = _decoders[event_class] = Decoder(event_class)
    try:
        text = codec.encode(event, is_deterministic=True)
        read = decoder.decode(text)
    except TypeMismatchError as error:
        raise _refusal(event_class, error.path, error.reason) from error
    except (TypeError, DecodingError, UnicodeError) as error:
        raise _refusal(event_class, "$", str(error)) from error
    as_read = codec.write(read, is_deterministic=True)
    if as_read != text:
        difference = _difference(json.loads(text, parse_float=Decimal), json.loads(as_read, parse_float=Decimal))
        if difference is not None:
            raise _refusal(event_class, f"${difference.path}", difference.reason, remedy=difference.remedy)
    if (zoneless := zoneless_time(event, read)) is not None:
        path, time = zoneless
        raise _refusal(
            event_class,
            path,
            f"The time {time} has no zone, and who reads it elsewhere takes it for another",
            remedy="Pass datetime.now(UTC), or make it one of a zone: time.astimezone() if it is that of this machine.",
        )
    return EventData(text=as_read, event=read)


def _refusal(
    event_class: type, path: str, reason: str, *, remedy: str = "Give each field what its class declares."
) -> InvalidEventDataError:
    where = path.removeprefix("$").lstrip(".")
    return InvalidEventDataError(
        f"The event {event_class.__name__} is not published: {reason}{f' at {where}' if where else ''}. {remedy}"
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Difference:
    path: str
    reason: str
    remedy: str = "Give each field what its class declares."


def _difference(given: object, read: object, path: str = "") -> _Difference | None:
    """Find the first place where reading makes something else of what is given."""
    if isinstance(given, dict) and isinstance(read, dict):
        return _difference_of_members(given, read, path)
    if isinstance(given, list) and isinstance(read, list) and len(given) == len(read):
        pairs = zip(cast("Sequence[object]", given), cast("Sequence[object]", read), strict=True)
        found = (_difference(one, other, f"{path}[{index}]") for index, (one, other) in enumerate(pairs))
        return next(filter(None, found), None)
    if _stands_for(given, read):
        return None
    if isinstance(given, Decimal) and str(given) == read:
        # A number with a point is that of a float, and only a Decimal is written as a text of it.
        reason = f"Expected `Decimal`, got the `float` {given}"
        remedy = f"Write Decimal('{given}'): a float may not have the digits that are meant."
        return _Difference(path=path, reason=reason, remedy=remedy)
    return _misreading(path, _shown(given), _shown(read))


def _misreading(path: str, given: str, found: str) -> _Difference:
    return _Difference(path=path, reason=f"Given {given}, consumers would read {found}")


def _shown(value: object) -> str:
    return f"the number {value}" if isinstance(value, Decimal) else json.dumps(value, default=str)


def _difference_of_members(given: Mapping[str, object], read: Mapping[str, object], path: str) -> _Difference | None:
    for name in given.keys() | read.keys():
        if name not in given or name not in read:
            names = (sorted(given), sorted(read))
            return _misreading(path, f"the fields {', '.join(names[0])}", f"the fields {', '.join(names[1])}")
    found = (_difference(given[name], read[name], f"{path}.{name}") for name in given)
    return next(filter(None, found), None)


def _stands_for(given: object, read: object) -> bool:
    if isinstance(given, bool) or isinstance(read, bool):
        return given is read
    if isinstance(given, int) and isinstance(read, str):
        # A whole number for a Decimal. A float is none: of 0.1 + 0.2 nobody means all digits.
        return Decimal(given) == Decimal(read)
    if isinstance(given, str) and isinstance(read, str):
        # A text for a time or an id, which have more than one form.
        return True
    return given == read
