"""What a tuning does when nothing goes wrong, and what it says when it is asked for what cannot be."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statelint.config import Config
from statelint.linter import Linter
from statelint.problem import ProblemType

from tests.unit.helpers.examples import examples
from tests.unit.workflows.tuning.faulty_lambda import FUNCTION, TWIN, FaultyLambda
from tests.unit.workflows.tuning.states_language import Execution, StateError
from tests.unit.workflows.tuning.tuned import restoring, tune, tuning


@pytest.mark.parametrize("definition", [tuning(), restoring()], ids=["tuning", "restoring"])
def test_the_definitions_are_such_as_step_functions_takes(definition: dict[str, Any]) -> None:
    config = Config(ignored_problem_types={ProblemType.FLOAT, ProblemType.URI})
    problems = [str(problem) for problem in Linter.validate(definition, config)]
    # The linter does not know that an expression may stand there.
    assert [each for each in problems if "MaxConcurrency" not in each] == []
    assert len(json.dumps(definition)) < 60_000


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_a_tuning_gives_figures_and_leaves_the_function_as_it_was(log_format: str) -> None:
    function = FaultyLambda(log_format=log_format)
    before = function.configuration()
    result = tune(function)
    assert [each["memory_size"] for each in result["settings"]] == [128, 512, 1024]
    assert [each["billed"] for each in result["settings"]] == [[400] * 3, [100] * 3, [50] * 3]
    assert [each["cold_billed"] for each in result["settings"]] == [[601], [301], [251]]
    assert {each["memory_used"] for each in result["settings"]} == {64}
    assert (result["fastest"]["memory_size"], result["balanced"]["memory_size"]) == (1024, 1024)
    assert function.configuration() == before
    assert list(function.versions[FUNCTION]) == ["7"]


def test_the_configuration_is_back_before_the_first_invocation() -> None:
    function = FaultyLambda(busy_looks=4)
    tune(function)
    assert function.memory_at_invocations == {512}
    actions = [action for action, _ in function.calls]
    assert max(i for i, action in enumerate(actions) if action == "updateFunctionConfiguration") < actions.index(
        "invoke"
    )


def test_the_function_itself_is_never_invoked_nor_deleted() -> None:
    function = FaultyLambda()
    tune(function)
    assert all(
        arguments["Qualifier"].isdigit()
        for action, arguments in function.calls
        if action in {"invoke", "deleteFunction"}
    )


def test_architectures_are_compared() -> None:
    function = FaultyLambda(functions={FUNCTION: "arm64", TWIN: "x86_64"})
    result = tune(function, functions=(FUNCTION, TWIN))
    costs = {(each["architecture"], each["memory_size"]): each["cost"] for each in result["settings"]}
    assert set(costs) == {(a, m) for a in ("arm64", "x86_64") for m in (128, 512, 1024)}
    assert result["cheapest"]["architecture"] == "arm64"
    assert all(costs["arm64", memory] < costs["x86_64", memory] for memory in (128, 512, 1024))


def test_payloads_come_by_their_weights() -> None:
    function = FaultyLambda()
    payloads = [{"payload": {"n": 1}}, {"payload": {"n": 2}, "weight": 3}]
    tune(function, {"payloads": payloads, "invocations": 8, "memory_sizes": [128]})
    numbers = [arguments["Payload"]["n"] for action, arguments in function.calls if action == "invoke"]
    assert numbers[0] == 1, "the cold start's"
    assert Counter(numbers[1:]) == {1: 2, 2: 6}


@settings(max_examples=examples(25))
@given(weights=st.lists(st.integers(1, 50), min_size=1, max_size=5), invocations=st.integers(1, 40))
def test_each_payload_gets_its_share(weights: list[int], invocations: int) -> None:
    function = FaultyLambda(busy_looks=0)
    payloads = [{"payload": {"n": n}, "weight": weight} for n, weight in enumerate(weights)]
    tune(function, {"payloads": payloads, "invocations": invocations, "memory_sizes": [1024]})
    numbers = [arguments["Payload"]["n"] for action, arguments in function.calls if action == "invoke"][1:]
    assert len(numbers) == invocations
    for n, weight in enumerate(weights):
        assert abs(numbers.count(n) - invocations * weight / sum(weights)) <= 1


def test_a_setting_at_which_the_function_fails_has_its_error_and_is_not_chosen() -> None:
    function = FaultyLambda(fails_below=500)
    result = tune(function)
    assert [bool(each["error"]) for each in result["settings"]] == [True, False, False]
    assert "Runtime.OutOfMemory" in result["settings"][0]["error"]
    assert "cost" not in result["settings"][0]
    invocations = Counter(arguments["Qualifier"] for action, arguments in function.calls if action == "invoke")
    assert sorted(invocations.values()) == [1, 4, 4], "one that fails is not invoked again"


def test_when_it_fails_at_every_setting_the_tuning_fails_and_says_why() -> None:
    function = FaultyLambda(fails_below=20_000)
    with pytest.raises(StateError, match=r"NothingWorked.*128 MB.*OutOfMemory"):
        tune(function)
    assert list(function.versions[FUNCTION]) == ["7"]


@pytest.mark.parametrize(
    ("given_input", "said"),
    [
        ({"memory": [128]}, "There is no memory in the input"),
        ({"memory_sizes": []}, "1 to 40 whole numbers"),
        ({"memory_sizes": [64]}, "64"),
        ({"memory_sizes": [128.5]}, "128.5"),
        ({"memory_sizes": ["128"]}, "whole numbers of MB"),
        ({"memory_sizes": [128, 256, 128]}, "twice"),
        ({"invocations": 0}, "invocations is a whole number"),
        ({"invocations": "20"}, "invocations is a whole number"),
        ({"invocations": 2, "parallel": 3}, "at least parallel, which is 3"),
        ({"parallel": 41}, "1 to 40"),
        ({"invocations": 900}, "more than the 2500"),
        ({"balance": 1.5}, "from 0, the speed alone"),
        ({"balance": True}, "from 0, the speed alone"),
        ({"payload": {}, "payloads": [{"payload": {}}]}, "not both"),
        ({"payloads": []}, "A payload is an object"),
        ({"payloads": [{"weight": 1}]}, "A payload is an object"),
        ({"payloads": [{"payload": {}, "weight": 0}]}, "above 0"),
        ({"payload": "text"}, "A payload is an object"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_touched(given_input: object, said: str) -> None:
    function = FaultyLambda()
    with pytest.raises(StateError) as refusal:
        tune(function, given_input)
    assert refusal.value.error == "PowerTuning.Refused"
    assert said in refusal.value.cause
    assert function.calls == []


def test_a_description_without_room_for_the_note_is_refused() -> None:
    function = FaultyLambda()
    function.deploy(Description="d" * 200)
    with pytest.raises(StateError, match=r"NoRoomForNote.*200 characters"):
        tune(function)
    assert function.configuration() == (512, "d" * 200)


def test_a_region_without_prices_is_refused() -> None:
    function = FaultyLambda()
    function.deploy(FunctionArn=FUNCTION.replace("us-east-1", "mx-central-1"))
    with pytest.raises(StateError, match=r"NoPrices.*mx-central-1"):
        tune(function)


def test_a_log_without_a_report_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    function = FaultyLambda(log_format="JSON")
    # As with a system log level above INFO.
    monkeypatch.setattr(function, "_invoke", lambda **_arguments: {"StatusCode": 200, "Payload": "{}"})
    with pytest.raises(StateError, match="system log level INFO"):
        tune(function)


def test_more_versions_than_one_page_are_found() -> None:
    function = FaultyLambda()
    for number in range(8, 60):
        function.versions[FUNCTION][str(number)] = {**function.versions[FUNCTION]["7"], "Version": str(number)}
    kept = set(function.versions[FUNCTION])
    tune(function)
    assert set(function.versions[FUNCTION]) == kept
    assert Execution(restoring(), call=function).run() == {"deleted_versions": 0}
