"""JSON to typed values and back (msgspec): ``Decimal`` as a string with all its digits, times in RFC 3339."""

from __future__ import annotations

import dataclasses
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
        except msgspec.ValidationError as error:
            raise _mismatch(str(error)) from error
        except (msgspec.DecodeError, UnicodeError) as error:
            raise DecodingError(str(error)) from error
        except RecursionError as error:
            raise DecodingError("JSON is nested too deeply") from error
        for path, number in _decimals(value, path="$"):
            if not number.is_finite():
                raise TypeMismatchError(path=path, reason=f"Expected a finite number, got `{number}`")
            if number and not _SMALLEST_EXPONENT <= number.adjusted() <= _LARGEST_EXPONENT:
                raise TypeMismatchError(path=path, reason="Expected a number between 1E-130 and 1E+126")
        return value


def encode(value: object) -> bytes:
    """Write a value as JSON.

    :raises TypeError: the value, or one within it, has no JSON form.
    """
    return _encoder.encode(value)


def _mismatch(message: str) -> TypeMismatchError:
    reason, separator, path = message.rpartition(" - at `")
    if not separator:
        return TypeMismatchError(path="$", reason=message)
    path = path.removesuffix("`")
    if reason.startswith("Object missing required field `"):
        path = f"{path}.{reason.split('`')[1]}"
    return TypeMismatchError(path=path, reason=reason)


def _decimals(value: object, *, path: str) -> Iterator[tuple[str, Decimal]]:
    if isinstance(value, Decimal):
        yield path, value
    elif dataclasses.is_dataclass(value) or isinstance(value, msgspec.Struct):
        fields = dataclasses.fields(value) if dataclasses.is_dataclass(value) else msgspec.structs.fields(value)
        for each in fields:
            yield from _decimals(getattr(value, each.name), path=f"{path}.{each.name}")
    elif isinstance(value, Mapping):
        for key, each_value in value.items():
            yield from _decimals(each_value, path=f"{path}.{key}")
    elif isinstance(value, list | tuple | set | frozenset):
        for index, each_value in enumerate(value):
            yield from _decimals(each_value, path=f"{path}[{index}]")
