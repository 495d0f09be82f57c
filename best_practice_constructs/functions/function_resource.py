"""What is said of a function on its resource, beside its L2 (H3, H11)."""

from __future__ import annotations

from typing import cast

from aws_cdk import aws_lambda as lambda_

from best_practice_constructs.compliance import acknowledge, resource_of

_MODE = {lambda_.Tracing.ACTIVE: "Active", lambda_.Tracing.PASS_THROUGH: "PassThrough"}


def complete_resource(function: lambda_.Function, *, tracing: lambda_.Tracing) -> None:
    """Trace a function, and say why it has no dead-letter queue.

    Tracing is not set on the L2, which would write the wildcard of X-Ray into the policy that later permissions are
    added to: acknowledged there, it would hide every later wildcard.
    """
    resource = cast("lambda_.CfnFunction", resource_of(function))
    if tracing in _MODE:
        resource.tracing_config = lambda_.CfnFunction.TracingConfigProperty(mode=_MODE[tracing])
    acknowledge(
        resource,
        reason="What fails asynchronously goes to an on-failure destination, which holds the cause too (H3); "
        "synchronous and polled invocations never use a dead-letter queue of the function.",
        findings=("Serverless::Serverless-LambdaDLQ",),
    )
