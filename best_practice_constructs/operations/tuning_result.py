"""What an execution of a power tuning gave, read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from best_practice_constructs.operations.command import CommandError
from best_practice_constructs.operations.lambda_prices import LambdaPrices, prices_from
from best_practice_constructs.operations.tuning_figures import SettingMeasured, TuningFigures, choose, figures_of


@dataclass(frozen=True, kw_only=True)
class TuningResult:
    """What was measured, and what it is priced with.

    :param functions: the ARNs of what was measured.
    :param region: where.
    :param prices: of that region, or those that were passed.
    :param balance: of the balanced choice.
    :param settings: in the order of the measurements.
    """

    functions: tuple[str, ...]
    region: str
    prices: LambdaPrices
    balance: float
    settings: tuple[SettingMeasured, ...]

    @property
    def worked(self) -> tuple[SettingMeasured, ...]:
        """The settings at which the function did its work."""
        return tuple(each for each in self.settings if not each.error)

    def figures(self) -> TuningFigures:
        """Compute cost and speed of the settings that worked, and choose."""
        settings = [figures_of(each, prices=self.prices) for each in self.worked]
        return choose(settings, balance=self.balance)


def read_result(text: str) -> TuningResult:
    """Read the output of an execution.

    :raises CommandError: it is none of a power tuning.
    """
    try:
        output = json.loads(text)
        settings = tuple(_measured(each) for each in output["settings"])
        result = TuningResult(
            functions=tuple(output["functions"]),
            region=output["region"],
            prices=prices_from(output["prices"], given="the output"),
            balance=output["balance"],
            settings=settings,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CommandError(f"This is no output of a power tuning: {type(error).__name__}: {error}.") from error
    if not result.worked:
        raise CommandError("The function worked at no setting of this output, so that there is nothing to show.")
    return result


def _measured(setting: Mapping[str, object]) -> SettingMeasured:
    return SettingMeasured(
        architecture=str(setting["architecture"]),
        memory_size=cast("int", setting["memory_size"]),
        storage=cast("int", setting["storage"]),
        billed=_numbers(setting["billed"]),
        durations=_numbers(setting["durations"]),
        cold_billed=_numbers(setting["cold_billed"]),
        cold_init=_numbers(setting["cold_init"]),
        memory_used=cast("int", setting["memory_used"]),
        error=str(setting["error"]),
    )


def _numbers(values: object) -> tuple[float, ...]:
    return tuple(float(value) for value in cast("Sequence[float]", values))
