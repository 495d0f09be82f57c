"""What starts one execution of a workflow for an event, however often the event comes (H2, S1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from best_practice_constructs.construct_place import path_of, tell_place
from best_practice_constructs.errors import InvalidArgumentError

if TYPE_CHECKING:
    from best_practice_constructs.workflows.service_workflow import ServiceWorkflow

_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_START = "Start"
_STARTED_BEFORE = "StartedBefore"
# As Step Functions names what its own API answers, and as that API does: the embedded emulator hands it on so.
_EXISTS = ["StepFunctions.ExecutionAlreadyExistsException", "ExecutionAlreadyExists"]
_EVENT_ID = "detail.metadata.event_id"


class WorkflowStarter(Construct):
    """Starts one execution of a standard workflow for each event, however often it comes (H2, S1).

    EventBridge delivers at least once, and names no executions: an event that comes twice would start two. So it starts
    an express workflow, which starts the standard one under the event's own name: Step Functions itself refuses the
    second of one name, for as long as an execution runs and 90 days after, and that counts as done. No function takes
    part in it. ``bus.route(OrderPlaced, to=workflow)`` makes one by itself.

    :param workflow: the standard :class:`ServiceWorkflow`.
    :param execution_name: where in the event the name is found; default ``"detail.metadata.event_id"``. What no name
        may be (80 letters, digits, ``-`` and ``_``) is named by its SHA-256. One starter starts one kind of event: two
        kinds that have a name in common would count as one.

    :ivar starting: the express :class:`ServiceWorkflow` that does it; its failures go to those of ``workflow``.
    :ivar workflow: as given.

    :raises InvalidArgumentError: an express workflow, or a place that is none.

    Sources: Step Functions API reference, *StartExecution*; talk 43:16, 10:41.

    ```python
    from aws_cdk import App, Stack
    from best_practice_constructs import ServiceWorkflow, WorkflowStarter

    stack = Stack(App(), "Parcels")
    nothing_yet = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}
    send_parcel = ServiceWorkflow(stack, "SendParcel", definition=nothing_yet)
    WorkflowStarter(stack, "SendOnce", workflow=send_parcel, execution_name="detail.data.parcel_id")
    ```
    """

    def __init__(
        self, scope: Construct, id: str, *, workflow: ServiceWorkflow, execution_name: str = _EVENT_ID
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        if workflow.is_express:
            raise InvalidArgumentError(
                self,
                given=f"the express workflow {path_of(workflow)}",
                reason="Step Functions does not tell its executions apart by their names",
                remedy="route events to it directly, and let its tasks be idempotent; or make it a standard one",
            )
        if not _PATH.fullmatch(execution_name):
            raise InvalidArgumentError(
                self,
                given=f"execution_name={execution_name!r}",
                reason="it is no place in an event",
                remedy="write names with dots between them, as in 'detail.data.order_id'",
            )
        self.workflow = workflow
        # The two know each other: a workflow makes its starter, and that is a workflow.
        from best_practice_constructs.workflows.service_workflow import ServiceWorkflow as Workflow

        self.starting = Workflow(
            self,
            "Starting",
            state_machine_type=stepfunctions.StateMachineType.EXPRESS,
            definition=_definition(execution_name),
            definition_substitutions={"Workflow": workflow.state_machine},
            on_failure=workflow.failures_queue,
            comment=f"Starts {path_of(workflow)} once for each event",
        )

    @property
    def event_target(self) -> stepfunctions.IStateMachine:
        """What events start."""
        return self.starting.state_machine


def execution_name_expression(place: str) -> str:
    """Give the expression of JSONata that names an execution by what stands at a place of the event."""
    return (
        f"( $key := $string($states.input.{place}); "
        '$contains($key, /^[A-Za-z0-9_-]{1,80}$/) ? $key : $hash($key, "SHA-256") )'
    )


def _definition(execution_name: str) -> dict[str, object]:
    return {
        "QueryLanguage": "JSONata",
        "StartAt": _START,
        "States": {
            _START: {
                "Type": "Task",
                "Resource": "arn:aws:states:::states:startExecution",
                "Arguments": {
                    "StateMachineArn": "${Workflow}",
                    "Name": f"{{% {execution_name_expression(execution_name)} %}}",
                    "Input": "{% $states.input %}",
                },
                "Catch": [{"ErrorEquals": _EXISTS, "Next": _STARTED_BEFORE}],
                "End": True,
            },
            _STARTED_BEFORE: {"Type": "Succeed"},
        },
    }
