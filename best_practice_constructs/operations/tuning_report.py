"""The figures of a power tuning as a table."""

from __future__ import annotations

from typing import TextIO

from best_practice_constructs.operations.command import CommandError
from best_practice_constructs.operations.tuning_figures import SettingFigures, TuningFigures
from best_practice_constructs.operations.tuning_result import TuningResult

_MILLION = "$ a million"


def write_report(result: TuningResult, *, figures: TuningFigures, output: TextIO) -> None:
    """Write the table, the choices, and what the prices are of.

    :raises CommandError: the library that draws tables is not installed.
    """
    try:
        from rich import box
        from rich.console import Console
        from rich.table import Table
    except ModuleNotFoundError as error:
        raise CommandError(
            "The table needs rich: install it with pip install 'best-practice-constructs[tuning]', or add --json."
        ) from error
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("memory", justify="right")
    table.add_column("on")
    for heading in ("ms", "95 of 100, ms", _MILLION, "cold start, ms", f"{_MILLION}, cold", "used, MB"):
        table.add_column(heading, justify="right")
    table.add_column("", no_wrap=True)
    by_name = {each.measured.name: each for each in figures.settings}
    for setting in result.settings:
        found = by_name.get(setting.name)
        if found is None:
            table.add_row(f"{setting.memory_size:,} MB", setting.architecture, *["–"] * 6, "failed")
        else:
            table.add_row(*_row(found), ", ".join(_choices(found, figures)))
    console = Console(file=output, width=140, highlight=False, markup=False)
    console.print(table)
    for setting in result.settings:
        if setting.error:
            print(f"{setting.name}: {setting.error}", file=output)
    print(
        f"Of {len(result.settings[0].billed or figures.settings[0].measured.billed)} invocations in warm environments "
        f"each. Prices of {result.prices.as_of} ({result.prices.source}), in {result.region}; balance "
        f"{result.balance:g}.",
        file=output,
    )


def _row(each: SettingFigures) -> list[str]:
    measured = each.measured
    cold = sum(measured.cold_billed) / len(measured.cold_billed) if measured.cold_billed else None
    return [
        f"{measured.memory_size:,} MB",
        measured.architecture,
        f"{each.duration:,.1f}",
        f"{each.slowest:,.1f}",
        f"{each.cost:,.2f}",
        "–" if cold is None else f"{cold:,.0f}",
        "–" if each.cold_cost is None else f"{each.cold_cost:,.2f}",
        f"{measured.memory_used:,}",
    ]


def _choices(each: SettingFigures, figures: TuningFigures) -> list[str]:
    named = (("cheapest", figures.cheapest), ("fastest", figures.fastest), ("balanced", figures.balanced))
    return [name for name, chosen in named if chosen is each]
