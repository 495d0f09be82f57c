"""As much of Step Functions as the tuning's workflows use, so that they can be run with a Lambda that misbehaves.

Variables are scoped as the Amazon States Language has it: an iteration of a map reads those outside, and sets its own.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import jsonata
from jsonata.utils import Utils

JsonObject = dict[str, Any]


class StateError(Exception):
    """An error as states catch it."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


class Aborted(BaseException):
    """The execution is stopped from outside: nothing in it runs any more."""


@functools.cache
def _parsed(expression: str) -> jsonata.Jsonata:
    parsed = jsonata.Jsonata.jsonata(expression)
    parsed.register_lambda("hash", _hash)
    return parsed


def evaluate(expression: str, **variables: object) -> Any:  # noqa: ANN401 -- JSON
    """Evaluate JSONata with variables."""
    bound = {name: Utils.NULL_VALUE if value is None else value for name, value in variables.items()}
    return json.loads(json.dumps(_parsed(expression).evaluate(None, bound)))


def _hash(text: str, algorithm: str) -> str:
    assert algorithm == "SHA-256"
    return hashlib.sha256(text.encode()).hexdigest()


class Execution:
    """One execution of a definition.

    :param call: performs a task: it gets the action's name and its arguments.
    """

    def __init__(
        self,
        definition: Mapping[str, object],
        *,
        call: Callable[[str, JsonObject], object],
        name: str = "an-execution",
        given: object = None,
    ) -> None:
        self._definition = definition
        self._call = call
        self._given = {} if given is None else given
        self.waited = 0
        self._context = {
            "Execution": {
                "Id": f"arn:aws:states:us-east-1:111122223333:execution:Tuning:{name}",
                "Name": name,
                "Input": self._given,
            }
        }

    @property
    def arn(self) -> str:
        return cast("str", self._context["Execution"]["Id"])

    def run(self) -> Any:  # noqa: ANN401 -- JSON
        """Run it, and give its output.

        :raises StateError: it failed.
        """
        return self._run(cast("JsonObject", self._definition), self._given, [{}])

    def _run(self, machine: JsonObject, given: object, scopes: list[JsonObject]) -> Any:  # noqa: ANN401 -- JSON
        name: str | None = machine["StartAt"]
        steps = 0
        while name is not None:
            steps += 1
            assert steps < 5_000, f"it runs in a circle at {name}"
            state = machine["States"][name]
            given, name = self._step(state, given, scopes)
        return given

    def _step(self, state: JsonObject, given: object, scopes: list[JsonObject]) -> tuple[object, str | None]:
        kind = state["Type"]
        if kind == "Choice":
            for rule in state["Choices"]:
                if self._value(rule["Condition"], given, scopes) is True:
                    return given, rule["Next"]
            return given, state["Default"]
        if kind == "Fail":
            raise StateError(
                self._value(state["Error"], given, scopes), cast("str", self._value(state["Cause"], given, scopes))
            )
        if kind == "Wait":
            self.waited += state["Seconds"]
            return given, state["Next"]
        try:
            result = self._result(state, given, scopes)
        except StateError as error:
            for catcher in state.get("Catch", []):
                if error.error in catcher["ErrorEquals"] or "States.ALL" in catcher["ErrorEquals"]:
                    told = {"Error": error.error, "Cause": error.cause}
                    output = self._settle(catcher, given, scopes, errorOutput=told, default=told)
                    return output, catcher["Next"]
            raise
        return self._settle(state, given, scopes, result=result, default=result), state.get("Next")

    def _result(self, state: JsonObject, given: object, scopes: list[JsonObject]) -> object:
        if state["Type"] == "Task":
            return self._task(state, given, scopes)
        if state["Type"] == "Map":
            items = self._value(state["Items"], given, scopes)
            assert isinstance(items, list), f"the items are no list: {items!r}"
            return [self._run(state["ItemProcessor"], item, [*scopes, {}]) for item in items]
        return given

    def _task(self, state: JsonObject, given: object, scopes: list[JsonObject]) -> object:
        attempts = [0] * len(state.get("Retry", []))
        while True:
            arguments = self._value(state["Arguments"], given, scopes)
            try:
                return self._call(state["Resource"].rpartition(":")[2], cast("JsonObject", arguments))
            except StateError as error:
                for number, retrier in enumerate(state.get("Retry", [])):
                    if error.error in retrier["ErrorEquals"] and attempts[number] < retrier["MaxAttempts"]:
                        attempts[number] += 1
                        break
                else:
                    raise

    def _settle(
        self, state: JsonObject, given: object, scopes: list[JsonObject], *, default: object, **states: object
    ) -> object:
        output = self._value(state["Output"], given, scopes, **states) if "Output" in state else default
        assigned = self._value(state.get("Assign", {}), given, scopes, **states)
        for name, value in cast("JsonObject", assigned).items():
            assert not any(name in scope for scope in scopes[:-1]), f"{name} is a variable outside, and cannot be set"
            scopes[-1][name] = value
        return output

    def _value(self, template: object, given: object, scopes: list[JsonObject], **states: object) -> Any:  # noqa: ANN401 -- JSON
        if isinstance(template, dict):
            return {name: self._value(value, given, scopes, **states) for name, value in template.items()}
        if isinstance(template, list):
            return [self._value(value, given, scopes, **states) for value in template]
        if not isinstance(template, str) or not template.startswith("{%"):
            return template
        assert template.endswith("%}")
        variables = {name: value for scope in scopes for name, value in scope.items()}
        expression = template[2:-2]
        value = evaluate(expression, **variables, states={"input": given, "context": self._context, **states})
        if value is None:
            defined = evaluate(
                f"$exists(({expression}))", **variables, states={"input": given, "context": self._context, **states}
            )
            assert defined, f"it gives nothing: {expression}"
        return value
