"""What Lambda asks for a gigabyte-second and a request, by region, as AWS publishes it (L7, L8).

The prices are those of the first tier, without the free tier and without savings plans: these lower what all settings
of a function cost, and leave their order as it is. Lambda bills the whole milliseconds of an invocation, since August
2025 with those of its initialization.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PRICES_AS_OF = "2026-09-19"
"""The day of AWS's price list that the table was compared with, as others noted it down: the common prices, and those
of Cape Town, Hong Kong, Milan and Bahrain on x86_64. The others are from an older copy of the price calculator's data,
which agrees with these."""

_SOURCE = "https://aws.amazon.com/lambda/pricing/, first tier, USD"


@dataclass(frozen=True, kw_only=True)
class LambdaPrices:
    """What Lambda asks in one region, in US dollars.

    :param arm64: of a gigabyte-second on arm64.
    :param x86_64: of a gigabyte-second on x86_64.
    :param request: of one invocation.
    :param storage: of a gigabyte-second of the ephemeral storage beyond 512 MB.
    :param as_of: the day that the prices are of, as in ``"2026-09-19"``.
    :param source: where they are published.
    :raises ValueError: a price below zero, or none for a gigabyte-second.

    ```python
    from best_practice_constructs.operations.lambda_prices import LambdaPrices

    ours = LambdaPrices(arm64=0.0000117, x86_64=0.0000147, request=0.0000002, as_of="2026-11-01", source="our contract")
    ```
    """

    arm64: float
    x86_64: float
    request: float
    storage: float = 0.0
    as_of: str
    source: str

    def __post_init__(self) -> None:
        for name in ("arm64", "x86_64", "request", "storage"):
            value = getattr(self, name)
            lowest_is_wrong = name in ("arm64", "x86_64") and value == 0
            if not isinstance(value, int | float) or isinstance(value, bool) or value < 0 or lowest_is_wrong:
                raise ValueError(
                    f"{name}={value!r} is no price: write what a unit costs in US dollars, such as 0.0000133334 for a "
                    "gigabyte-second on arm64, and 0.0000002 for a request"
                )

    def of_gigabyte_second(self, architecture: str) -> float:
        """Give the price of a gigabyte-second on ``"arm64"`` or ``"x86_64"``."""
        return self.arm64 if architecture == "arm64" else self.x86_64

    def to_json(self) -> dict[str, float | str]:
        """Give the prices as the state machine takes them, and as they stand in a file."""
        return {
            "arm64": self.arm64,
            "x86_64": self.x86_64,
            "request": self.request,
            "storage": self.storage,
            "as_of": self.as_of,
            "source": self.source,
        }


def read_prices(file: Path) -> LambdaPrices:
    """Read prices from a file of JSON, with the members of :class:`LambdaPrices`.

    :raises ValueError: it is no JSON object with these members; the message says which are missing, or unknown.
    """
    return prices_from(json.loads(file.read_text("utf-8")), given=str(file))


def prices_from(value: object, *, given: str) -> LambdaPrices:
    """Make prices of the members that a file, or the result of a tuning, has.

    :param given: names them in an error.
    :raises ValueError: it is no object with these members.
    """
    names = LambdaPrices.__dataclass_fields__
    if not isinstance(value, Mapping):
        raise ValueError(f"{given} holds no JSON object: write one with {', '.join(names)}")  # noqa: TRY004 -- as all others here
    unknown = sorted(value.keys() - names.keys())
    missing = [name for name in names if name not in value and name != "storage"]
    if unknown or missing:
        wrong = [f"unknown: {', '.join(unknown)}"] * bool(unknown) + [f"missing: {', '.join(missing)}"] * bool(missing)
        raise ValueError(f"{given} holds no prices ({'; '.join(wrong)}): write {', '.join(names)}")
    return LambdaPrices(**value)


def published_prices(region: str) -> LambdaPrices | None:
    """Give the prices of a region such as ``"eu-west-1"``, or ``None`` where the table has none."""
    return PUBLISHED_PRICES.get(region)


def _prices(arm64: float, x86_64: float, request: float, storage: float) -> LambdaPrices:
    return LambdaPrices(
        arm64=arm64, x86_64=x86_64, request=request, storage=storage, as_of=PRICES_AS_OF, source=_SOURCE
    )


def _common(storage: float) -> LambdaPrices:
    return _prices(0.0000133334, 0.0000166667, 0.0000002, storage)


PUBLISHED_PRICES: Mapping[str, LambdaPrices] = {
    "af-south-1": _prices(0.00001768, 0.0000221, 0.00000027, 0.0000000404),
    "ap-east-1": _prices(0.0000183, 0.00002292, 0.00000028, 0.0000000407),
    "ap-northeast-1": _common(0.000000037),
    "ap-northeast-2": _common(0.0000000352),
    "ap-northeast-3": _common(0.000000037),
    "ap-south-1": _common(0.0000000352),
    "ap-southeast-1": _common(0.000000037),
    "ap-southeast-2": _common(0.000000037),
    "ap-southeast-4": _common(0.000000037),
    "ap-southeast-5": _prices(0.000012, 0.000015, 0.00000018, 0.0000000333),
    "ca-central-1": _common(0.000000034),
    "eu-central-1": _common(0.0000000367),
    "eu-central-2": _prices(0.0000146667, 0.0000183334, 0.00000022, 0.0000000441),
    "eu-north-1": _common(0.0000000323),
    "eu-south-1": _prices(0.0000156138, 0.0000195172, 0.00000023, 0.0000000357),
    "eu-west-1": _common(0.000000034),
    "eu-west-2": _common(0.0000000358),
    "eu-west-3": _common(0.0000000358),
    "me-south-1": _prices(0.0000165334, 0.0000206667, 0.00000025, 0.0000000374),
    "sa-east-1": _common(0.0000000586),
    "us-east-1": _common(0.0000000309),
    "us-east-2": _common(0.0000000309),
    "us-west-1": _common(0.000000037),
    "us-west-2": _common(0.0000000309),
}
"""The prices by region."""
