"""What narrows a permission on DynamoDB's items down to some of them, and to some of their attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from best_practice_constructs.permissions.named_values import named_values

Conditions = dict[str, dict[str, str | list[str]]]

# What an operation has to say about the attributes it gives back, so that it gives none but the allowed ones.
SELECTED = {"StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}
RETURNED_BY_UPDATES = {"StringEqualsIfExists": {"dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"]}}
RETURNED_BY_WRITES = {"StringEqualsIfExists": {"dynamodb:ReturnValues": "NONE"}}


def item_conditions(
    *,
    attributes: Sequence[str] | None,
    leading_keys: Sequence[str] | None,
    returned: Mapping[str, Mapping[str, str | list[str]]] | None = None,
) -> Conditions:
    """Give the conditions of a permission on some items (DynamoDB developer guide, *Using IAM policy conditions*).

    ``ForAllValues`` is true of a request that names no value at all. ``Null`` closes that gap: the request has to name
    some.

    :param attributes: the only attributes, those of the key among them, that a request may name; all by default.
    :param leading_keys: the only values that the partition key may have; all by default.
    :param returned: what goes with ``attributes``: the conditions on what is given back.
    :raises ValueError: one of them names nothing, or is a text.
    """
    given = {"dynamodb:LeadingKeys": ("leading_keys", leading_keys), "dynamodb:Attributes": ("attributes", attributes)}
    named: dict[str, str | list[str]] = {
        key: named_values(parameter, values) for key, (parameter, values) in given.items() if values is not None
    }
    if not named:
        return {}
    conditions: Conditions = {"ForAllValues:StringEquals": named, "Null": dict.fromkeys(named, "false")}
    if attributes is not None:
        conditions.update({operator: dict(keys) for operator, keys in (returned or {}).items()})
    return conditions
