"""The states of a definition in the Amazon States Language, those inside of others too."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

JsonObject = dict[str, object]
"""An object as JSON has it."""

JSONATA = "JSONata"
JSONPATH = "JSONPath"

# Where the arguments of a task stand, by query language.
ARGUMENTS = {JSONATA: "Arguments", JSONPATH: "Parameters"}


class UnreadableDefinitionError(ValueError):
    """What was given is no definition; the message says why."""


@dataclass(frozen=True, kw_only=True)
class StateAt:
    """A state, and where it stands.

    :param name: of the state.
    :param path: its name with those of the states that it is in, such as ``"EachOrder/Charge"``.
    :param state: itself: what is changed in it is changed in the definition.
    :param language: ``"JSONata"`` or ``"JSONPath"``.
    :param is_nested: whether it is inside of a ``Map`` or ``Parallel`` state.
    """

    name: str
    path: str
    state: JsonObject
    language: str
    is_nested: bool

    @property
    def type(self) -> str:
        """What kind of state it is: ``"Task"`` and so on."""
        return str(self.state.get("Type"))

    @property
    def arguments(self) -> object:
        """What a task is given, expressions and all; ``None`` for its whole input."""
        return self.state.get(ARGUMENTS[self.language])


def read_definition(definition: Mapping[str, object] | str | Path) -> JsonObject:
    """Read a definition into objects of its own: a mapping, a file's path, or JSON.

    :raises UnreadableDefinitionError: there is no such file, it is no JSON, or the JSON is no object.
    """
    if isinstance(definition, Mapping):
        return copy.deepcopy(dict(definition))
    if isinstance(definition, str) and definition.lstrip().startswith("{"):
        text, named = definition, "the text"
    else:
        named = f"the file {definition}"
        try:
            text = Path(definition).read_text("utf-8")
        except OSError as error:
            raise UnreadableDefinitionError(f"{named} cannot be read: {error.strerror}") from error
    try:
        parsed: object = json.loads(text)
    except ValueError as error:
        raise UnreadableDefinitionError(f"{named} is no JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise UnreadableDefinitionError(f"{named} holds no object")
    return cast("JsonObject", parsed)


def states_of(definition: JsonObject) -> Iterator[StateAt]:
    """Give every state of a definition, each before those inside of it."""
    yield from _states(definition, language=str(definition.get("QueryLanguage", JSONPATH)), prefix="")


def _states(machine: JsonObject, *, language: str, prefix: str) -> Iterator[StateAt]:
    states = machine.get("States")
    if not isinstance(states, dict):
        return
    for name, state in cast("JsonObject", states).items():
        if not isinstance(state, dict):
            continue
        found = StateAt(
            name=name,
            path=f"{prefix}{name}",
            state=cast("JsonObject", state),
            language=str(state.get("QueryLanguage", language)),
            is_nested=bool(prefix),
        )
        yield found
        for inner in inner_machines(found.state):
            yield from _states(inner, language=language, prefix=f"{found.path}/")


def inner_machines(state: JsonObject) -> list[JsonObject]:
    """Give the definitions that stand in a state: the branches of ``Parallel``, the processor of ``Map``."""
    branches = state.get("Branches")
    inner = list(cast("list[object]", branches)) if isinstance(branches, list) else []
    inner += [state[key] for key in ("ItemProcessor", "Iterator") if key in state]
    return [cast("JsonObject", each) for each in inner if isinstance(each, dict)]


def texts_in(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Give every text in a value with its place, those of keys left out."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, part in cast("Mapping[str, object]", value).items():
            yield from texts_in(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, part in enumerate(cast("list[object]", value)):
            yield from texts_in(part, f"{path}[{index}]")


def is_expression(text: str) -> bool:
    """Tell whether a text is an expression of JSONata, as Step Functions writes them."""
    return text.startswith("{%") and text.endswith("%}")
