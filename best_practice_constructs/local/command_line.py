"""The command line of the embedded stage: ``python -m best_practice_constructs.local``."""

from __future__ import annotations

import select
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from best_practice_constructs.local.deployment import Deployment
from best_practice_constructs.local.errors import (
    CloudAssemblyError,
    LocalStageError,
    StackDeploymentError,
    SynthesisError,
)
from best_practice_constructs.local.failed_starts import FailedStartWatch
from best_practice_constructs.local.local_stage import LocalStage
from best_practice_constructs.local.phases import Phases
from best_practice_constructs.local.report import (
    show_deployment,
    show_environment,
    show_error,
    show_failed_integrations,
    show_failed_starts,
    show_usage,
)
from best_practice_constructs.local.usage_hints import UsageHint, api_hints, log_hints

_WATCH_SECONDS = 0.5


@click.group()
def main() -> None:
    """Run a CDK app on this machine, in an embedded AWS emulator: no Docker, no AWS account, no Node.js to install."""


@main.command()
@click.argument("app_directory", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--port", type=click.IntRange(1, 65535), help="Port on loopback; a free one by default.")
@click.option("--enforce-iam", is_flag=True, help="Check the SDK calls of handlers against their roles.")
@click.option("-c", "--context", "contexts", multiple=True, metavar="KEY=VALUE", help="A context value of the app.")
@click.option("--stack", "stacks", multiple=True, help="Deploy only this stack and those it depends on.")
@click.option("--parameter", "parameters", multiple=True, metavar="STACK:NAME=VALUE", help="A template parameter.")
@click.option("--validate", is_flag=True, help="Run the CDK's built-in template validation too.")
@click.option("--once", is_flag=True, help="Stop after the deployment instead of staying until Ctrl-C.")
def up(
    *,
    app_directory: Path,
    port: int | None,
    enforce_iam: bool,
    contexts: tuple[str, ...],
    stacks: tuple[str, ...],
    parameters: tuple[str, ...],
    validate: bool,
    once: bool,
) -> None:
    """Start the stage and deploy the app of APP_DIRECTORY (the one with cdk.json) into it.

    Stays until Ctrl-C; at a terminal, Enter synthesizes and deploys again.
    """
    console = Console()
    phases = Phases(console=console)
    context = _pairs(contexts, option="--context")
    values = _parameters(parameters)
    stage = LocalStage(port=port, enforce_iam=enforce_iam, progress=lambda what: console.print(f"  {what}"))

    def deploy() -> Deployment:
        with phases.phase("Synthesizing the app"):
            assembly = stage.synthesize(app_directory, context=context, validate=validate)
        with phases.phase("Deploying the stacks"):
            return stage.deploy(
                assembly,
                stacks=stacks or None,
                parameters=values,
                on_stack=lambda stack: console.print(f"  {stack.stack_name}: {stack.change}"),
            )

    try:
        with phases.phase("Starting the emulator"):
            stage.start()
        failed_starts = stage.watch_failed_starts()
        try:
            deployment = deploy()
        finally:
            # A custom resource whose function cannot be loaded makes its stack wait for it in vain.
            show_failed_starts(console, failed_starts.news())
        show_deployment(console, deployment, stage=stage)
        # What would be told here is over at once with --once.
        if not once:
            show_environment(console, stage.environment_variables())
            _stay(stage, console=console, deployment=deployment, deploy=deploy, failed_starts=failed_starts)
    except LocalStageError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        console.print("\nStopped.")
    finally:
        stage.stop()


def _stay(
    stage: LocalStage,
    *,
    console: Console,
    deployment: Deployment,
    deploy: Callable[[], Deployment],
    failed_starts: FailedStartWatch,
) -> None:
    usage = _usage(stage, deployment)
    show_usage(console, apis=usage.apis, logs=usage.logs)
    console.print(Text(f"The emulator's own log: {stage.emulator_log_path}"), soft_wrap=True)
    console.print("Ctrl-C stops it" + ("; Enter deploys again." if sys.stdin.isatty() else "."))
    told = 0
    while True:
        stage.ensure_running()
        show_failed_starts(console, failed_starts.news())
        failures = stage.failed_integrations()
        show_failed_integrations(console, failures[told:])
        told = len(failures)
        if not sys.stdin.isatty():
            time.sleep(_WATCH_SECONDS)
            continue
        readable, _, _ = select.select([sys.stdin], [], [], _WATCH_SECONDS)
        if not readable:
            continue
        if not sys.stdin.readline():
            raise KeyboardInterrupt
        # What failed before may be mended now; if it is not, that is worth telling again.
        failed_starts.forget()
        try:
            deployment = deploy()
        except (SynthesisError, StackDeploymentError, CloudAssemblyError) as error:
            # The app is being worked on: the stage stays for the next try.
            show_error(console, error)
            continue
        show_deployment(console, deployment, stage=stage)
        before, usage = usage, _usage(stage, deployment)
        if usage != before:
            show_usage(console, apis=usage.apis, logs=usage.logs)


@dataclass(frozen=True, kw_only=True)
class _Usage:
    apis: tuple[UsageHint, ...]
    logs: tuple[UsageHint, ...]


def _usage(stage: LocalStage, deployment: Deployment) -> _Usage:
    return _Usage(apis=api_hints(stage, deployment), logs=log_hints(stage, deployment))


def _pairs(texts: tuple[str, ...], *, option: str) -> dict[str, object]:
    pairs: dict[str, object] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise click.BadParameter(f"{text!r} should look like KEY=VALUE.", param_hint=option)
        pairs[key] = value
    return pairs


def _parameters(texts: tuple[str, ...]) -> dict[str, dict[str, str]]:
    parameters: dict[str, dict[str, str]] = defaultdict(dict)
    for name, value in _pairs(texts, option="--parameter").items():
        stack, colon, parameter = name.partition(":")
        if not colon:
            raise click.BadParameter(f"{name!r} should look like STACK:NAME=VALUE.", param_hint="--parameter")
        parameters[stack][parameter] = str(value)
    return dict(parameters)
