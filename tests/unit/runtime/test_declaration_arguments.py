"""What an event cannot be declared with is said at its declaration."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from best_practice_constructs.runtime import EventSource, InvalidEventError


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"changed": "order.state"}, "Write changed=('order.state',)"),
        ({"not_secret": "page_token"}, "write not_secret=('page_token',)"),
        ({"claim_check": "order_id"}, "write claim_check=('order_id',)"),
        ({"changed": 17}, "changed=17 of the event OrderPlaced is no list"),
        ({"changed": [17]}, "lists 17, which is no name"),
        ({"changed": [""]}, "lists '', which is no name"),
        ({"version": "2"}, "version='2' of the event OrderPlaced is no whole number"),
        ({"version": True}, "version=True"),
        ({"version": 2, "compatible_since": "1"}, "compatible_since='1'"),
        ({"version": 0}, "count from 1"),
        ({"version": 2, "compatible_since": 3}, "cannot be compatible since version 3"),
        ({"detail_type": ""}, "has the detail type ''"),
        ({"detail_type": " ", "name_is_past_tense": True}, "has the detail type ' '"),
        ({"detail_type": 17}, "has the detail type 17"),
        ({"detail_type": "Placed" * 30}, "longer than 128"),
    ],
)
def test_what_cannot_work_is_refused(arguments: dict[str, object], message: str) -> None:
    declare = cast("Callable[..., Callable[[type], type]]", EventSource("com.example.orders").event)
    event = type("OrderPlaced", (), {"__annotations__": {"order_id": str}, "__qualname__": "OrderPlaced"})
    with pytest.raises(InvalidEventError) as error:
        declare(**arguments)(event)
    assert message.lower() in str(error.value).lower()


@pytest.mark.parametrize("name", [None, 17, b"com.example.orders"])
def test_a_source_is_a_text(name: object) -> None:
    with pytest.raises(InvalidEventError, match=r"The event source .* is none"):
        EventSource(cast("str", name))
