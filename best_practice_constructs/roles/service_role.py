"""A role under its service's path, within its service's boundary (C2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.role_options import check_role_options


def create_service_role(
    scope: Construct,
    id: str,
    *,
    assumed_by: iam.IPrincipal,
    defaults: ServiceDefaults,
    role_path: str | None,
    permissions_boundary: iam.IManagedPolicy | None,
    inline_policies: Mapping[str, iam.PolicyDocument] | None = None,
    managed_policies: Sequence[iam.IManagedPolicy] | None = None,
) -> iam.Role:
    """Create a role: every one that the constructs make is made here.

    :param defaults: of the service: what it says of paths and boundaries holds where nothing is passed.
    :raises InvalidArgumentError: a path that IAM refuses, or a boundary that is no managed policy.
    """
    check_role_options(scope, role_path=role_path, permissions_boundary=permissions_boundary)
    return iam.Role(
        scope,
        id,
        assumed_by=assumed_by,
        path=role_path or defaults.role_path,
        permissions_boundary=permissions_boundary or defaults.permissions_boundary,
        inline_policies=inline_policies,
        managed_policies=managed_policies,
    )
