"""A route that runs an express workflow and answers with what it gives (S1, S4)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aws_cdk import aws_stepfunctions as stepfunctions

from best_practice_constructs.api.direct.answer_fields import preambles
from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.mapped_content import Content, content_sources
from best_practice_constructs.api.direct.problem_answers import BAD_VALUE, FAILED, THROTTLED, Failures, ProblemAnswer
from best_practice_constructs.api.direct.service_call import DirectIntegration, ServiceAnswer, ServiceCall
from best_practice_constructs.api.direct.workflow_calls import workflow_headers, workflow_members
from best_practice_constructs.api.mapping.field_shape import UnmappableFieldError
from best_practice_constructs.api.mapping.json_pieces import Member, json_object
from best_practice_constructs.api.mapping.json_writing import write_json
from best_practice_constructs.api.mapping.template_node import Assign, Choice, Node, joined
from best_practice_constructs.api.mapping.value_sources import WholeBody
from best_practice_constructs.permissions import stepfunctions as stepfunctions_permissions

TIMED_OUT = ProblemAnswer(
    status=504,
    title="Gateway Timeout",
    detail="The answer took too long. The request may have been handled: ask for its state before sending it again.",
)


class StartSyncExecution(DirectIntegration):
    """Runs an express workflow with each request, and answers with its output (S1, S4).

    The route's role may do ``states:StartSyncExecution`` of this state machine. The gateway waits 29 s: what takes
    longer goes to :class:`StartExecution`.

    :param state_machine: an express workflow.
    :param answer: a dataclass: the fields of the workflow's output, which is a JSON object.
    :param input: the workflow's input; default ``WholeBody()``. A mapping makes a JSON object.
    :param status: when it succeeded, default 200.
    :param problems: what is answered by the name of the error that the workflow failed with, such as
        ``{"OutOfStock": ProblemAnswer(status=409, title="Out of stock", detail="…")}``; others are 500.

    :raises InvalidArgumentError: when it is routed to: a standard workflow, a source that the requests do not have, an
        input that is no JSON object, a field that templates cannot write.

    Sources: Step Functions API reference, *StartSyncExecution*; API Gateway developer guide, *AWS integrations*; talk
    10:41, 12:58.

    ```python
    from dataclasses import dataclass

    from aws_cdk import App, Stack
    from aws_cdk import aws_stepfunctions as stepfunctions
    from best_practice_constructs import ProvisionedApi, StartSyncExecution


    @dataclass(frozen=True, kw_only=True)
    class Quote:
        price: int


    stack = Stack(App(), "Shop")
    workflow = stepfunctions.StateMachine(
        stack,
        "Quotes",
        definition_body=stepfunctions.DefinitionBody.from_chainable(stepfunctions.Pass(stack, "Quote")),
        state_machine_type=stepfunctions.StateMachineType.EXPRESS,
    )
    ProvisionedApi(stack, "Api").post("/quotes", StartSyncExecution(workflow, answer=Quote), body=Quote)
    ```
    """

    def __init__(
        self,
        state_machine: stepfunctions.IStateMachine,
        *,
        answer: type,
        input: Content | None = None,
        status: int = 200,
        problems: Mapping[str, ProblemAnswer] | None = None,
    ) -> None:
        self.state_machine = state_machine
        self.answer = answer
        self.input: Content = WholeBody() if input is None else input
        self.status = status
        self.problems = problems or {}

    def call(self, route: DirectRoute) -> ServiceCall:
        """Give the call; see :class:`DirectIntegration`."""
        machine = self.state_machine
        express = stepfunctions.StateMachineType.EXPRESS
        if isinstance(machine, stepfunctions.StateMachine) and machine.state_machine_type != express:
            raise route.refusal(
                "StartSyncExecution of a standard workflow",
                "only express workflows can be waited for",
                "use StartExecution, or make it StateMachineType.EXPRESS",
            )
        members: dict[str, Member | Node] = dict(workflow_members(route, machine, self.input))
        sources = content_sources(self.input)
        return ServiceCall(
            service="states",
            action="StartSyncExecution",
            region=machine.env.region,
            parameters=workflow_headers("StartSyncExecution"),
            template=joined(preambles(sources), json_object(members)),
            permissions=[stepfunctions_permissions.start_sync_execution(machine)],
            sources=sources,
            answer=ServiceAnswer(status=self.status, template=self._answer(route)),
            failures=Failures(
                code="answer.get('__type')",
                by_code={"Throttl": THROTTLED, "InvalidExecutionInput": BAD_VALUE, "ValidationException": BAD_VALUE},
            ),
        )

    def _answer(self, route: DirectRoute) -> Node:
        """Give the answer: Step Functions says 200 of workflows that failed, too."""
        shape = route.shape(self.answer, given=f"answer={self.answer.__name__}")
        try:
            output = write_json(shape, "output")
        except UnmappableFieldError as error:
            raise route.refusal(f"answer={self.answer.__name__}", str(error), "declare its type") from error
        failed: Node = FAILED.answer()
        for name, problem in reversed(list(self.problems.items())):
            failed = Choice(f"$errorCode == {_name(route, name)}", problem.answer(), failed)
        return joined(
            Assign("answer", "$input.path('$')"),
            Assign("status", "\"$!{answer.get('status')}\""),
            Assign("errorCode", "\"$!{answer.get('error')}\""),
            Choice(
                '$status == "SUCCEEDED"',
                joined(Assign("output", "$util.parseJson($answer.get('output'))"), output),
                Choice('$status == "TIMED_OUT"', TIMED_OUT.answer(), failed),
            ),
        )


def _name(route: DirectRoute, name: str) -> str:
    if not name.replace(".", "").replace("_", "").isalnum():
        raise route.refusal(f"problems={{{name!r}: …}}", "it is no name of an error", "use letters, digits, . and _")
    return json.dumps(name)
