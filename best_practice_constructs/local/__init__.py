"""The embedded stage: a CDK app deployed into an AWS emulator on this machine, for demos, tests and trying out.

Needs the extra ``local``: ``pip install 'best-practice-constructs[local]'``.
"""

from best_practice_constructs.local.deployment import (
    Deployment,
    IgnoredProperty,
    OmittedResource,
    ReplacedReference,
    StackChange,
    StackResult,
    SuppliedResource,
)
from best_practice_constructs.local.errors import (
    CloudAssemblyError,
    EmulatorDiedError,
    EmulatorInstallationError,
    EmulatorStartError,
    LocalStageError,
    StackDeploymentError,
    SynthesisError,
)
from best_practice_constructs.local.failed_starts import FailedStart, FailedStartWatch
from best_practice_constructs.local.function_log import LogLine
from best_practice_constructs.local.gateway import FailedIntegration
from best_practice_constructs.local.local_stage import LocalStage
from best_practice_constructs.local.permission_mutants import ACTIONS_OF_LAMBDA, PermissionMutant, permission_mutants
from best_practice_constructs.local.role_permissions import RolePermission, role_permissions, without_permission
from best_practice_constructs.local.worker_processes import Worker

__all__ = [
    "ACTIONS_OF_LAMBDA",
    "CloudAssemblyError",
    "Deployment",
    "EmulatorDiedError",
    "EmulatorInstallationError",
    "EmulatorStartError",
    "FailedIntegration",
    "FailedStart",
    "FailedStartWatch",
    "IgnoredProperty",
    "LocalStage",
    "LocalStageError",
    "LogLine",
    "OmittedResource",
    "PermissionMutant",
    "ReplacedReference",
    "RolePermission",
    "StackChange",
    "StackDeploymentError",
    "StackResult",
    "SuppliedResource",
    "SynthesisError",
    "Worker",
    "permission_mutants",
    "role_permissions",
    "without_permission",
]
