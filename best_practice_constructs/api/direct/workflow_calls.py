"""What the two ways of starting a workflow have in common."""

from __future__ import annotations

from aws_cdk import aws_stepfunctions as stepfunctions

from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.mapped_content import Content, content_text
from best_practice_constructs.api.mapping.escaping import json_string
from best_practice_constructs.api.mapping.template_node import DeployedName, Node, joined
from best_practice_constructs.api.mapping.value_sources import WholeBody


def workflow_headers(action: str) -> dict[str, str]:
    """Give the headers by which Step Functions knows a call."""
    return {
        "integration.request.header.Content-Type": "'application/x-amz-json-1.0'",
        "integration.request.header.X-Amz-Target": f"'AWSStepFunctions.{action}'",
    }


def workflow_members(
    route: DirectRoute, state_machine: stepfunctions.IStateMachine, content: Content
) -> dict[str, Node]:
    """Give the state machine and its input, which is JSON in a JSON text.

    :raises InvalidArgumentError: an input that is no JSON object.
    """
    if not isinstance(content, WholeBody) and not hasattr(content, "items"):
        raise route.refusal(
            f"input={content!r}", "the input of a workflow is a JSON object", "pass WholeBody() or a mapping"
        )
    return {
        "stateMachineArn": joined('"', DeployedName(state_machine.state_machine_arn), '"'),
        "input": json_string(content_text(route, content)),
    }
