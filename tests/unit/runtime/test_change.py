"""What a table's change tells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs.runtime import Change, ConfigurationError
from best_practice_constructs.runtime.attribute_values import plain_item, plain_value
from best_practice_constructs.runtime.change import ChangeKind

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-1_000_000, max_value=1_000_000)
SCALARS = st.none() | st.booleans() | st.text(max_size=5) | NUMBERS
SETS = st.sets(st.text(min_size=1, max_size=3), min_size=1) | st.sets(NUMBERS, min_size=1)
VALUES = st.recursive(
    SCALARS | SETS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
ITEMS = st.dictionaries(st.text(min_size=1, max_size=3), VALUES, max_size=4)


def _change(event_name: ChangeKind, before: Mapping[str, object] | None, after: Mapping[str, object] | None) -> Change:
    return Change(
        event_name=event_name,
        keys={"id": "1"},
        before=before,
        after=after,
        sequence_number="1",
        change_id="1",
        created_at=datetime(2026, 11, 24, tzinfo=UTC),
    )


@given(ITEMS)
def test_items_are_read_as_boto3_reads_them(item: dict[str, object]) -> None:
    written = {name: TypeSerializer().serialize(value) for name, value in item.items()}
    # Lambda's JSON has lists where boto3 has sets.
    written = json.loads(json.dumps(written, default=list))
    assert plain_item(written) == {name: TypeDeserializer().deserialize(value) for name, value in written.items()}


def test_binary_values_are_bytes() -> None:
    assert plain_value({"B": "AAE="}) == plain_value({"B": b"\x00\x01"}) == b"\x00\x01"
    assert plain_value({"BS": ["AAE="]}) == {b"\x00\x01"}


@pytest.mark.parametrize("value", [{}, {"X": "1"}, {"S": "1", "N": "1"}])
def test_what_dynamodb_does_not_know_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="one type that DynamoDB knows"):
        plain_value(value)


@given(ITEMS, ITEMS)
def test_an_attribute_changed_when_dynamodb_would_say_so(before: dict[str, object], after: dict[str, object]) -> None:
    def written(item: dict[str, object], name: str) -> Any:  # noqa: ANN401 -- whatever there is
        return _normal(TypeSerializer().serialize(item[name])) if name in item else None

    expected = sorted(name for name in {*before, *after} if written(before, name) != written(after, name))
    assert list(_change("MODIFY", before, after).changed) == expected


def _normal(value: object) -> object:
    """Bring an attribute value into one form: numbers without trailing zeros, sets in order."""
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "N":
        return kind, Decimal(content)
    if kind == "NS":
        return kind, frozenset(map(Decimal, content))
    if kind == "SS":
        return kind, frozenset(content)
    if kind == "L":
        return kind, [_normal(each) for each in content]
    return (kind, {name: _normal(each) for name, each in content.items()}) if kind == "M" else (kind, content)


def test_all_of_a_new_or_removed_item_changed() -> None:
    assert _change("INSERT", None, {"id": "1", "a": 1}).changed == ("a", "id")
    assert _change("REMOVE", {"id": "1", "a": 1}, None).changed == ("a", "id")


@pytest.mark.parametrize(
    ("event_name", "before", "after"),
    [("INSERT", None, None), ("MODIFY", None, {"id": "1"}), ("MODIFY", {"id": "1"}, None), ("REMOVE", None, None)],
)
def test_without_both_images_nobody_can_tell(
    event_name: ChangeKind, before: Mapping[str, object] | None, after: Mapping[str, object] | None
) -> None:
    with pytest.raises(ConfigurationError, match="NEW_AND_OLD_IMAGES"):
        _ = _change(event_name, before, after).changed
