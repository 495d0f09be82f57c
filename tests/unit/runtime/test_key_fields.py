"""Which fields of the data a key looks at, as far as it can be told."""

from __future__ import annotations

import jmespath
import pytest

from best_practice_constructs.runtime.key_fields import fields_of_data


@pytest.mark.parametrize(
    ("expression", "fields"),
    [
        ("id", set()),
        ("detail.metadata.event_id", set()),
        ("detail.metadata.event_id || id", set()),
        ("detail.data.order_id", {"order_id"}),
        ("detail.data.address.city", {"address"}),
        ("detail.data.lines[0].sku", {"lines"}),
        ("detail.data.[order_id, lines]", {"order_id", "lines"}),
        ("[source, detail.data.order_id]", {"order_id"}),
        ("{a: detail.data.a, b: `1`}", {"a"}),
        ('"detail"."data"."order_id"', {"order_id"}),
        ("detail", None),
        ("detail.data", None),
        ("detail.numbers.total", None),
        ("detail.claim_check.key", None),
        ("@", None),
        ("detail.data.*", None),
        ("detail.data.lines[*].sku", None),
        ("detail.data | order_id", None),
        ("keys(detail.data)", None),
        ("(a || detail.data).b", None),
    ],
)
def test_what_it_looks_at(expression: str, fields: set[str] | None) -> None:
    assert fields_of_data(jmespath.compile(expression).parsed) == fields
