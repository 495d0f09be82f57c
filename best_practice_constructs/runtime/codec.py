"""JSON to typed values and back (msgspec): ``Decimal`` as a string with all its digits, times in RFC 3339."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Generic, TypeVar

import msgspec

ValueT = TypeVar("ValueT")

# The range of a DynamoDB number. Beyond it, formatting a short text like 1e999999999 takes all memory.
_SMALLEST_EXPONENT, _LARGEST_EXPONENT = -130, 125

_encoder = msgspec.json.Encoder()


class DecodingError(ValueError):
    """The text is not JSON."""


class TypeMismatchError(DecodingError):
    """The text is JSON, but not of the type.

    :param path: where, as a JSON path: ``$.customer.name``.
    :param reason: what is wrong there.
    """

    def __init__(self, *, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{reason} at {path}")

    @property
    def pointer(self) -> str:
        """The same place as a JSON pointer (RFC 6901): ``/customer/name``."""
        return self.path.removeprefix("$").replace("[", ".").replace("]", "").replace(".", "/")


class Decoder(Generic[ValueT]):
    """Reads JSON as values of one type; made once, when a handler is decorated.

    :raises TypeError: the type has no JSON form.
    """

    def __init__(self, value_type: type[ValueT]) -> None:
        self._decoder = msgspec.json.Decoder(value_type)

    def decode(self, text: str | bytes) -> ValueT:
        """Read a JSON text.

        :raises TypeMismatchError: it is JSON, but not of the type, or holds a number that is none (``"NaN"``).
        :raises DecodingError: it is not JSON.
        """
        try:
            value = self._decoder.decode(text)
            fault = _unusable_number(value)
            _keep_defaults(value)
        except msgspec.ValidationError as error:
            raise _mismatch(str(error)) from error
        except (msgspec.DecodeError, UnicodeError) as error:
            raise DecodingError(str(error)) from error
        except RecursionError as error:
            raise DecodingError("JSON is nested too deeply") from error
        if fault is not None:
            raise fault
        return value


def encode(value: object) -> bytes:
    """Write a value as JSON.

    :raises TypeError: the value, or one within it, has no JSON form.
    :raises ValueError: a number within it is none: JSON has no NaN, and would silently become ``null``.
    """
    fault = _unusable_number(value)
    if fault is not None:
        raise fault
    return _encoder.encode(value)


def _mismatch(message: str) -> TypeMismatchError:
    reason, separator, path = message.rpartition(" - at `")
    if not separator:
        reason, path = message, "$"
    path = path.removesuffix("`")
    if reason.startswith("Object missing required field `"):
        path = f"{path}.{reason.split('`')[1]}"
    return TypeMismatchError(path=path, reason=reason)


def _unusable_number(value: object) -> TypeMismatchError | None:
    for path, number in _numbers(value, path="$"):
        if reason := _reason_unusable(number):
            return TypeMismatchError(path=path, reason=reason)
    return None


def _reason_unusable(number: Decimal | float) -> str | None:
    if not (number.is_finite() if isinstance(number, Decimal) else math.isfinite(number)):
        return f"Expected a finite number, got `{number}`"
    if isinstance(number, Decimal) and number and not _SMALLEST_EXPONENT <= number.adjusted() <= _LARGEST_EXPONENT:
        return "Expected a number between 1E-130 and 1E+126"
    return None


def _keep_defaults(value: object) -> None:
    """Give dataclasses their defaults as their constructor does; msgspec leaves them out, and then out of the JSON."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type) and hasattr(value, "__dict__"):
        for field in dataclasses.fields(value):
            value.__dict__.setdefault(field.name, getattr(value, field.name))
    for each, _ in _parts(value):
        _keep_defaults(each)


def _numbers(value: object, *, path: str) -> Iterator[tuple[str, Decimal | float]]:
    if isinstance(value, Decimal | float):
        yield path, value
    for each, step in _parts(value):
        yield from _numbers(each, path=path + step)


def _parts(value: object) -> Iterator[tuple[object, str]]:
    """Return what a value consists of, and the step of the JSON path that leads to each."""
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield getattr(value, name), f".{name}"
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield getattr(value, field.name), f".{field.name}"
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield each, f".{key}"
    elif isinstance(value, list | tuple | set | frozenset):
        for index, each in enumerate(value):
            yield each, f"[{index}]"
