"""What makes two messages the same one."""

from __future__ import annotations

import pytest

from best_practice_constructs.runtime import ConfigurationError, MissingIdempotencyKeyError
from best_practice_constructs.runtime.idempotency_key import IdempotencyKey, record_id

BODY: dict[str, object] = {"id": "7", "zero": 0, "no": False, "empty": "", "none": None, "text": '{"order": "17"}'}


@pytest.mark.parametrize(
    ("expression", "key"),
    [
        ("id", "7"),
        ("zero", 0),
        ("no", False),
        ("[id, zero]", ["7", 0]),
        ("{a: id, b: no}", {"a": "7", "b": False}),
        ("powertools_json(text).order", "17"),
    ],
)
def test_a_key_is_found(expression: str, key: object) -> None:
    assert IdempotencyKey(expression).of(BODY) == key


@pytest.mark.parametrize(
    "expression",
    [
        "none",
        "absent",
        "empty",
        "[id, none]",
        "[]",
        "{a: id, b: absent}",
        "length(zero)",
        "powertools_json(id).order.a",
    ],
)
def test_a_key_that_is_missing_in_whole_or_in_part_is_an_error(expression: str) -> None:
    with pytest.raises(MissingIdempotencyKeyError) as raised:
        IdempotencyKey(expression).of(BODY)
    assert repr(expression) in str(raised.value)


@pytest.mark.parametrize("expression", ["a..b", "", "[", "nothing(id)"])
def test_an_expression_that_is_none_is_an_error_at_once_or_of_the_message(expression: str) -> None:
    with pytest.raises((ConfigurationError, MissingIdempotencyKeyError)):
        IdempotencyKey(expression).of(BODY)


def test_equal_keys_have_equal_records_and_others_have_not() -> None:
    assert record_id("f", {"a": 1, "b": 2}) == record_id("f", {"b": 2, "a": 1})
    ids = {record_id(name, key) for name in ("f", "g") for key in ("1", 1, ["1"], "a", {"a": 1})}
    assert len(ids) == 10
