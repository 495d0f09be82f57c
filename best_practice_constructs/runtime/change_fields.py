"""Fill the fields of an event from a change of a table, strictly (E6)."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import cast

import msgspec

from best_practice_constructs.runtime.change import Change
from best_practice_constructs.runtime.codec import Decoder
from best_practice_constructs.runtime.errors import DecodingError, MalformedMessageError
from best_practice_constructs.runtime.event_fields import LISTS, MAPPINGS, alternatives, declared_fields
from best_practice_constructs.runtime.event_images import AFTER, BEFORE, image_fields
from best_practice_constructs.runtime.event_type import event_declaration

_UNTYPED: tuple[object, ...] = (object, typing.Any)

# DynamoDB knows one kind of number: what it is read as, the field says.
_encoder = msgspec.json.Encoder(decimal_format="number")


class ChangeFields:
    """Fills the fields of one event class; made once, when the handler is decorated.

    :param event_class: a declared event.

    :raises UndeclaredEventError: it is none.
    """

    def __init__(self, event_class: type) -> None:
        self._declaration = event_declaration(event_class)
        self._decoder: Decoder[object] = Decoder(event_class)
        self._hints = declared_fields(event_class) or {}
        self._images = image_fields(event_class)

    def fill(self, change: Change) -> object:
        """Make the event of a change.

        ``before`` and ``after`` are filled from the images, all others by their names from the item as it is (of a
        removal: as it was). An attribute that is missing leaves the field its default.

        :raises MalformedMessageError: the item does not fit; the error names the field.
        """
        image = change.image
        sources: dict[str, object] = {BEFORE: change.before, AFTER: change.after}
        data = {
            name: _readable(sources[name] if name in self._images else image[name], hint)
            for name, hint in self._hints.items()
            if name in self._images or name in image
        }
        try:
            return self._decoder.decode(_encoder.encode(data))
        except DecodingError as error:
            raise MalformedMessageError(f"The change does not fit {self._declaration.detail_type}: {error}.") from error


def _readable(value: object, *hints: object) -> object:
    """Give a value in the form that is read as one of ``hints``; numbers of no type keep their digits as texts."""
    if isinstance(value, Decimal):
        return _number(value, [each for hint in hints for each in alternatives(hint)])
    if isinstance(value, Mapping):
        item = cast("Mapping[str, object]", value)
        types = [each for hint in hints for each in alternatives(hint)]
        return {name: _readable(each, *_member_hints(name, types)) for name, each in item.items()}
    if isinstance(value, list | set):
        items = cast("Sequence[object]", value if isinstance(value, list) else sorted(cast("set[str]", value)))
        item_hints = [
            argument
            for hint in hints
            for each in alternatives(hint)
            if typing.get_origin(each) in LISTS
            for argument in typing.get_args(each)
        ]
        return [_readable(each, *item_hints) for each in items]
    return value


def _number(value: Decimal, types: Sequence[object]) -> object:
    if Decimal in types:
        # Not 1E+2: some read that as a float.
        return Decimal(format(value, "f"))
    if not types or any(each in _UNTYPED for each in types):
        return str(value)
    return int(value) if value == value.to_integral_value() else value


def _member_hints(name: str, types: Iterable[object]) -> list[object]:
    hints: list[object] = []
    for each in types:
        if typing.get_origin(each) in MAPPINGS:
            hints.append(typing.get_args(each)[1])
        elif (fields := declared_fields(each)) is not None and name in fields:
            hints.append(fields[name])
    return hints
