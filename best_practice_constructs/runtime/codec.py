"""JSON to typed values and back (msgspec): ``Decimal`` as a string with all its digits, times in RFC 3339.

Pydantic models are read and written by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast

import msgspec

from best_practice_constructs.runtime.errors import DecodingError, TypeMismatchError
from best_practice_constructs.runtime.pydantic_models import PydanticModel, is_pydantic_model
from best_practice_constructs.runtime.value_parts import unusable_number
from best_practice_constructs.runtime.value_plan import (
    Look,
    has_no_order,
    look_at_anything,
    look_at_decoded,
    look_at_encoded,
)

ValueT = TypeVar("ValueT")

_encoder = msgspec.json.Encoder()
_deterministic_encoder = msgspec.json.Encoder(order="deterministic")
_looks: dict[type, Look | None] = {}
_without_order: dict[type, bool] = {}


class Decoder(Generic[ValueT]):
    """Reads JSON as values of one type; made once, when a handler is decorated.

    :param value_type: what is read.
    :param part: picks the part of it that may hold unusable numbers and lack defaults, of the type ``part_type``;
        default: all of it.

    :raises TypeError: the type has no JSON form.
    """

    def __init__(
        self,
        value_type: type[ValueT],
        *,
        part: Callable[[ValueT], object] | None = None,
        part_type: object = None,
    ) -> None:
        self._decode = _decode_function(value_type)
        self._look = look_at_decoded(value_type if part is None else part_type)
        self._part = part

    def decode(self, text: str | bytes) -> ValueT:
        """Read a JSON text.

        :raises TypeMismatchError: it is JSON, but not of the type, or holds a number that is none (``"NaN"``).
        :raises DecodingError: it is not JSON.
        """
        try:
            value = cast(ValueT, self._decode(text))
            is_faulty = self._look is not None and self._look(value if self._part is None else self._part(value))
        except msgspec.ValidationError as error:
            raise _mismatch(str(error)) from error
        except (msgspec.DecodeError, UnicodeError) as error:
            raise DecodingError(str(error)) from error
        except RecursionError as error:
            raise DecodingError("JSON is nested too deeply") from error
        if is_faulty:
            raise _unusable(value)
        return value


def encode(value: object, *, is_deterministic: bool = False) -> bytes:
    """Write a value as JSON.

    :param is_deterministic: sets and mappings are sorted: otherwise sets have another order in each process.

    :raises TypeError: the value, or one within it, has no JSON form.
    :raises ValueError: a number within it is none: JSON has no NaN, and would silently become ``null``.
    """
    value_type = type(value)
    try:
        look = _looks[value_type]
    except KeyError:
        look = _looks[value_type] = look_at_encoded(value_type)
    if look is not None and _is_faulty(value, look):
        raise _unusable(value)
    return write(value, is_deterministic=is_deterministic)


def write(value: object, *, is_deterministic: bool = False) -> bytes:
    """Write a value as JSON, of which all numbers are known to be some.

    :raises TypeError: the value, or one within it, has no JSON form.
    """
    value_type = type(value)
    if is_pydantic_model(value_type):
        text = cast("PydanticModel", value).model_dump_json().encode()
        return _in_order(value, text) if is_deterministic and _has_no_order(value_type) else text
    if not is_deterministic:
        return _encoder.encode(value)
    try:
        return _deterministic_encoder.encode(value)
    except TypeError:
        # The items of some set cannot be compared, or the value has no JSON form, which is told here.
        return _in_order(value, _encoder.encode(value))


def _in_order(value: object, text: bytes) -> bytes:
    # Few events need it.
    from best_practice_constructs.runtime.ordered_json import in_order

    return in_order(value, text)


def _has_no_order(model: type) -> bool:
    found = _without_order.get(model)
    if found is None:
        found = _without_order[model] = has_no_order(model)
    return found


def _is_faulty(value: object, look: Look) -> bool:
    try:
        return look(value)
    except (AttributeError, TypeError):
        # The value is not what its class says; whether it can be written is for the encoder to say.
        return look_at_anything(value)


def _unusable(value: object) -> TypeMismatchError:
    path, reason = unusable_number(value) or ("$", "Expected a number")
    return TypeMismatchError(path=path, reason=reason)


def _decode_function(value_type: type) -> Callable[[str | bytes], object]:
    if not is_pydantic_model(value_type):
        return msgspec.json.Decoder(value_type).decode
    from best_practice_constructs.runtime.pydantic_codec import decode_pydantic

    model = value_type
    return lambda text: decode_pydantic(model, text)


def _mismatch(message: str) -> TypeMismatchError:
    reason, separator, path = message.rpartition(" - at `")
    if not separator:
        reason, path = message, "$"
    path = path.removesuffix("`")
    if reason.startswith("Object missing required field `"):
        path = f"{path}.{reason.split('`')[1]}"
    return TypeMismatchError(path=path, reason=reason)
