"""Prices of Lambda: those that are published, and a user's own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from best_practice_constructs.operations.lambda_prices import (
    PRICES_AS_OF,
    PUBLISHED_PRICES,
    LambdaPrices,
    published_prices,
    read_prices,
)
from best_practice_constructs.operations.tuning_figures import cost_of_invocation

OURS = LambdaPrices(arm64=0.00001, x86_64=0.00002, request=0.0000001, as_of="2026-11-01", source="our contract")


# The table of the pricing page: US dollars of a millisecond, rounded to ten places, in the first tier of us-east-1.
@pytest.mark.parametrize(
    ("architecture", "memory_size", "published"),
    [
        ("x86_64", 128, 0.0000000021),
        ("x86_64", 512, 0.0000000083),
        ("x86_64", 1024, 0.0000000167),
        ("x86_64", 1536, 0.0000000250),
        ("x86_64", 2048, 0.0000000333),
        ("x86_64", 10_240, 0.0000001667),
        ("arm64", 128, 0.0000000017),
        ("arm64", 512, 0.0000000067),
        ("arm64", 1024, 0.0000000133),
        ("arm64", 1536, 0.0000000200),
        ("arm64", 2048, 0.0000000267),
        ("arm64", 10_240, 0.0000001333),
    ],
)
def test_a_millisecond_costs_what_the_pricing_page_says(architecture: str, memory_size: int, published: float) -> None:
    prices = PUBLISHED_PRICES["us-east-1"]
    cost = cost_of_invocation(prices, architecture=architecture, memory_size=memory_size, storage=512, billed_ms=1)
    assert round(cost - prices.request, 10) == pytest.approx(published)


def test_a_month_costs_what_the_example_of_the_pricing_page_says() -> None:
    # "Mobile application backend": three million requests of 120 ms with 1,536 MB on x86_64. The page takes the free
    # tier off, 400,000 GB-seconds and a million requests, and comes to 2.73 dollars.
    prices = PUBLISHED_PRICES["us-east-1"]
    one = cost_of_invocation(prices, architecture="x86_64", memory_size=1536, storage=512, billed_ms=120)
    free = 400_000 * prices.x86_64 + 1_000_000 * prices.request
    assert 3_000_000 * one - free == pytest.approx(2.73, abs=0.005)


def test_storage_beyond_512_mb_costs_something() -> None:
    prices = PUBLISHED_PRICES["us-east-1"]

    def cost(storage: int) -> float:
        return cost_of_invocation(prices, architecture="arm64", memory_size=1024, storage=storage, billed_ms=1000)

    assert cost(512) == cost(100)
    assert cost(512 + 2048) - cost(512) == pytest.approx(2 * 0.0000000309)


def test_the_table_names_its_day_and_arm_is_cheaper_everywhere() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", PRICES_AS_OF)
    assert published_prices("mx-central-1") is None
    for region, prices in PUBLISHED_PRICES.items():
        assert prices.as_of == PRICES_AS_OF
        assert prices.arm64 / prices.x86_64 == pytest.approx(0.8, abs=0.01), region


def test_prices_of_ones_own_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text(json.dumps(OURS.to_json()))
    assert read_prices(file) == OURS


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "no JSON object"),
        ({"arm64": 1}, "missing: x86_64, request, as_of, source"),
        ({**OURS.to_json(), "arm": 1}, "unknown: arm"),
        ({**OURS.to_json(), "arm64": -1}, "arm64=-1 is no price"),
        ({**OURS.to_json(), "x86_64": 0}, "x86_64=0 is no price"),
        ({**OURS.to_json(), "request": "0.2"}, "request='0.2' is no price"),
    ],
)
def test_what_are_no_prices_is_told(tmp_path: Path, content: object, said: str) -> None:
    file = tmp_path / "prices.json"
    file.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=re.escape(said)):
        read_prices(file)
