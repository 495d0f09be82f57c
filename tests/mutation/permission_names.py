"""Permissions of a deployed system by the names that people know: constructs instead of ARNs."""

from __future__ import annotations

from collections.abc import Mapping

from best_practice_constructs.local import Deployment


class PermissionNames:
    """Names what permissions are on.

    :param deployment: of the system.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._paths: Mapping[str, str] = {
            stack.resources[logical_id].rpartition("/")[2]: path.removesuffix("/Resource").partition("/")[2]
            for stack in deployment.stacks.values()
            for path, logical_id in stack.resource_paths.items()
            if logical_id in stack.resources
        }

    def on(self, resource: str) -> str:
        """Name the construct that an ARN belongs to, as in ``RecordInvoice/Idempotency``, and what of it is meant."""
        fitting = [physical_id for physical_id in self._paths if physical_id and physical_id in resource]
        if not fitting:
            return resource
        physical_id = max(fitting, key=len)
        rest = resource.partition(physical_id)[2]
        # Of a stream the ARN ends with when it was made.
        rest = "/stream" if rest.startswith("/stream/") else rest
        return self._paths[physical_id] + rest
