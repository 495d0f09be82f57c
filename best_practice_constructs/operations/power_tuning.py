"""Run a power tuning and show what it found: ``python -m best_practice_constructs.operations.power_tuning``.

First without ``--apply``: it says what would be invoked how often, and does nothing. With it, the workflow of a
``PowerTuning`` runs, which really invokes the function; then the figures are shown as a table, and drawn with
``--plot``. ``--restore`` puts back what a tuning left behind that was ended from outside, should EventBridge not have.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from best_practice_constructs.operations.command import DONE, CommandError, create_clients, run_command
from best_practice_constructs.operations.command_names import POWER_TUNING
from best_practice_constructs.operations.lambda_prices import read_prices
from best_practice_constructs.operations.tuning_execution import find_workflow, restore, start, wait_for_output
from best_practice_constructs.operations.tuning_plot import PLOT_FORMATS, write_plot
from best_practice_constructs.operations.tuning_report import write_report
from best_practice_constructs.operations.tuning_result import TuningResult, read_result

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_ANY_EXECUTION = ""


def main(
    arguments: Sequence[str] | None = None,
    *,
    workflows: SFNClient | None = None,
    output: TextIO | None = None,
    notes: TextIO | None = None,
) -> int:
    """Run the command.

    :param arguments: default: those of the command line.
    :param workflows: default: the client of the environment; ``AWS_ENDPOINT_URL`` points it to another AWS.
    :param output: where the result goes; default: standard output.
    :param notes: where progress and troubles go; default: standard error.
    :return: 0 when it was shown what would be done or was found, 1 when a tuning was started and did not come to its
        end, 2 when nothing was tried because it cannot be, 130 when it was interrupted.
    """
    options = _parser().parse_args(arguments)
    output, notes = output or sys.stdout, notes or sys.stderr
    started: list[str] = []

    def client() -> SFNClient:
        return workflows or cast("SFNClient", create_clients("stepfunctions")["stepfunctions"])

    def carry_out() -> int:
        _check(options)
        if options.result is not None:
            _show(_read(options.result), options, output=output)
            return DONE
        if options.execution is not None:
            _show(wait_for_output(options.execution, workflows=client()), options, output=output)
            return DONE
        sfn = client()
        workflow = find_workflow(options.state_machine, workflows=sfn)
        if options.restore is not None:
            if not options.apply:
                print(
                    f"It would put back what tunings left of {', '.join(workflow.functions)}: add --apply.", file=output
                )
                return DONE
            started.append(workflow.restoring_arn)
            deleted = restore(workflow, options.restore or None, workflows=sfn)
            print(f"The configuration is as it was before; {deleted} versions were deleted.", file=output)
            return DONE
        given = _given(options)
        if not options.apply:
            print(
                f"It would publish versions of {', '.join(workflow.functions)}, for which the configuration of $LATEST "
                "changes for seconds, and really invoke them, with "
                f"{json.dumps(given) if given else 'what the PowerTuning says'}. Nothing was done: add --apply.",
                file=output,
            )
            return DONE
        execution = start(workflow, given, workflows=sfn)
        started.append(execution)
        print(f"Started {execution}.", file=notes)
        _show(wait_for_output(execution, workflows=sfn), options, output=output)
        return DONE

    return run_command(
        carry_out,
        notes=notes,
        interrupted="Interrupted. A tuning that was started goes on, and --execution shows it; aws stepfunctions "
        "stop-execution ends it, and the function is put back.",
        has_begun=lambda: bool(started),
    )


def _check(options: argparse.Namespace) -> None:
    """Refuse what cannot be done, before something is started whose result could not be shown."""
    ways = [options.state_machine is not None, options.result is not None, options.execution is not None]
    if sum(ways) != 1:
        raise CommandError(
            "Pass one of these: the ARN of a PowerTuning's state machine, --execution, the ARN of a tuning, or "
            "--result, a file with its output."
        )
    for file in options.plot:
        if file.suffix.lower() not in PLOT_FORMATS:
            raise CommandError(f"{file} is no PNG or SVG: name the plot tuning.png or tuning.svg.")
    if options.prices is not None:
        try:
            read_prices(options.prices)
        except (OSError, ValueError) as error:
            raise CommandError(f"The prices cannot be read: {error}.") from error


def _given(options: argparse.Namespace) -> dict[str, object]:
    given: dict[str, object] = {
        name: value
        for name in ("memory_sizes", "invocations", "parallel", "balance")
        if (value := getattr(options, name)) is not None
    }
    for name in ("payload", "payloads"):
        file: Path | None = getattr(options, name)
        if file is not None:
            try:
                given[name] = json.loads(_read(file))
            except ValueError as error:
                raise CommandError(f"{file} holds no JSON: {error}.") from error
    return given


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise CommandError(f"The file cannot be read: {error}.") from error


def _show(text: str, options: argparse.Namespace, *, output: TextIO) -> None:
    result = read_result(text)
    if options.prices is not None:
        result = dataclasses.replace(result, prices=read_prices(options.prices))
    figures = result.figures()
    if options.json:
        print(json.dumps(_as_json(text, result), indent=2), file=output)
    else:
        write_report(result, figures=figures, output=output)
    for file in options.plot:
        names = ", ".join(arn.rpartition(":")[2] for arn in result.functions)
        write_plot(figures, title=f"{names}, in {result.region}, prices of {result.prices.as_of}", file=file)
        if not options.json:
            print(f"Drawn in {file}.", file=output)


def _as_json(text: str, result: TuningResult) -> Mapping[str, object]:
    """Give the output of the execution, with the costs of the prices that hold."""
    output = cast("dict[str, object]", json.loads(text))
    figures = result.figures()
    costs = {each.measured.name: {"cost": each.cost, "cold_cost": each.cold_cost} for each in figures.settings}
    settings = [
        {**each, **costs.get(measured.name, {})}
        for each, measured in zip(cast("list[dict[str, object]]", output["settings"]), result.settings, strict=True)
    ]
    choices = {
        name: {
            "architecture": each.measured.architecture,
            "memory_size": each.measured.memory_size,
            "duration": each.duration,
            "cost": each.cost,
        }
        for name, each in (
            ("cheapest", figures.cheapest),
            ("fastest", figures.fastest),
            ("balanced", figures.balanced),
        )
    }
    return {**output, "prices": result.prices.to_json(), "settings": settings, **choices}


def _memory_sizes(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=POWER_TUNING,
        description="Run a power tuning of a function's memory, and show what it found; nothing without --apply.",
    )
    parser.add_argument("state_machine", nargs="?", help="the ARN of the PowerTuning's state machine")
    parser.add_argument("--apply", action="store_true", help="do it; without it, only say what would be done")
    parser.add_argument("--memory-sizes", type=_memory_sizes, metavar="MB,MB", help="such as 128,512,1769")
    parser.add_argument("--invocations", type=int, help="of each setting in a warm environment")
    parser.add_argument("--parallel", type=int, help="how many of them at once")
    parser.add_argument("--balance", type=float, help="of the balanced choice: 0 the speed alone, 1 the cost alone")
    parser.add_argument("--payload", type=Path, metavar="FILE", help="JSON that the function is invoked with")
    parser.add_argument(
        "--payloads", type=Path, metavar="FILE", help='several of them: [{"payload": {…}, "weight": 3}, …]'
    )
    parser.add_argument(
        "--prices", type=Path, metavar="FILE", help="JSON of other prices: arm64, x86_64, request, as_of, source"
    )
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", action="append", default=[], help="a .png or .svg to draw; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of a table")
    parser.add_argument("--execution", metavar="ARN", help="show a tuning that was started before")
    parser.add_argument("--result", type=Path, metavar="FILE", help="show the output of a tuning, kept in a file")
    parser.add_argument(
        "--restore",
        metavar="ARN",
        nargs="?",
        const=_ANY_EXECUTION,
        help="put back what this tuning left behind, or all of them",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
