"""What the roles of a service have in common, checked where it is given: their path and their boundary (C2)."""

from __future__ import annotations

import re

from constructs import IConstruct

from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.errors import InvalidArgumentError, named

# As IAM's API reference has it of CreateRole's Path.
_PATH = re.compile(r"/|/[!-\x7f]+/")
_LONGEST_PATH = 512


def check_role_options(scope: IConstruct, *, role_path: object, permissions_boundary: object) -> None:
    """Refuse a path that IAM refuses, and a boundary that is no managed policy; ``None`` is neither.

    :param scope: the construct that was given them.
    :raises InvalidArgumentError: it says how they are written.
    """
    _check_path(scope, role_path)
    # Some imported policies have no class of their own in Python.
    if permissions_boundary is not None and not hasattr(permissions_boundary, "managed_policy_arn"):
        raise InvalidArgumentError(
            scope,
            given=f"permissions_boundary={named(permissions_boundary)}",
            reason="it is no managed policy",
            remedy="pass an aws_iam.ManagedPolicy, or one by its ARN: "
            "aws_iam.ManagedPolicy.from_managed_policy_arn(scope, 'Boundary', arn)",
        )


def _check_path(scope: IConstruct, role_path: object) -> None:
    if role_path is None or is_deploy_time_value(role_path):
        return
    if isinstance(role_path, str) and _PATH.fullmatch(role_path) and len(role_path) <= _LONGEST_PATH:
        return
    known = role_path.strip("/ ") if isinstance(role_path, str) else ""
    written = f"/{known}/" if _PATH.fullmatch(f"/{known}/") and len(known) + 2 <= _LONGEST_PATH else "/orders/"
    raise InvalidArgumentError(
        scope,
        given=f"role_path={role_path!r}",
        reason=f"a path of IAM begins and ends with a slash, has no space, and is {_LONGEST_PATH} characters at most",
        remedy=f"write role_path={written!r}",
    )
