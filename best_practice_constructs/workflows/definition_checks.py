"""Whether a definition is one that Step Functions takes, told before anything is deployed (S4)."""

from __future__ import annotations

import copy
import json
import sys
from typing import cast

from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.workflows.definition_states import (
    JSONATA,
    JsonObject,
    StateAt,
    is_expression,
    states_of,
    texts_in,
)
from best_practice_constructs.workflows.task_defaults import has_timeout
from best_practice_constructs.workflows.task_integration import TaskIntegration

LARGEST_DEFINITION = 1_048_576
LONGEST_NAME = 80
_READER_SETTINGS = (
    "CSVDelimiter",
    "CSVHeaderLocation",
    "CSVHeaders",
    "InputType",
    "ItemsPointer",
    "ManifestType",
    "Transformation",
)
_WRITER_SETTINGS = ("OutputType", "Transformation")
_TOKENS = {JSONATA: "$states.context.Task.Token", "JSONPath": "$$.Task.Token"}


def definition_problems(definition: JsonObject) -> list[str]:
    """Give what is wrong with a definition, each as a sentence; none where Step Functions takes it.

    The rules of the language, those of names and transitions among them, are statelint's, a port of AWS's own linter;
    expressions of JSONata are parsed.
    """
    # They take a quarter of a second, which only who has a workflow waits.
    from statelint.config import Config
    from statelint.linter import Linter
    from statelint.problem import ProblemType

    config = Config(ignored_problem_types={ProblemType.FLOAT, ProblemType.URI})
    problems = [str(problem) for problem in Linter.validate(_as_linted(definition), config)]
    problems += [
        f'State "{state.path}" has a name of {len(state.name)} characters, and {LONGEST_NAME} is the most'
        for state in states_of(definition)
        if len(state.name) > LONGEST_NAME
    ]
    problems += _expression_problems(definition)
    size = len(json.dumps(definition).encode())
    if size > LARGEST_DEFINITION:
        problems.append(f"It has {size} bytes, and Step Functions takes {LARGEST_DEFINITION}")
    return problems


def _as_linted(definition: JsonObject) -> JsonObject:
    """Give the definition without what Step Functions takes and the linter does not know."""
    linted = copy.deepcopy(definition)
    for state in states_of(linted):
        for key in ("TimeoutSeconds", "HeartbeatSeconds"):
            if is_expression(str(state.state.get(key, ""))):
                state.state[key] = 99_999_998 if key == "TimeoutSeconds" else 1
        if state.type == "Map":
            _leave_out_map_settings(state.state)
    return linted


def _leave_out_map_settings(state: JsonObject) -> None:
    state.pop("Label", None)
    for part, config, known in (
        ("ItemReader", "ReaderConfig", _READER_SETTINGS),
        ("ResultWriter", "WriterConfig", _WRITER_SETTINGS),
    ):
        description = state.get(part)
        settings = cast("JsonObject", description).get(config) if isinstance(description, dict) else None
        if isinstance(settings, dict):
            for name in known:
                cast("JsonObject", settings).pop(name, None)
            if not settings:
                cast("JsonObject", description).pop(config)


def _expression_problems(definition: JsonObject) -> list[str]:
    problems: list[str] = []
    for state in states_of(definition):
        if state.language != JSONATA:
            continue
        own = {key: value for key, value in state.state.items() if key not in ("Branches", "ItemProcessor", "Iterator")}
        for place, text in texts_in(own):
            if is_expression(text) and (error := _syntax_error(text)):
                problems.append(f'State "{state.path}", {place}: {text} is no JSONata: {error}')
    return problems


def _syntax_error(text: str) -> str | None:
    from jsonata import Jsonata

    # The parser raises it for the whole process.
    limit = sys.getrecursionlimit()
    try:
        Jsonata(text[2:-2].strip())
    except Exception as error:  # noqa: BLE001 -- its parser fails of some expressions with errors of Python
        return str(error) or type(error).__name__
    finally:
        sys.setrecursionlimit(limit)
    return None


def check_waiting_task(scope: str, state: StateAt, integration: TaskIntegration | None) -> None:
    """See to it that a task that waits for somebody else says how long, and tells its token.

    :param scope: the path of the workflow.
    :raises InvalidArgumentError: it would wait for up to a year, or for a token that nobody was given.
    """
    if integration is None or integration.waits_for is None:
        return
    if not has_timeout(state):
        raise InvalidArgumentError(
            scope,
            given=f"the state {state.path!r} without TimeoutSeconds",
            reason="it waits for what another does, and when that never happens it waits for a year",
            remedy='write how long it may take, as in "TimeoutSeconds": 3600',
        )
    if integration.waits_for == "token":
        token = _TOKENS[state.language]
        if not any(token in text for _, text in texts_in(state.arguments)):
            raise InvalidArgumentError(
                scope,
                given=f"the state {state.path!r}, which tells nobody its token",
                reason="who shall answer it needs the token",
                remedy=f"put {token} into what it sends"
                + (', as in "token": "{% $states.context.Task.Token %}"' if state.language == JSONATA else ""),
            )


def check_express(scope: str, definition: JsonObject, integrations: dict[str, TaskIntegration | None]) -> None:
    """Refuse in an express workflow what only standard ones can.

    :param integrations: of its tasks, by path.
    :raises InvalidArgumentError: it waits for a job, a token or a worker, or starts a distributed map.
    """
    for state in states_of(definition):
        integration = integrations.get(state.path)
        if integration is not None and integration.waits_for is not None:
            raise InvalidArgumentError(
                scope,
                given=f"the state {state.path!r} in an express workflow",
                reason="an express workflow waits for answers only, and not for a job, a token or a worker",
                remedy="leave state_machine_type out: a standard workflow waits",
            )
        if is_distributed_map(state):
            raise InvalidArgumentError(
                scope,
                given=f"the distributed map {state.path!r} in an express workflow",
                reason="only a standard workflow starts executions for its items",
                remedy="leave state_machine_type out, and let the processor be express",
            )


def is_distributed_map(state: StateAt) -> bool:
    """Tell whether a state starts an execution for each of its items, or batches of them."""
    processor = cast("JsonObject", state.state.get("ItemProcessor") or {})
    config = cast("JsonObject", processor.get("ProcessorConfig") or {})
    return state.type == "Map" and config.get("Mode") == "DISTRIBUTED"
