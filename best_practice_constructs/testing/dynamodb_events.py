"""Batches of changes of a DynamoDB table, as Lambda gives them to a stream consumer."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from best_practice_constructs.testing.event_payloads import ACCOUNT, REGION

_CHANGED_AT = 1767225600


@dataclass(frozen=True, kw_only=True)
class ItemChange:
    """A change of an item, told by plain values: texts, numbers, booleans, ``None``, bytes, sets, lists and dicts.

    :param keys: the names of the table's keys.
    :param before: the item as it was; ``None`` when it was not there.
    :param after: the item as it is; ``None`` when it was removed.
    :param is_expiry: whether the time to live removed it.
    """

    keys: Sequence[str]
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None
    is_expiry: bool = False


def dynamodb_event(*changes: ItemChange) -> dict[str, object]:
    """Give what Lambda hands to a consumer of a DynamoDB stream: a batch of changes, with both images.

    :raises ValueError: a change has no image, or an image lacks a key.
    :raises TypeError: a value is of a type that DynamoDB does not have.

    ```python
    from best_practice_constructs.testing import ItemChange, dynamodb_event

    placed = ItemChange(keys=["order_id"], after={"order_id": "17", "quantity": 2})
    (record,) = dynamodb_event(placed)["Records"]
    assert record["eventName"] == "INSERT"
    assert record["dynamodb"]["NewImage"] == {"order_id": {"S": "17"}, "quantity": {"N": "2"}}
    ```
    """
    return {"Records": [_record(change, number) for number, change in enumerate(changes, 1)]}


def _record(change: ItemChange, number: int) -> dict[str, object]:
    image = change.after if change.after is not None else change.before
    if image is None:
        raise ValueError(f"{change!r} changes nothing: give what was before, what is after, or both.")
    if missing := [name for name in change.keys if name not in image]:
        raise ValueError(f"{change!r} has no {missing[0]!r}, which is a key: write it into the image.")
    told: dict[str, object] = {
        "ApproximateCreationDateTime": _CHANGED_AT,
        "Keys": {name: _attribute_value(image[name]) for name in change.keys},
        "SequenceNumber": str(number),
        "SizeBytes": 26,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    if change.before is not None:
        told["OldImage"] = _item(change.before)
    if change.after is not None:
        told["NewImage"] = _item(change.after)
    record: dict[str, object] = {
        "eventID": f"change-{number}",
        "eventName": "INSERT" if change.before is None else "REMOVE" if change.after is None else "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": told,
        "eventSourceARN": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/table/stream/2026-01-01T00:00:00.000",
    }
    if change.is_expiry:
        record["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    return record


def _item(item: Mapping[str, object]) -> dict[str, object]:
    return {name: _attribute_value(value) for name, value in item.items()}


def _attribute_value(value: object) -> dict[str, object]:
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int | Decimal):
        return {"N": str(value)}
    if isinstance(value, bytes):
        return {"B": base64.b64encode(value).decode()}
    if isinstance(value, Mapping):
        return {"M": _item(value)}
    if isinstance(value, list | tuple):
        return {"L": [_attribute_value(each) for each in value]}
    if isinstance(value, set | frozenset) and value:
        return _attribute_value_of_set([_attribute_value(each) for each in value], given=value)
    raise TypeError(f"{value!r} is of a type that DynamoDB does not have: write a float as Decimal, and no empty set.")


def _attribute_value_of_set(values: list[dict[str, object]], *, given: object) -> dict[str, object]:
    kinds = {kind for value in values for kind in value}
    if len(kinds) > 1 or not kinds <= {"S", "N", "B"}:
        raise TypeError(f"{given!r} is no set that DynamoDB has: its items are all texts, all numbers or all bytes.")
    (kind,) = kinds
    return {f"{kind}S": sorted(str(value[kind]) for value in values)}
