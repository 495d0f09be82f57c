from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from aws_cdk import Stack
from aws_cdk import aws_stepfunctions as stepfunctions
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs import (
    BodyField,
    DirectIntegration,
    Header,
    InvalidArgumentError,
    ProblemAnswer,
    ProvisionedApi,
    RequestId,
    StartExecution,
    StartSyncExecution,
    WholeBody,
)
from tests.unit.api.direct.support import DeployedRoute, deployed, request


@dataclass(frozen=True, kw_only=True)
class Basket:
    sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Quote:
    price: int
    note: str | None = None


def _machine(stack: Stack, *, express: bool = True) -> stepfunctions.StateMachine:
    kinds = stepfunctions.StateMachineType
    return stepfunctions.StateMachine(
        stack,
        "Quotes",
        definition_body=stepfunctions.DefinitionBody.from_chainable(stepfunctions.Pass(stack, "Quote")),
        state_machine_type=kinds.EXPRESS if express else kinds.STANDARD,
    )


@pytest.fixture(scope="module")
def start() -> DeployedRoute:
    def build(stack: Stack) -> None:
        direct = StartExecution(
            _machine(stack),
            input={"id": RequestId(), "basket": WholeBody(), "sku": BodyField("sku")},
            name=Header("Idempotency-Key"),
            location="quotes/{request_id}",
        )
        ProvisionedApi(stack, "Api").post("/quotes", direct, body=Basket)

    return deployed(build, "POST")


@pytest.fixture(scope="module")
def run() -> DeployedRoute:
    def build(stack: Stack) -> None:
        problem = ProblemAnswer(status=409, title="Out of stock", detail="There are not that many.")
        direct = StartSyncExecution(_machine(stack), answer=Quote, problems={"OutOfStock": problem})
        ProvisionedApi(stack, "Api").post("/quotes", direct, body=Basket)

    return deployed(build, "POST")


class TestStartExecution:
    @settings(max_examples=30, deadline=None)
    @given(sku=st.text(), quantity=st.integers(), key=st.text(min_size=1))
    def test_no_value_breaks_out_of_its_place(self, start: DeployedRoute, sku: str, quantity: int, key: str) -> None:
        body = {"sku": sku, "quantity": quantity}
        call = json.loads(start.request(request(body, header={"Idempotency-Key": key}, extendedRequestId="i")))
        assert set(call) == {"stateMachineArn", "input", "name"}
        assert json.loads(call["input"]) == {"id": "i", "basket": body, "sku": sku}
        assert call["name"] == key

    def test_the_role_may_start_this_workflow(self, start: DeployedRoute) -> None:
        (statement,) = start.statements
        assert statement["Action"] == "states:StartExecution"
        assert "Quotes" in str(statement["Resource"])

    def test_it_answers_202(self, start: DeployedRoute) -> None:
        answer = start.answer(200, {"executionArn": "secret"}, request(extendedRequestId="i"))
        assert (answer.status, answer.document) == (202, {"request_id": "i"})
        assert answer.headers["Location"] == "quotes/i"

    @pytest.mark.parametrize(
        ("code", "status"),
        [
            ("ExecutionAlreadyExists", 409),
            ("ExecutionLimitExceeded", 429),
            ("ThrottlingException", 429),
            ("InvalidName", 400),
            ("StateMachineDoesNotExist", 500),
        ],
    )
    def test_refusals_are_problem_documents(self, start: DeployedRoute, code: str, status: int) -> None:
        answer = start.answer(400, {"__type": f"com.amazonaws.swf#{code}", "message": "secret"}, request())
        assert answer.status == status
        assert "secret" not in answer.text


class TestStartSyncExecution:
    def test_it_answers_with_the_output(self, run: DeployedRoute) -> None:
        given = request({"sku": "A", "quantity": 1})
        assert json.loads(json.loads(run.request(given))["input"]) == {"sku": "A", "quantity": 1}
        done = {"status": "SUCCEEDED", "output": json.dumps({"price": 3, "secret": 1}), "executionArn": "secret"}
        answer = run.answer(200, done, given)
        assert (answer.status, answer.document) == (200, {"price": 3, "note": None})

    @settings(max_examples=30, deadline=None)
    @given(note=st.text(min_size=1), price=st.integers())
    def test_what_it_gives_stays_in_its_place(self, run: DeployedRoute, note: str, price: int) -> None:
        done = {"status": "SUCCEEDED", "output": json.dumps({"price": price, "note": note})}
        assert run.answer(200, done, request()).document == {"price": price, "note": note}

    @pytest.mark.parametrize(
        ("failed", "status"),
        [
            ({"status": "FAILED", "error": "OutOfStock", "cause": "secret"}, 409),
            ({"status": "FAILED", "error": "States.Runtime", "cause": "secret"}, 500),
            ({"status": "TIMED_OUT"}, 504),
        ],
    )
    def test_a_workflow_that_failed_is_a_problem(self, run: DeployedRoute, failed: dict[str, str], status: int) -> None:
        answer = run.answer(200, failed, request())
        assert (answer.status, answer.document["status"]) == (status, status)
        assert "secret" not in answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_the_role_may_run_this_workflow(self, run: DeployedRoute) -> None:
        (statement,) = run.statements
        assert statement["Action"] == "states:StartSyncExecution"


class TestErrors:
    def test_standard_workflows_cannot_be_waited_for(self, stack: Stack) -> None:
        direct = StartSyncExecution(_machine(stack, express=False), answer=Quote)
        with pytest.raises(InvalidArgumentError, match="only express workflows"):
            ProvisionedApi(stack, "Api").post("/quotes", direct, body=Basket)

    @pytest.mark.parametrize("sync", [True, False])
    def test_the_input_is_an_object(self, stack: Stack, *, sync: bool) -> None:
        machine, given = _machine(stack), BodyField("sku")
        direct: DirectIntegration = (
            StartSyncExecution(machine, answer=Quote, input=given) if sync else StartExecution(machine, input=given)
        )
        with pytest.raises(InvalidArgumentError, match="a JSON object"):
            ProvisionedApi(stack, "Api").post("/quotes", direct, body=Basket)

    def test_the_name_of_an_error_is_plain(self, stack: Stack) -> None:
        problem = ProblemAnswer(status=409, title="t", detail="d")
        direct = StartSyncExecution(_machine(stack), answer=Quote, problems={'a" || true': problem})
        with pytest.raises(InvalidArgumentError, match="no name of an error"):
            ProvisionedApi(stack, "Api").post("/quotes", direct, body=Basket)
