"""The variables that tell the runtime of its service (H7, E6, H14)."""

from __future__ import annotations

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from best_practice_constructs.construct_place import id_of, stack_of
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.runtime import environment as names


def runtime_environment(scope: Construct, defaults: ServiceDefaults, *, tracing: lambda_.Tracing) -> dict[str, str]:
    """Give the variables of a function in ``scope``; where it is not traced, it need not load the X-Ray SDK (L2)."""
    service = defaults.service or id_of(stack_of(scope))
    untraced = {names.TRACE_DISABLED: "true"} if tracing == lambda_.Tracing.DISABLED else {}
    return {
        names.SERVICE_NAME: service,
        names.METRICS_NAMESPACE: service,
        names.LOG_LEVEL: defaults.log_level,
        names.SERVICE_STAGE: defaults.stage,
        names.APPLICATION_VERSION: defaults.application_version,
        **untraced,
    }
