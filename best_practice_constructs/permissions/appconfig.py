"""Permissions on the configurations of AppConfig."""

from __future__ import annotations

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import exact_arn


def get_latest_configuration(configuration_arn: str) -> Permission:
    """Allow ``StartConfigurationSession`` and ``GetLatestConfiguration``, as the Lambda extension calls them.

    :param configuration_arn: of a profile in an environment: ``…:application/A/environment/E/configuration/P``.
    """
    example = "eu-west-1:111122223333:application/a1b2c3d/environment/e1f2a3b/configuration/c1d2e3f"
    return Permission(
        actions=("appconfig:StartConfigurationSession", "appconfig:GetLatestConfiguration"),
        resources=(exact_arn(configuration_arn, service="appconfig", example=example),),
    )
