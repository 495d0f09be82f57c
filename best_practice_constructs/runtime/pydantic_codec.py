"""Pydantic models from JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from best_practice_constructs.runtime.errors import DecodingError, TypeMismatchError
from best_practice_constructs.runtime.pydantic_models import PydanticModel


def decode_pydantic(model: type[PydanticModel], text: str | bytes) -> object:
    """Read a JSON text as a model.

    :raises TypeMismatchError: it is JSON, but does not fit the model.
    :raises DecodingError: it is not JSON.
    """
    try:
        return model.model_validate_json(text)
    except ValueError as error:
        faults: Callable[[], Sequence[Mapping[str, object]]] | None = getattr(error, "errors", None)
        if faults is None:
            raise
        first = faults()[0]
        reason = str(first["msg"])
        if first["type"] == "json_invalid":
            raise DecodingError(reason) from error
        steps = cast("Sequence[str | int]", first["loc"])
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
        raise TypeMismatchError(path=f"${path}", reason=reason) from error
