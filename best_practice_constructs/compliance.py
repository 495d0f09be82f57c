"""Acknowledging a compliance finding: its own id, one construct, a true reason."""

from __future__ import annotations

from typing import cast

from aws_cdk import Acknowledgment, CfnResource, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, *, reason: str, findings: tuple[str, ...]) -> None:
    """Acknowledge ``findings`` on ``construct``, with the reason that the validation report shows.

    An acknowledgement covers all that is below its construct: on a role it would hide later wildcards of the role's
    default policy. There it is set on the resource itself, as :func:`resource_of` gives it.

    :param construct: a resource, or a construct with no other resource that the findings are made of.
    :param findings: ids with their pack, such as ``"AwsSolutions::AwsSolutions-IAM5[Resource::*]"``: this form is
        recorded in the report, and a bare rule would hide later findings too.
    """
    Validations.of(construct).acknowledge(*(Acknowledgment(id=finding, reason=reason) for finding in findings))


def resource_of(construct: IConstruct) -> CfnResource:
    """Give the resource that a construct of aws-cdk-lib makes."""
    return cast("CfnResource", construct.node.default_child)
