"""Synthesizes a CDK app without the CDK's command line: runs the command of its cdk.json as that would."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from best_practice_constructs.local.errors import SynthesisError
from best_practice_constructs.local.node import find_node

BUNDLE_PLATFORM_CONTEXT = "best-practice-constructs:bundle-platform"
# What the CDK's command line hands to every app: construct paths in the metadata, bundling of all stacks.
_COMMAND_LINE_CONTEXT: Mapping[str, object] = {
    "aws:cdk:enable-path-metadata": True,
    "aws:cdk:enable-asset-metadata": True,
    "aws:cdk:version-reporting": False,
    "aws:cdk:bundling-stacks": ["**"],
}
# The newest cloud assembly schema is read here as far as it is needed, so no version of it is refused.
_ASSEMBLY_VERSION = "999.0.0"
_TRACEBACK = "Traceback (most recent call last):"
_MODULE = re.compile(r"\A(?:\w+\.)+(?=\w+: )")
_LINES_OF_EVIDENCE = 30


def synthesize_app(
    app_directory: Path,
    *,
    output_directory: Path,
    context: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
    account: str,
    region: str,
    validate: bool = False,
) -> Path:
    """Run an app so that it writes its cloud assembly, with bundles for this machine.

    :param app_directory: the directory that holds ``cdk.json``.
    :param output_directory: where the assembly goes.
    :param context: context values on top of those of ``cdk.json`` and ``cdk.context.json``.
    :param environment: environment variables on top of the current ones.
    :param account: what ``CDK_DEFAULT_ACCOUNT`` says.
    :param region: what ``CDK_DEFAULT_REGION`` says.
    :param validate: whether the CDK's built-in template validation runs, which takes seconds.
    :returns: the output directory.
    :raises SynthesisError: there is no app, no Node.js, or the app failed.
    """
    settings = _read_json(app_directory / "cdk.json")
    command = settings.get("app")
    if not isinstance(command, str) or not command.strip():
        raise SynthesisError(
            f'{app_directory / "cdk.json"} does not say how to run the app: add "app": "python app.py".'
        )
    variables = synthesis_environment(
        output_directory=output_directory,
        context={
            **_COMMAND_LINE_CONTEXT,
            **_mapping(settings.get("context")),
            **_read_json(app_directory / "cdk.context.json", optional=True),
            BUNDLE_PLATFORM_CONTEXT: "host",
            **(context or {}),
        },
        account=account,
        region=region,
        validate=validate,
    )
    for step in (settings.get("build"), command):
        if isinstance(step, str):
            _run(step, directory=app_directory, environment={**variables, **(environment or {})})
    return output_directory


def synthesis_environment(
    *, output_directory: Path, context: Mapping[str, object], account: str, region: str, validate: bool
) -> dict[str, str]:
    """Return the environment variables that make an app write its assembly.

    :raises SynthesisError: jsii finds no Node.js that it supports.
    """
    variables = dict(os.environ)
    # Recompiling the CDK's megabytes at each run costs more than the synthesis itself.
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    if "JSII_NODE" not in variables:
        node = find_node()
        if node is None:
            raise SynthesisError(
                "The CDK needs Node.js 22 or newer: install it, or run pip install 'best-practice-constructs[node]', "
                "which brings one."
            )
        variables["JSII_NODE"] = str(node)
    # "python app.py" should mean this Python, which has the packages, also where its environment is not activated.
    variables["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), variables.get("PATH", os.defpath)])
    variables.update(
        {
            "CDK_OUTDIR": str(output_directory),
            "CDK_CONTEXT_JSON": json.dumps(context),
            "CDK_DEFAULT_ACCOUNT": account,
            "CDK_DEFAULT_REGION": region,
            "CDK_CLI_ASM_VERSION": _ASSEMBLY_VERSION,
            "CDK_CLI_VERSION": _ASSEMBLY_VERSION,
        }
    )
    if not validate:
        variables["CDK_VALIDATION"] = "false"
    return variables


def _run(command: str, *, directory: Path, environment: Mapping[str, str]) -> None:
    completed = subprocess.run(  # noqa: S602 -- as the CDK's command line does: the command is the user's own
        command,
        shell=True,
        cwd=directory,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if completed.returncode != 0:
        raise SynthesisError(
            synthesis_failure(completed.stdout, directory=directory, command=command, status=completed.returncode)
        )


def synthesis_failure(output: str, *, directory: Path, command: str, status: int) -> str:
    """Return what to tell of a command that failed: the exception's message, and what led there after it.

    :param output: all that the command printed.
    :param directory: where it ran.
    :param command: the command.
    :param status: its exit status.
    """
    lines = output.rstrip().splitlines()
    beginning = _beginning_of_message(lines)
    message = _MODULE.sub("", "\n".join(lines[beginning:])) or "it said nothing"
    failure = f"The app in {directory} could not be synthesized: {message}\n{command!r} ended with status {status}"
    before = lines[max(beginning - _LINES_OF_EVIDENCE, 0) : beginning]
    return "\n".join([f"{failure}, after printing:", *before]) if before else f"{failure}."


def _beginning_of_message(lines: list[str]) -> int:
    tracebacks = [number for number, line in enumerate(lines) if line == _TRACEBACK]
    if tracebacks:
        # Frames are indented; the exception is the first line that is not, and its message may have several.
        for number in range(tracebacks[-1] + 1, len(lines)):
            if not lines[number].startswith(" "):
                return number
    return max(len(lines) - 1, 0)


def _read_json(path: Path, *, optional: bool = False) -> Mapping[str, object]:
    try:
        return _mapping(json.loads(path.read_text("utf-8")))
    except FileNotFoundError as error:
        if optional:
            return {}
        raise SynthesisError(
            f"{path.parent} has no {path.name}: give the directory of a CDK app, the one in which cdk synth is run."
        ) from error
    except (OSError, ValueError) as error:
        raise SynthesisError(f"{path} cannot be read: {error}.") from error


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
