"""The JSON schema of what a Pydantic model writes; imported where there is one, for it needs Pydantic."""

from __future__ import annotations

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema


class _WithDecimals(GenerateJsonSchema):
    """Pydantic describes decimals as any text."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> dict[str, object]:  # noqa: ARG002 -- Pydantic's
        """Describe a decimal as msgspec does."""
        return {"type": "string", "format": "decimal"}


def pydantic_schema(model: type[BaseModel]) -> dict[str, object]:
    """Give the JSON schema of what a model writes."""
    return model.model_json_schema(mode="serialization", schema_generator=_WithDecimals)
