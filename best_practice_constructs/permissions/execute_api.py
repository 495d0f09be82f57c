"""Permissions to call APIs of API Gateway."""

from __future__ import annotations

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import exact_arn


def invoke(method_arn: str) -> Permission:
    """Allow to call one method of an API with IAM for its authorization, whose ARN ``arn_for_execute_api`` gives."""
    example = "eu-west-1:111122223333:a1b2c3d4e5/prod/POST/orders"
    return Permission(
        actions=("execute-api:Invoke",), resources=(exact_arn(method_arn, service="execute-api", example=example),)
    )


def manage_connections(stage_arn: str) -> Permission:
    """Allow ``PostToConnection`` to every client of the WebSocket API's stage with this ARN, and nothing else.

    :param stage_arn: ``arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod``.
    """
    arn = exact_arn(stage_arn, service="execute-api", example="eu-west-1:111122223333:a1b2c3d4e5/prod")
    return Permission(actions=("execute-api:ManageConnections",), resources=(f"{arn}/POST/@connections/*",))
