"""What the runtime of a function is told about its service (H7, H12, E6)."""

from __future__ import annotations

from aws_cdk import Stack
from constructs import Construct

from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.runtime import environment as names


def service_environment(scope: Construct, defaults: ServiceDefaults) -> dict[str, str]:
    """Give the environment variables that name the service, its stage and its version."""
    service = defaults.service or Stack.of(scope).node.id
    return {
        names.SERVICE_NAME: service,
        names.METRICS_NAMESPACE: service,
        names.LOG_LEVEL: defaults.log_level,
        names.SERVICE_STAGE: defaults.stage,
        names.APPLICATION_VERSION: defaults.application_version,
    }
