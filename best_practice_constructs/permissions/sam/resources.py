"""What SAM's policies are given, and what they are made of."""

from __future__ import annotations

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import exact_arn


def arn_of(resource: object, attribute: str, *, service: str, example: str) -> str:
    """Give the ARN of a resource of the CDK, or of a text that is one.

    :raises ValueError: a text that is no ARN of the service.
    """
    if isinstance(resource, str):
        return exact_arn(resource, service=service, example=example)
    return str(getattr(resource, attribute))


def scoped(service: str, operations: str, *resources: str) -> Permission:
    """Allow the operations of a service, named with spaces between, on the resources."""
    return Permission(actions=tuple(f"{service}:{operation}" for operation in operations.split()), resources=resources)


def unscoped(service: str, operations: str, *, because: str) -> Permission:
    """Allow operations for which the service knows no resource."""
    return Permission(
        actions=tuple(f"{service}:{operation}" for operation in operations.split()),
        resources=("*",),
        unscoped_because=because,
    )
