"""The variables that tell the runtime of its service (H7, E6, H14)."""

from __future__ import annotations

from constructs import Construct

from best_practice_constructs.construct_place import id_of, stack_of
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.runtime import environment as names


def runtime_environment(scope: Construct, defaults: ServiceDefaults) -> dict[str, str]:
    """Give the variables of a function in ``scope``."""
    service = defaults.service or id_of(stack_of(scope))
    return {
        names.SERVICE_NAME: service,
        names.METRICS_NAMESPACE: service,
        names.LOG_LEVEL: defaults.log_level,
        names.SERVICE_STAGE: defaults.stage,
        names.APPLICATION_VERSION: defaults.application_version,
    }
