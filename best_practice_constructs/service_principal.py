"""The principals of AWS's services, each made once: roles and policies of all apps may share it."""

from __future__ import annotations

import functools

from aws_cdk import aws_iam as iam


@functools.cache
def service_principal(service: str) -> iam.ServicePrincipal:
    """Give the principal of a service, such as ``"lambda.amazonaws.com"``; it is the same object every time."""
    return iam.ServicePrincipal(service)
