"""What a function cannot be, checked before it is made."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import Annotations, Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from best_practice_constructs.construct_place import path_below
from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.durations import seconds_of
from best_practice_constructs.errors import InvalidArgumentError, refuse_unknown_options
from best_practice_constructs.functions.function_options import InnerFunctionOptions
from best_practice_constructs.functions.handler_kind import HandlerKind, check_handler_of_consumer
from best_practice_constructs.functions.handler_lookup import UnusableHandlerError, find_handler
from best_practice_constructs.functions.lambda_names import is_python, lambda_name
from best_practice_constructs.units import refuse_unitless

MAXIMUM_TIMEOUT_SECONDS = 900
_RESERVED_ENVIRONMENT_NAMES = frozenset(
    (
        "_HANDLER _X_AMZN_TRACE_ID LAMBDA_TASK_ROOT LAMBDA_RUNTIME_DIR TZ AWS_REGION AWS_DEFAULT_REGION "
        "AWS_EXECUTION_ENV AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"
    ).split()
)
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]+")
_ENVIRONMENT_LIMIT_BYTES = 4096
_MAXIMUM_LAYERS = 5
# The id that consumers give to their function: below them a user may put others.
_ID_IN_CONSUMERS = "Function"
_KINDS: Mapping[str, tuple[type, str]] = {
    "architecture": (lambda_.Architecture, "aws_lambda.Architecture.ARM_64"),
    "log_retention": (logs.RetentionDays, "aws_logs.RetentionDays.ONE_WEEK"),
    "runtime": (lambda_.Runtime, "aws_lambda.Runtime.PYTHON_3_14"),
    "tracing": (lambda_.Tracing, "aws_lambda.Tracing.ACTIVE"),
}
_UNREAD_HANDLER = "best-practice-constructs:unread-handler"


class FunctionChecks:
    """Checks of what one function was given; each raises :class:`InvalidArgumentError` under the function's path."""

    def __init__(self, scope: Construct, id: str) -> None:
        self._scope = scope
        self._id = id

    def _refuse(self, given: str, reason: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError.below(self._scope, self._id, given=given, reason=reason, remedy=remedy)

    def whole_number(self, name: str, value: float | None, *, low: int, high: int | None, why: str) -> None:
        """Refuse what is no whole number from ``low`` to ``high``; tokens pass."""
        given: object = value
        if given is not None and (isinstance(given, bool) or not isinstance(given, int | float)):
            raise self._refuse(f"{name}={given!r}", "it is no number", f"pass a whole number, such as {name}={low}")
        if value is None or is_deploy_time_value(value):
            return
        if value != int(value) or value < low or (high is not None and value > high):
            bounds = f"from {low} to {high}" if high is not None else f"of at least {low}"
            raise self._refuse(f"{name}={value:g}", why, f"pass a whole number {bounds}")

    def duration(self, name: str, value: Duration, *, low: int, high: int, why: str) -> None:
        """Refuse what is not a duration of ``low`` to ``high`` seconds; tokens pass."""
        seconds = seconds_of(value)
        if seconds is None:
            return
        if not low <= seconds <= high or seconds != int(seconds):
            raise self._refuse(f"{name}={seconds:g} s", why, f"pass a duration of {low} to {high} whole seconds")

    def kinds(self, **given: object) -> None:
        """Refuse what is no instance of aws-cdk-lib's class, such as the text that it stands for; ``None`` passes."""
        for name, value in given.items():
            kind, example = _KINDS[name]
            if value is not None and not isinstance(value, kind):
                raise self._refuse(
                    f"{name}={value!r}", f"it is no {kind.__name__} of aws-cdk-lib", f"pass {name}={example}"
                )

    def options(self, construct: type, given: InnerFunctionOptions) -> None:
        """Refuse what neither the construct nor the inner function takes."""
        refuse_unknown_options(self._path, construct, given=given, options=InnerFunctionOptions)

    def units(self, options: InnerFunctionOptions, **given: object) -> None:
        """Refuse numbers where a duration or a size is taken."""
        refuse_unitless(self._path, options, **given)

    @property
    def _path(self) -> str:
        return path_below(self._scope, self._id)

    def source(
        self, *, entry: str | None, has_code: bool, handler: str, runtime: lambda_.Runtime
    ) -> HandlerKind | None:
        """Refuse an entry without the handler, a second source, or none, and a handler of another construct.

        :returns: the kind of the handler, as far as its source tells.
        """
        if (entry is None) == (not has_code):
            raise self._refuse(
                "both entry and code" if has_code else "neither entry nor code",
                "a function has one source",
                "pass entry='services/orders', a directory to bundle, or code=, any aws_lambda.Code",
            )
        if entry is None:
            return None
        if not is_python(runtime):
            raise self._refuse(
                f"entry={entry!r} with a runtime that is not Python",
                "only Python is bundled here",
                "pass code= with what your own build made",
            )
        directory = Path(entry)
        if directory.is_file():
            raise self._refuse(
                f"entry={entry!r}", "it is a file", f"pass the directory that holds it, {directory.parent.as_posix()!r}"
            )
        if not directory.is_dir():
            raise self._refuse(
                f"entry={entry!r}",
                f"there is no directory {directory.resolve().as_posix()!r}",
                "pass the directory that holds the handler, relative to where the app runs or absolute",
            )
        return self._kind_of_handler(directory, handler, runtime=runtime)

    def _kind_of_handler(self, directory: Path, handler: str, *, runtime: lambda_.Runtime) -> HandlerKind | None:
        try:
            found = find_handler(directory, handler)
        except UnusableHandlerError as error:
            raise self._refuse(f"handler={handler!r}", error.reason, error.remedy) from None
        except SyntaxError as error:
            if not _may_be_newer_python(runtime):
                raise self._refuse(
                    f"handler={handler!r}", f"its module is no Python: {error}", "mend what is written there"
                ) from error
            Annotations.of(self._scope).add_warning_v2(
                _UNREAD_HANDLER,
                f"{self._path}, given handler={handler!r}: Python {sys.version_info.major}.{sys.version_info.minor} "
                f"cannot read its module: {error}. Unless that is newer Python, every call will fail; synthesize with "
                f"the function's Python ({lambda_name(runtime)}) to have it checked.",
            )
            return None
        if found is None:
            return None
        if self._id == _ID_IN_CONSUMERS:
            check_handler_of_consumer(self._scope, found.kind, handler=handler)
        return found.decorated_kind

    def environment(self, environment: Mapping[str, str]) -> None:
        """Refuse names that Lambda keeps to itself, and more than 4 KB."""
        for name, value in environment.items():
            if not isinstance(value, str):
                raise self._refuse(
                    f"the environment variable {name!r} with the value {value!r}",
                    "the values of environment variables are texts",
                    f"write {str(value)!r}, and read it as what it is in the handler",
                )
            if name.startswith("AWS_LAMBDA_") or name in _RESERVED_ENVIRONMENT_NAMES:
                raise self._refuse(
                    f"the environment variable {name!r}",
                    "Lambda sets it itself and refuses it",
                    "choose a name of your own",
                )
            if not is_deploy_time_value(name) and not _ENVIRONMENT_NAME.fullmatch(name):
                raise self._refuse(
                    f"the environment variable {name!r}",
                    "Lambda takes names of letters, digits and underscores that begin with a letter",
                    "write such a name, of two characters at least",
                )
        size = sum(
            len(name.encode()) + len(value.encode())
            for name, value in environment.items()
            if not is_deploy_time_value(value)
        )
        if size > _ENVIRONMENT_LIMIT_BYTES:
            raise self._refuse(
                f"{size} bytes of environment variables",
                f"Lambda takes {_ENVIRONMENT_LIMIT_BYTES} bytes",
                "put what is large into Parameter Store and read it when the function starts",
            )

    def excluding(self, **given: bool) -> None:
        """Refuse settings that exclude each other."""
        names = [name for name, is_given in given.items() if is_given]
        if len(names) > 1:
            raise self._refuse(
                " with ".join(names), "one makes the other meaningless", f"leave out {' or '.join(names)}"
            )

    def logs_are_json(self, logging_format: lambda_.LoggingFormat, *levels: object) -> bool:
        """Refuse levels of logs that have none, and tell whether the logs are JSON."""
        is_json = logging_format == lambda_.LoggingFormat.JSON
        if any(level is not None for level in levels) and not is_json:
            raise self._refuse(
                "a log level with logging_format=TEXT",
                "Lambda filters by level only what is logged as JSON",
                "leave logging_format out, or leave the level out",
            )
        return is_json

    def layers(
        self, layers: Sequence[lambda_.ILayerVersion], architecture: lambda_.Architecture, *, extensions: int
    ) -> None:
        """Refuse too many layers, and one of the app that was built for other architectures only.

        :param extensions: how many layers come with other settings.
        """
        self.whole_number(
            "len(layers)",
            len(layers) + extensions,
            low=0,
            high=_MAXIMUM_LAYERS,
            why="Lambda takes five layers; Lambda Insights and other extensions are one each",
        )
        for layer in layers:
            resource = layer.node.default_child
            fitting = resource.compatible_architectures if isinstance(resource, lambda_.CfnLayerVersion) else None
            if fitting and architecture.name not in fitting:
                raise self._refuse(
                    f"the layer {layer.node.path}",
                    f"it is for {', '.join(fitting)}, and the function runs on {architecture.name} (L7)",
                    f"build it for {architecture.name}, or pass architecture=",
                )

    def concurrency(self, *, reserved: float | None, provisioned: float | None, most: float | None = None) -> None:
        """Refuse concurrency that Lambda refuses, or that can never be used."""
        self.whole_number(
            "reserved_concurrent_executions",
            reserved,
            low=0,
            high=None,
            why="it is a number of environments, 0 being the off switch (L5)",
        )
        self.whole_number(
            "provisioned_concurrent_executions",
            provisioned,
            low=1,
            high=None,
            why="it is a number of environments kept ready (L4); leave it out for none",
        )
        if (
            reserved is not None
            and provisioned is not None
            and not is_deploy_time_value(reserved)
            and not is_deploy_time_value(provisioned)
            and provisioned > reserved
        ):
            raise self._refuse(
                f"provisioned_concurrent_executions={provisioned:g} with reserved_concurrent_executions={reserved:g}",
                "what is provisioned comes out of what is reserved",
                "reserve at least as many as are provisioned, or reserve none",
            )

        if most is not None and provisioned is not None and most < provisioned:
            raise self._refuse(
                f"a scaling with max_capacity={most:g} and {provisioned:g} provisioned",
                "it could not keep what is provisioned",
                "raise max_capacity, or provision less",
            )
        if most is not None and reserved is not None and most > reserved:
            raise self._refuse(
                f"a scaling with max_capacity={most:g} and reserved_concurrent_executions={reserved:g}",
                "what is provisioned comes out of what is reserved",
                "lower max_capacity, or reserve more",
            )


def _may_be_newer_python(runtime: lambda_.Runtime) -> bool:
    """Tell whether a function's Python may know what the one that runs here does not."""
    version = lambda_name(runtime).removeprefix("python").split(".")
    return not all(part.isdigit() for part in version) or tuple(map(int, version)) > sys.version_info[:2]
