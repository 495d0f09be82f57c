"""JSON to typed values and back (msgspec): ``Decimal`` as a string with all its digits, times in RFC 3339.

Pydantic models are read and written by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast

import msgspec

from best_practice_constructs.runtime.errors import DecodingError, TypeMismatchError
from best_practice_constructs.runtime.pydantic_models import PydanticModel, is_pydantic_model
from best_practice_constructs.runtime.value_parts import keep_defaults, unusable_number

ValueT = TypeVar("ValueT")

_encoder = msgspec.json.Encoder()


class Decoder(Generic[ValueT]):
    """Reads JSON as values of one type; made once, when a handler is decorated.

    :raises TypeError: the type has no JSON form.
    """

    def __init__(self, value_type: type[ValueT]) -> None:
        self._decode = _decode_function(value_type)

    def decode(self, text: str | bytes) -> ValueT:
        """Read a JSON text.

        :raises TypeMismatchError: it is JSON, but not of the type, or holds a number that is none (``"NaN"``).
        :raises DecodingError: it is not JSON.
        """
        try:
            value = self._decode(text)
            fault = unusable_number(value)
            keep_defaults(value)
        except msgspec.ValidationError as error:
            raise _mismatch(str(error)) from error
        except (msgspec.DecodeError, UnicodeError) as error:
            raise DecodingError(str(error)) from error
        except RecursionError as error:
            raise DecodingError("JSON is nested too deeply") from error
        if fault is not None:
            raise TypeMismatchError(path=fault[0], reason=fault[1])
        return cast(ValueT, value)


def encode(value: object) -> bytes:
    """Write a value as JSON.

    :raises TypeError: the value, or one within it, has no JSON form.
    :raises ValueError: a number within it is none: JSON has no NaN, and would silently become ``null``.
    """
    fault = unusable_number(value)
    if fault is not None:
        raise TypeMismatchError(path=fault[0], reason=fault[1])
    if is_pydantic_model(type(value)):
        return cast("PydanticModel", value).model_dump_json().encode()
    return _encoder.encode(value)


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
