"""What direct calls of a table have in common: its name, keys, permissions and refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from aws_cdk import aws_dynamodb as dynamodb

from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.problem_answers import BAD_VALUE, CONFLICT, THROTTLED, Failures, ProblemAnswer
from best_practice_constructs.api.mapping.attribute_writing import attribute, write_attribute
from best_practice_constructs.api.mapping.escaping import json_string
from best_practice_constructs.api.mapping.field_shape import Kind, UnmappableFieldError
from best_practice_constructs.api.mapping.json_pieces import json_object, json_text
from best_practice_constructs.api.mapping.template_node import DeployedName, Node, joined
from best_practice_constructs.api.mapping.value_sources import BodyField, ValueSource, checked_name
from best_practice_constructs.permissions import kms as kms_permissions
from best_practice_constructs.permissions.permission import Permission

_DESCRIPTORS = {
    dynamodb.AttributeType.STRING: "S",
    dynamodb.AttributeType.NUMBER: "N",
    dynamodb.AttributeType.BINARY: "B",
}
_NUMBERS = frozenset({Kind.WHOLE_NUMBER, Kind.NUMBER, Kind.DECIMAL})


@dataclass(frozen=True, kw_only=True)
class TableSchema:
    """The key of a table or an index, as far as it is known at synth.

    :param types: the type of each key attribute, such as ``"S"``, the partition key's first.
    """

    types: Mapping[str, str]

    @classmethod
    def of(cls, table: dynamodb.ITable, index_name: str | None = None) -> TableSchema | None:
        """Give the key of a table that is made here; ``None`` of one that is only named."""
        if not isinstance(table, dynamodb.Table):
            return None
        schema = table.schema(index_name)
        keys = [key for key in (schema.partition_key, schema.sort_key) if key is not None]
        return cls(types={key.name: _DESCRIPTORS[key.type] for key in keys})


def table_headers(action: str) -> dict[str, str]:
    """Give the headers by which DynamoDB knows a call."""
    return {
        "integration.request.header.Content-Type": "'application/x-amz-json-1.0'",
        "integration.request.header.X-Amz-Target": f"'DynamoDB_20120810.{action}'",
    }


def table_name(table: dynamodb.ITable) -> Node:
    """Give a table's name as JSON."""
    return joined('"', DeployedName(table.table_name), '"')


def table_permissions(table: dynamodb.ITable, allowed: Callable[[dynamodb.ITable], Permission]) -> list[Permission]:
    """Give what a call of a table needs: the call, and the use of its key where it has one of yours."""
    key = table.encryption_key
    return [allowed(table), *([kms_permissions.use_table_key(key)] if key is not None else [])]


def table_failures(by_code: Mapping[str, ProblemAnswer | Node] | None = None) -> Failures:
    """Give what callers are told when DynamoDB refuses.

    :param by_code: what is told otherwise.
    """
    return Failures(
        code="answer.get('__type')",
        by_code={
            "ConditionalCheckFailed": CONFLICT,
            "TransactionConflict": CONFLICT,
            "Throttl": THROTTLED,
            "ProvisionedThroughputExceeded": THROTTLED,
            "RequestLimitExceeded": THROTTLED,
            "ItemCollectionSizeLimitExceeded": BAD_VALUE,
            # The template is the same for every request, so it is a value of this one that DynamoDB does not take.
            "ValidationException": BAD_VALUE,
            **(by_code or {}),
        },
    )


def key_of(
    route: DirectRoute, key: Mapping[str, ValueSource], schema: TableSchema | None, *, partial: bool = False
) -> Node:
    """Give the key of an item as DynamoDB's JSON.

    :param schema: of the table, ``None`` where it is not known: all but numbers of the body are texts then.
    :param partial: the sort key may be missing.
    :raises InvalidArgumentError: it is not the key of the table, or of another type.
    """
    if schema is not None:
        names = list(schema.types)
        fits = list(key) == names[:1] if partial else set(key) == set(names)
        if not fits:
            raise route.refusal(
                f"key={{{', '.join(map(repr, key))}}}",
                f"the key of the table is {', '.join(names)}",
                f"map {names[0] if partial else ' and '.join(names)}",
            )
    if not key:
        raise route.refusal("key={}", "no item is named", "map the key's attributes")
    types = schema.types if schema is not None else {}
    return json_object({name: source_attribute(route, source, types.get(name)) for name, source in key.items()})


def source_attribute(route: DirectRoute, source: ValueSource, kind: str | None = None) -> Node:
    """Give a source's value as an attribute value.

    :param kind: ``"S"`` or ``"N"`` where the table says so; default: by the type of the body's field, others are texts.
    :raises InvalidArgumentError: the requests do not have it, or it is of another type than the table's.
    """
    shape = route.source_shape(source)
    if not isinstance(source, BodyField):
        return attribute(kind or "S", json_string(source.text()))
    is_number = shape.kind in _NUMBERS
    if kind is not None and (kind == "N") != is_number:
        raise route.refusal(
            repr(source), f"the table's key is of type {kind}, and the field is {shape.kind.value}", "map another field"
        )
    try:
        return write_attribute(shape, source.reference)
    except UnmappableFieldError as error:
        raise route.refusal(repr(source), str(error), "store it as JSON text (StoredAsJson)") from error


def placeholders(names: Iterable[str]) -> dict[str, str]:
    """Give a placeholder for each attribute's name, as expressions want them: many names are reserved words."""
    return {checked_name(name): f"#n{index}" for index, name in enumerate(dict.fromkeys(names))}


def expression_names(names: Mapping[str, str]) -> Node:
    """Give ``ExpressionAttributeNames``, given the placeholders by name."""
    return json_object({placeholder: json_text(name) for name, placeholder in names.items()})
