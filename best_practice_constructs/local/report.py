"""Shows a deployment on the terminal: what was deployed, what was left out, how to reach it."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.text import Text

from best_practice_constructs.local.deployment import Deployment
from best_practice_constructs.local.failed_starts import FailedStart
from best_practice_constructs.local.gateway import FailedIntegration
from best_practice_constructs.local.local_stage import LocalStage
from best_practice_constructs.local.usage_hints import UsageHint


def show_deployment(console: Console, deployment: Deployment, *, stage: LocalStage) -> None:
    """Print the stacks with their outputs, then everything that is not as it would be on AWS.

    :param console: where to.
    :param deployment: what was deployed.
    :param stage: where it was deployed.
    """
    show_outputs(console, deployment, stage=stage)
    show_left_out(console, deployment)


def show_outputs(console: Console, deployment: Deployment, *, stage: LocalStage) -> None:
    """Print the outputs of the stacks, unwrapped for copying; addresses of APIs as they are on this machine."""
    for stack_name, outputs in deployment.outputs.items():
        for key, value in outputs.items():
            # The values that one stack hands to another are nobody's to read.
            if not key.startswith("ExportsOutput"):
                console.print(
                    Text.assemble((f"{stack_name}.{key}", "bold"), " = ", stage.local_url(value)), soft_wrap=True
                )


def show_left_out(console: Console, deployment: Deployment) -> None:
    """Print what the emulator does not run: resources left out, references replaced, properties without effect."""
    left_out: dict[tuple[str, str], list[str]] = {}
    for resource in deployment.omitted:
        left_out.setdefault((resource.resource_type, resource.reason), []).append(resource.path)
    if left_out:
        console.print(f"Left out on this stage ({len(deployment.omitted)} resources):", style="yellow")
    for (resource_type, reason), paths in sorted(left_out.items()):
        console.print(Text.assemble("  ", (resource_type, "bold"), f": {reason}"), soft_wrap=True)
        for path in paths:
            console.print(Text(f"    {path}"), soft_wrap=True)
    for supplied in deployment.supplied:
        console.print(Text(f"{supplied.path} ({supplied.resource_type}): {supplied.how}."), soft_wrap=True)
    for reference in deployment.replaced:
        where = f"{reference.stack_name}: {reference.location}"
        instead = f"became {reference.replacement!r}" if reference.replacement else "was dropped"
        console.print(
            Text(f"{where} pointed at {reference.reference}, which was left out, and {instead}."), soft_wrap=True
        )
    effects = Counter((entry.resource_type, entry.property_path, entry.effect) for entry in deployment.ignored)
    for (resource_type, property_path, effect), count in effects.items():
        what = f"{resource_type} {property_path}".strip()
        console.print(Text(f"{what} ({count}×) differs from AWS: {effect}."), soft_wrap=True)


def show_environment(console: Console, variables: Mapping[str, str]) -> None:
    """Print the shell lines after which other programs use the stage."""
    console.print(Text("To use it from another terminal with the AWS CLI v2, boto3 or the CDK:"), soft_wrap=True)
    for name, value in variables.items():
        console.print(Text(f"  export {name}={shlex.quote(value)}"), soft_wrap=True)
    # Version 1 asks queue.amazonaws.com whatever the variable says, unless it is given the option.
    warning = (
        f"AWS CLI v1 needs --endpoint-url {variables['AWS_ENDPOINT_URL']} too: without it SQS would be that of AWS."
    )
    console.print(Text(f"  ({warning})"), soft_wrap=True)


def show_usage(console: Console, *, apis: Sequence[UsageHint], logs: Sequence[UsageHint]) -> None:
    """Print how to call the APIs and how to read the functions' logs, each as a line to copy."""
    if apis:
        console.print(Text("To call the APIs (curl 7.75 or newer signs requests):"), soft_wrap=True)
    for hint in apis:
        _show_hint(console, hint)
    if logs:
        console.print(Text("To follow the logs of the functions (AWS CLI v2, with these variables):"), soft_wrap=True)
    for hint in logs:
        _show_hint(console, hint)


def show_failed_starts(console: Console, failures: Iterable[FailedStart]) -> None:
    """Print the functions whose handler could not be loaded, each with the reason."""
    for failure in failures:
        console.print(
            Text.assemble((failure.name, "bold red"), f" could not be loaded: {failure.reason}"), soft_wrap=True
        )


def show_failed_integrations(console: Console, failures: Iterable[FailedIntegration]) -> None:
    """Print the integrations of REST APIs that could not be run, each with the reason."""
    for failure in failures:
        console.print(Text.assemble((failure.method, "bold red"), f" failed: {failure.reason}"), soft_wrap=True)


def show_error(console: Console, error: Exception) -> None:
    """Print an error unwrapped: its sentence in red, then the evidence."""
    sentence, line_end, evidence = str(error).partition("\n")
    console.print(Text.assemble((sentence, "red"), line_end, evidence), soft_wrap=True)


def _show_hint(console: Console, hint: UsageHint) -> None:
    console.print(Text.assemble("  ", (hint.name, "bold")), soft_wrap=True)
    console.print(Text(f"    {hint.command}"), soft_wrap=True)
