"""What a function costs, and how fast it is, at each setting of its memory (L8).

The state machine computes the same in JSONata; a property of the tests compares the two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from best_practice_constructs.operations.lambda_prices import LambdaPrices

_FREE_STORAGE_MB = 512
_MB_OF_GIGABYTE = 1024
_MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True)
class SettingMeasured:
    """What was measured at one setting.

    :param architecture: ``"arm64"`` or ``"x86_64"``.
    :param memory_size: MB.
    :param storage: MB of ephemeral storage.
    :param billed: ms that Lambda billed for each invocation of a warm environment.
    :param durations: ms that these took.
    :param cold_billed: ms that it billed for each cold start; these are apart from the others.
    :param cold_init: ms that their initialization took, where Lambda told it.
    :param memory_used: MB, at most.
    :param error: why there are no figures, or ``""``.
    """

    architecture: str
    memory_size: int
    storage: int
    billed: tuple[float, ...]
    durations: tuple[float, ...]
    cold_billed: tuple[float, ...]
    cold_init: tuple[float, ...]
    memory_used: int
    error: str = ""

    @property
    def name(self) -> str:
        """Such as ``"512 MB, arm64"``."""
        return f"{self.memory_size:,} MB, {self.architecture}"


@dataclass(frozen=True, kw_only=True)
class SettingFigures:
    """What follows from what was measured at a setting that worked.

    :param measured: what was measured.
    :param duration: ms of an invocation of a warm environment, on average.
    :param slowest: ms that 95 of 100 of them stay within (by the nearest rank).
    :param cost: US dollars of a million of them.
    :param cold_cost: US dollars of a million cold starts, or ``None`` where there was none.
    """

    measured: SettingMeasured
    duration: float
    slowest: float
    cost: float
    cold_cost: float | None


@dataclass(frozen=True, kw_only=True)
class TuningFigures:
    """The figures of all settings that worked, and the three choices.

    :param settings: in the order of the measurements.
    :param cheapest: of two that cost the same, the faster.
    :param fastest: of two that are as fast, the cheaper.
    :param balanced: the least of ``balance × cost ÷ highest cost + (1 − balance) × duration ÷ longest duration``.
    """

    settings: tuple[SettingFigures, ...]
    cheapest: SettingFigures
    fastest: SettingFigures
    balanced: SettingFigures


def cost_of_invocation(
    prices: LambdaPrices, *, architecture: str, memory_size: int, storage: int, billed_ms: float
) -> float:
    """Give the US dollars of one invocation: memory × billed time, the storage beyond 512 MB × billed time, a request.

    :param memory_size: MB.
    :param storage: MB of ephemeral storage.
    :param billed_ms: what Lambda billed, in ms.
    """
    seconds = billed_ms / 1000
    memory = memory_size / _MB_OF_GIGABYTE * prices.of_gigabyte_second(architecture)
    beyond = max(0, storage - _FREE_STORAGE_MB) / _MB_OF_GIGABYTE * prices.storage
    return prices.request + seconds * (memory + beyond)


def figures_of(measured: SettingMeasured, *, prices: LambdaPrices) -> SettingFigures:
    """Compute cost and speed of a setting that worked."""

    def cost(billed: Sequence[float]) -> float:
        return _MILLION * cost_of_invocation(
            prices,
            architecture=measured.architecture,
            memory_size=measured.memory_size,
            storage=measured.storage,
            billed_ms=math.fsum(billed) / len(billed),
        )

    return SettingFigures(
        measured=measured,
        duration=math.fsum(measured.durations) / len(measured.durations),
        slowest=sorted(measured.durations)[math.ceil(0.95 * len(measured.durations)) - 1],
        cost=cost(measured.billed),
        cold_cost=cost(measured.cold_billed) if measured.cold_billed else None,
    )


def choose(settings: Sequence[SettingFigures], *, balance: float) -> TuningFigures:
    """Choose the cheapest, the fastest and the balanced setting.

    :param settings: at least one.
    :param balance: what cost counts against speed: 1 the cost alone, 0 the speed alone.
    """
    highest, longest = max(each.cost for each in settings), max(each.duration for each in settings)

    def weight(each: SettingFigures) -> float:
        return balance * each.cost / highest + (1 - balance) * each.duration / longest

    return TuningFigures(
        settings=tuple(settings),
        cheapest=min(settings, key=lambda each: (each.cost, each.duration)),
        fastest=min(settings, key=lambda each: (each.duration, each.cost)),
        balanced=min(settings, key=lambda each: (weight(each), each.cost)),
    )
