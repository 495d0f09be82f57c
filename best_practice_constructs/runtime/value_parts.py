"""What a value consists of: the numbers in it, which JSON may not be able to say."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import msgspec

# The range of a DynamoDB number. Beyond it, formatting a short text like 1e999999999 takes all memory.
_SMALLEST_EXPONENT, _LARGEST_EXPONENT = -130, 125


def unusable_number(value: object) -> tuple[str, str] | None:
    """Give the JSON path of the first number that is none, and the reason; ``None`` when all are fine."""
    for path, number in _numbers(value, path="$"):
        if reason := _reason_unusable(number):
            return path, reason
    return None


def unusable_decimal(value: Decimal) -> bool:
    """Tell whether a decimal is no number, or one that DynamoDB does not hold."""
    return not value.is_finite() or (bool(value) and not _SMALLEST_EXPONENT <= value.adjusted() <= _LARGEST_EXPONENT)


def keep_defaults(value: object) -> None:
    """Give dataclasses their defaults as their constructor does; msgspec leaves them out, and then out of the JSON."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type) and hasattr(value, "__dict__"):
        for field in dataclasses.fields(value):
            value.__dict__.setdefault(field.name, getattr(value, field.name))
    for each, _ in parts_of(value):
        keep_defaults(each)


def _reason_unusable(number: Decimal | float) -> str | None:
    if not (number.is_finite() if isinstance(number, Decimal) else math.isfinite(number)):
        return f"Expected a finite number, got `{number}`"
    if isinstance(number, Decimal) and number and not _SMALLEST_EXPONENT <= number.adjusted() <= _LARGEST_EXPONENT:
        return "Expected a number between 1E-130 and 1E+126"
    return None


def _numbers(value: object, *, path: str) -> Iterator[tuple[str, Decimal | float]]:
    if isinstance(value, Decimal | float):
        yield path, value
    for each, step in parts_of(value):
        yield from _numbers(each, path=path + step)


def parts_of(value: object) -> Iterator[tuple[object, str]]:
    """Give what a value consists of, each with the step of the JSON path that leads to it."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield each, f".{key}"
    elif isinstance(value, list | tuple | set | frozenset):
        for index, each in enumerate(value):
            yield each, f"[{index}]"
    else:
        for name in _field_names(value):
            yield getattr(value, name), f".{name}"


def _field_names(value: object) -> Iterable[str]:
    """Give the names of the fields of a dataclass, a ``msgspec.Struct`` or a Pydantic model."""
    if isinstance(value, msgspec.Struct):
        return value.__struct_fields__
    if dataclasses.is_dataclass(value):
        return [field.name for field in dataclasses.fields(value)]
    fields = getattr(type(value), "model_fields", None)
    return fields if isinstance(fields, Mapping) else ()
