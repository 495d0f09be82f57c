"""That a function has its configuration and its versions back, whatever happens on the way.

The Lambda of these tests refuses calls, loses answers and is changed by others, at any call; executions are stopped at
any call. After a tuning that did not come to its end the second workflow runs, as EventBridge starts it.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.helpers.examples import examples
from tests.unit.workflows.tuning.faulty_lambda import FUNCTION, TWIN, FaultyLambda
from tests.unit.workflows.tuning.states_language import Aborted, Execution, StateError
from tests.unit.workflows.tuning.tuned import SHORT, restoring, tuning

FUNCTIONS = (FUNCTION, TWIN)
ARCHITECTURES = {FUNCTION: "arm64", TWIN: "x86_64"}
# A tuning of both functions makes about as many.
MOST_CALLS = 55
TROUBLES = (
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.ResourceConflictException",
    "Lambda.PreconditionFailedException",
    "Lambda.AccessDeniedException",
    "States.Timeout",
)


def _ended(execution: Execution) -> bool:
    """Run it, and tell whether it succeeded."""
    try:
        execution.run()
    except (StateError, Aborted):
        return False
    return True


def _restore(function: FaultyLambda, execution: Execution) -> None:
    """Do what EventBridge starts when an execution did not succeed."""
    event = {"source": "aws.states", "detail": {"executionArn": execution.arn, "status": "ABORTED"}}
    Execution(restoring(FUNCTIONS), call=function, given=event, name="another").run()


def _assert_as_before(function: FaultyLambda) -> None:
    for arn in FUNCTIONS:
        assert function.configuration(arn) == (512, f"Takes orders on {ARCHITECTURES[arn]}")
        assert list(function.versions[arn]) == ["7"]


@settings(max_examples=examples(60))
@given(
    faults=st.dictionaries(st.integers(1, MOST_CALLS), st.sampled_from(TROUBLES), max_size=6),
    busy_looks=st.integers(0, 3),
)
def test_failing_calls_leave_the_function_as_it_was(faults: dict[int, str], busy_looks: int) -> None:
    def interfere(_function: FaultyLambda, number: int, _action: str) -> None:
        if number in faults:
            raise StateError(faults[number], "by chance")

    function = FaultyLambda(functions=ARCHITECTURES, busy_looks=busy_looks, interfere=interfere)
    execution = Execution(tuning(FUNCTIONS, defaults=SHORT), call=function)
    succeeded = _ended(execution)
    faults.clear()
    if not succeeded:
        _restore(function, execution)
    _assert_as_before(function)


@settings(max_examples=examples(60))
@given(stopped_at=st.integers(1, MOST_CALLS), is_done=st.booleans(), busy_looks=st.integers(0, 3))
def test_a_tuning_that_is_stopped_leaves_the_function_as_it_was(
    stopped_at: int,
    is_done: bool,  # noqa: FBT001 -- hypothesis passes it by name
    busy_looks: int,
) -> None:
    function = FaultyLambda(functions=ARCHITECTURES, busy_looks=busy_looks)

    def call(action: str, arguments: dict[str, object]) -> object:
        is_last = len(function.calls) + 1 == stopped_at
        if is_last and not is_done:
            raise Aborted
        answer = function(action, arguments)
        if is_last:
            raise Aborted
        return answer

    execution = Execution(tuning(FUNCTIONS, defaults=SHORT), call=call)
    if not _ended(execution):
        _restore(function, execution)
    _assert_as_before(function)


@settings(max_examples=examples(60))
@given(lost=st.integers(1, MOST_CALLS), error=st.sampled_from(["Lambda.SdkClientException", "States.Timeout"]))
def test_an_answer_that_is_lost_leaves_the_function_as_it_was(lost: int, error: str) -> None:
    function = FaultyLambda(functions=ARCHITECTURES)

    def call(action: str, arguments: dict[str, object]) -> object:
        answer = function(action, arguments)
        if len(function.calls) == lost:
            raise StateError(error, "the answer is lost")
        return answer

    execution = Execution(tuning(FUNCTIONS, defaults=SHORT), call=call)
    if not _ended(execution):
        _restore(function, execution)
    _assert_as_before(function)


@settings(max_examples=examples(60))
@given(deployed_at=st.integers(1, MOST_CALLS), busy_looks=st.integers(0, 2), describes=st.booleans())
def test_what_somebody_else_deploys_meanwhile_stays(deployed_at: int, busy_looks: int, describes: bool) -> None:  # noqa: FBT001 -- as above
    changes: dict[str, Any] = {"MemorySize": 2048, **({"Description": "Newly deployed"} if describes else {})}

    def interfere(function: FaultyLambda, number: int, _action: str) -> None:
        if number == deployed_at:
            function.deploy(**changes)

    function = FaultyLambda(functions=ARCHITECTURES, busy_looks=busy_looks, interfere=interfere)
    execution = Execution(tuning(FUNCTIONS, defaults=SHORT), call=function)
    if not _ended(execution):
        _restore(function, execution)
    if len(function.calls) >= deployed_at:
        assert function.configuration()[0] == 2048
    assert function.configuration()[1] in {"Newly deployed", "Takes orders on arm64"}
    assert list(function.versions[FUNCTION]) == ["7"]


def test_a_second_tuning_at_the_same_time_is_refused_and_does_no_harm() -> None:
    second: list[StateError] = []

    def interfere(function: FaultyLambda, number: int, _action: str) -> None:
        if number == 8:
            assert "Power tuning" in function.configuration()[1]
            with pytest.raises(StateError) as refused:
                Execution(tuning(FUNCTIONS, defaults=SHORT), call=function, name="second").run()
            second.append(refused.value)

    function = FaultyLambda(functions=ARCHITECTURES, interfere=interfere)
    Execution(tuning(FUNCTIONS, defaults=SHORT), call=function, name="first").run()
    assert second[0].error == "PowerTuning.TunedAlready"
    assert "--restore" in second[0].cause
    _assert_as_before(function)


def _left_behind(function: FaultyLambda, *, name: str) -> Execution:
    def call(action: str, arguments: dict[str, object]) -> object:
        if sum(each == "publishVersion" for each, _ in function.calls) == 2:
            raise Aborted
        return function(action, arguments)

    execution = Execution(tuning(FUNCTIONS, defaults=SHORT), call=call, name=name)
    assert not _ended(execution)
    return execution


def test_only_what_the_named_tuning_left_is_touched() -> None:
    function = FaultyLambda(functions=ARCHITECTURES)
    _left_behind(function, name="first")
    before = function.configuration(), set(function.versions[FUNCTION])
    given_input = {"execution_arn": "arn:aws:states:us-east-1:111122223333:execution:Tuning:another"}
    Execution(restoring(FUNCTIONS), call=function, given=given_input).run()
    assert (function.configuration(), set(function.versions[FUNCTION])) == before


@pytest.mark.parametrize(
    "given_input", [{}, {"execution_arn": "arn:aws:states:us-east-1:111122223333:execution:Tuning:first"}]
)
def test_it_can_be_started_by_hand_for_one_tuning_or_for_all(given_input: object) -> None:
    function = FaultyLambda(functions=ARCHITECTURES)
    _left_behind(function, name="first")
    # Somebody's own description that only looks like it.
    function.versions[FUNCTION]["9000"] = {**function.versions[FUNCTION]["7"], "Description": "Power tuning is fun"}
    Execution(restoring(FUNCTIONS), call=function, given=given_input).run()
    assert set(function.versions[FUNCTION]) == {"7", "9000"}
    del function.versions[FUNCTION]["9000"]
    _assert_as_before(function)


def test_what_cannot_be_put_back_fails_and_says_so() -> None:
    function = FaultyLambda(functions=ARCHITECTURES)
    _left_behind(function, name="first")

    def call(action: str, arguments: dict[str, object]) -> object:
        if action == "updateFunctionConfiguration":
            raise StateError("Lambda.PreconditionFailedException", "always")
        return function(action, arguments)

    with pytest.raises(StateError, match=r"NotRestored.*orders.*512 MB before"):
        Execution(restoring(FUNCTIONS), call=call).run()
