"""Pydantic models, told and handled without importing Pydantic: who uses none does not pay for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeGuard


class PydanticField(Protocol):
    """What is used of a ``pydantic.fields.FieldInfo``."""

    annotation: object
    metadata: Sequence[object]
    alias: str | None
    serialization_alias: str | None
    validation_alias: object
    exclude: bool | None


class PydanticModel(Protocol):
    """What is used of a ``pydantic.BaseModel``."""

    model_config: Mapping[str, object]
    model_fields: Mapping[str, PydanticField]

    @classmethod
    def model_validate_json(cls, json_data: str | bytes) -> object:
        """Read a JSON text; raises ``pydantic.ValidationError``, a ``ValueError``."""
        ...

    @classmethod
    def model_json_schema(cls, *, mode: Literal["serialization"], schema_generator: type = ...) -> dict[str, object]:
        """Give the JSON schema of what is written."""
        ...

    def model_dump_json(self) -> str:
        """Write the model as JSON."""
        ...


def is_pydantic_model(value_type: object) -> TypeGuard[type[PydanticModel]]:
    """Tell whether a type is a ``pydantic.BaseModel``."""
    return isinstance(value_type, type) and any(
        base.__name__ == "BaseModel" and base.__module__.partition(".")[0] == "pydantic" for base in value_type.__mro__
    )
