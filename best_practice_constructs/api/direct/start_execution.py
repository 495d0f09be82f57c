"""A route that starts a workflow and does not wait for it (E1, S1, S4)."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_stepfunctions as stepfunctions

from best_practice_constructs.api.direct.answer_fields import AnswerFields, preambles, source_list
from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.mapped_content import Content, content_sources
from best_practice_constructs.api.direct.problem_answers import BAD_VALUE, CONFLICT, THROTTLED, Failures
from best_practice_constructs.api.direct.service_call import DirectIntegration, ServiceCall
from best_practice_constructs.api.direct.workflow_calls import workflow_headers, workflow_members
from best_practice_constructs.api.mapping.escaping import json_string
from best_practice_constructs.api.mapping.json_pieces import Member, json_object
from best_practice_constructs.api.mapping.template_node import Node, joined
from best_practice_constructs.api.mapping.value_sources import RequestId, ValueSource, WholeBody
from best_practice_constructs.permissions import stepfunctions as stepfunctions_permissions


class StartExecution(DirectIntegration):
    """Starts a workflow with each request, and answers 202 (E1, S1, S4).

    The route's role may do ``states:StartExecution`` of this state machine.

    :param state_machine: standard or express.
    :param input: the workflow's input; default ``WholeBody()``. A mapping makes a JSON object.
    :param name: the execution's name, such as ``Header("Idempotency-Key")``: up to 80 letters, digits, ``-`` and ``_``
        (400 of others). A standard workflow is then started once: the same name with the same input is accepted again
        while it runs, and is 409 otherwise. Default: a new one each time.
    :param answer: the members of the answer; default: ``request_id``. Pass it in ``input`` for the workflow to know it.
    :param location: where to ask what became of it, such as ``"orders/{request_id}"``; default: none.
    :param retry_after: seconds after which to ask; default: none.

    :raises InvalidArgumentError: when it is routed to: a source that the requests do not have, an input that is no
        JSON object.

    Sources: Step Functions API reference, *StartExecution*; API Gateway developer guide, *AWS integrations*; talk
    10:41, 12:58.

    ```python
    from dataclasses import dataclass

    from aws_cdk import App, Stack
    from aws_cdk import aws_stepfunctions as stepfunctions
    from best_practice_constructs import ProvisionedApi, RequestId, StartExecution, WholeBody


    @dataclass(frozen=True, kw_only=True)
    class NewReturn:
        order_id: str


    stack = Stack(App(), "Shop")
    definition = stepfunctions.DefinitionBody.from_chainable(stepfunctions.Pass(stack, "Return"))
    workflow = stepfunctions.StateMachine(stack, "Returns", definition_body=definition)
    api = ProvisionedApi(stack, "Api")
    start = StartExecution(workflow, input={"id": RequestId(), "request": WholeBody()}, location="returns/{request_id}")
    api.post("/returns", start, body=NewReturn)
    ```
    """

    def __init__(
        self,
        state_machine: stepfunctions.IStateMachine,
        *,
        input: Content | None = None,
        name: ValueSource | None = None,
        answer: Mapping[str, ValueSource] | None = None,
        location: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.state_machine = state_machine
        self.input: Content = WholeBody() if input is None else input
        self.name = name
        self.answer = AnswerFields(
            status=202,
            fields={"request_id": RequestId()} if answer is None else answer,
            location=location,
            retry_after=retry_after,
        )

    def call(self, route: DirectRoute) -> ServiceCall:
        """Give the call; see :class:`DirectIntegration`."""
        members: dict[str, Member | Node] = dict(workflow_members(route, self.state_machine, self.input))
        names = [self.name] if self.name is not None else []
        if self.name is not None:
            members["name"] = json_string(route.text(self.name))
        sources = source_list(content_sources(self.input), names)
        return ServiceCall(
            service="states",
            action="StartExecution",
            region=self.state_machine.env.region,
            parameters=workflow_headers("StartExecution"),
            template=joined(preambles(sources), json_object(members)),
            permissions=[stepfunctions_permissions.start_execution(self.state_machine)],
            sources=[*sources, *self.answer.fields.values()],
            answer=self.answer.bound_to(route),
            failures=Failures(
                code="answer.get('__type')",
                by_code={
                    "ExecutionAlreadyExists": CONFLICT,
                    "ExecutionLimitExceeded": THROTTLED,
                    "Throttl": THROTTLED,
                    "InvalidName": BAD_VALUE,
                    "InvalidExecutionInput": BAD_VALUE,
                    "ValidationException": BAD_VALUE,
                },
            ),
        )
