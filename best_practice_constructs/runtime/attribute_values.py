"""DynamoDB's attribute values, as streams bring them, as plain Python values."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import cast

AttributeValue = Mapping[str, object]
"""A value with its type, as in ``{"S": "text"}``."""


def plain_item(item: Mapping[str, AttributeValue]) -> dict[str, object]:
    """Give an item as a plain dictionary: numbers as ``Decimal`` with all their digits, binary values as ``bytes``.

    :raises ValueError: a value is of a type that DynamoDB does not have.
    """
    return {name: plain_value(value) for name, value in item.items()}


def plain_value(value: AttributeValue) -> object:
    """Give one attribute value as a plain one: sets as ``set``, lists as ``list``, maps as ``dict``.

    :raises ValueError: it is of a type that DynamoDB does not have.
    """
    if len(value) == 1:
        (kind,) = value
        read = _READERS.get(kind)
        if read is not None:
            return read(value[kind])
    raise ValueError(f"An attribute value has one type that DynamoDB knows, and not {', '.join(value) or 'none'}.")


def _number(text: object) -> Decimal:
    return Decimal(cast("str", text))


def _binary(value: object) -> bytes:
    # Lambda's JSON has it in Base64, the stream's own API as bytes.
    return value if isinstance(value, bytes) else base64.b64decode(cast("str", value))


def _as_it_is(value: object) -> object:
    return value


def _null(_: object) -> None:
    return None


def _set_of(read: Callable[[object], object]) -> Callable[[object], set[object]]:
    return lambda values: {read(each) for each in cast("Sequence[object]", values)}


def _list(values: object) -> list[object]:
    return [plain_value(each) for each in cast("Sequence[AttributeValue]", values)]


def _map(values: object) -> dict[str, object]:
    return plain_item(cast("Mapping[str, AttributeValue]", values))


_READERS: Mapping[str, Callable[[object], object]] = {
    "S": _as_it_is,
    "N": _number,
    "B": _binary,
    "BOOL": _as_it_is,
    "NULL": _null,
    "SS": _set_of(_as_it_is),
    "NS": _set_of(_number),
    "BS": _set_of(_binary),
    "L": _list,
    "M": _map,
}
