"""A saga: steps that are undone in reverse when a later one cannot be done (S4, H2)."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from best_practice_constructs.workflows.definition_states import JsonObject

_FAILURE = "failure"


@dataclass(frozen=True, kw_only=True)
class SagaStep:
    """A step of a saga, and what undoes it.

    Both are ``Task`` states without ``Next``, ``End`` and a catch of all errors; both have to be idempotent. An error
    does not say that nothing was done: the compensation of the step that failed runs too, and has to bear that there
    is nothing to undo.

    :param name: of the step's state.
    :param task: the state that does it.
    :param compensation: the state that undoes it; ``None`` where there is nothing to undo.
    :param compensation_name: of that state; default: ``"Undo"`` and the step's name.
    """

    name: str
    task: Mapping[str, object]
    compensation: Mapping[str, object] | None = None
    compensation_name: str | None = None

    @property
    def undo(self) -> str | None:
        """The name of the state that undoes it; ``None`` where there is nothing to undo."""
        return (self.compensation_name or f"Undo{self.name}") if self.compensation is not None else None


def saga_states(steps: Sequence[SagaStep], *, then: str, otherwise: str) -> dict[str, JsonObject]:
    """Give the states of a saga, in JSONata, to stand in a definition that starts at the first step.

    Each step hands its input on (``Output`` of yours comes first), so that all steps and compensations see what the
    saga was started with. Which step failed, with which error, is in the variable ``$failure``: ``State``, ``Error``
    and ``Cause``.

    :param steps: in order.
    :param then: the state that follows when all is done.
    :param otherwise: the state that follows when all is undone.
    :returns: states by name.
    :raises ValueError: no step, two states of one name, or a state that says itself where it leads.

    ```python
    from best_practice_constructs import SagaStep, saga_states

    reserve = {"Type": "Task", "Resource": "${Reserve}"}
    release = {"Type": "Task", "Resource": "${Release}"}
    charge = {"Type": "Task", "Resource": "${Charge}"}
    steps = [
        SagaStep(name="Reserve", task=reserve, compensation=release),
        SagaStep(name="Charge", task=charge),
    ]
    states = saga_states(steps, then="Tell", otherwise="TellFailed")
    assert states["Charge"]["Catch"][-1]["Next"] == "UndoReserve"
    assert states["UndoReserve"]["Next"] == "TellFailed"
    ```
    """
    if not steps:
        raise ValueError("A saga without a step does nothing: pass at least one SagaStep.")
    states: dict[str, JsonObject] = {}
    for index, step in enumerate(steps):
        following = steps[index + 1].name if index + 1 < len(steps) else then
        undo = [earlier.undo for earlier in reversed(steps[: index + 1]) if earlier.undo is not None]
        state = _state(step.task, step.name, following=following)
        catchers = cast("list[JsonObject]", state.setdefault("Catch", []))
        catchers.append(_catcher(step.name, undo[0] if undo else otherwise))
        _put(states, step.name, state)
    done: str = otherwise
    for step in steps:
        if step.undo is not None and step.compensation is not None:
            _put(states, step.undo, _state(step.compensation, step.undo, following=done))
            done = step.undo
    return states


def _state(state: Mapping[str, object], name: str, *, following: str) -> JsonObject:
    for key in ("Next", "End"):
        if key in state:
            raise ValueError(f"The state {name!r} says {key!r}, and the saga says where it leads: leave it out.")
    whole = copy.deepcopy(dict(state))
    whole.setdefault("Output", "{% $states.input %}")
    whole["Next"] = following
    return whole


def _catcher(name: str, following: str) -> JsonObject:
    failure = {
        "State": name,
        "Error": "{% $states.errorOutput.Error %}",
        "Cause": "{% $exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : '' %}",
    }
    return {
        "ErrorEquals": ["States.ALL"],
        "Assign": {_FAILURE: failure},
        "Output": "{% $states.input %}",
        "Next": following,
    }


def _put(states: dict[str, JsonObject], name: str, state: JsonObject) -> None:
    if name in states:
        raise ValueError(f"Two states of the saga are called {name!r}: name the steps, or compensation_name=, apart.")
    states[name] = state
