"""Lambda's names of runtimes and architectures, each asked of the CDK once."""

from __future__ import annotations

from aws_cdk import aws_lambda as lambda_

from best_practice_constructs.weak_identity_map import WeakIdentityMap

_names: WeakIdentityMap[lambda_.Runtime | lambda_.Architecture, str] = WeakIdentityMap()


def lambda_name(value: lambda_.Runtime | lambda_.Architecture) -> str:
    """Give a name such as ``"python3.14"`` or ``"arm64"``."""
    if value not in _names:
        _names[value] = value.name
    return _names[value]


def is_python(runtime: lambda_.Runtime) -> bool:
    """Tell whether a runtime runs Python."""
    return lambda_name(runtime).startswith("python")
