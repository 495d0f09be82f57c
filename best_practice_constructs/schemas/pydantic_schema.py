"""The JSON schema of what a Pydantic model writes."""

from __future__ import annotations

import inspect

from best_practice_constructs.runtime.pydantic_models import PydanticModel


def pydantic_schema(model: type[PydanticModel]) -> dict[str, object]:
    """Give the JSON schema of what a model writes, in which decimals are told from texts as msgspec tells them."""
    # Its generator is the default of the method, so that who has no Pydantic needs none here either.
    parameter = inspect.signature(model.model_json_schema).parameters.get("schema_generator")
    if parameter is None or not isinstance(parameter.default, type):
        return model.model_json_schema(mode="serialization")
    generator = type("WithDecimals", (parameter.default,), {"decimal_schema": _decimal_schema})
    return model.model_json_schema(mode="serialization", schema_generator=generator)


def _decimal_schema(generator: object, schema: object) -> dict[str, object]:  # noqa: ARG001 -- a method of Pydantic's
    return {"type": "string", "format": "decimal"}
