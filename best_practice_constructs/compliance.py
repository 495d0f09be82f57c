"""Acknowledging a compliance finding: its own id, one construct, a true reason."""

from __future__ import annotations

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, *, reason: str, findings: tuple[str, ...]) -> None:
    """Acknowledge ``findings`` on the resource of ``construct``, with the reason that the validation report shows.

    An acknowledgement covers all that is below its construct: on a role it would hide later wildcards of the role's
    default policy. So it is set on the resource itself.

    :param findings: ids with their pack, such as ``"AwsSolutions::AwsSolutions-IAM5[Resource::*]"``: this form is
        recorded in the report, and a bare rule would hide later findings too.
    """
    resource = construct.node.default_child or construct
    Validations.of(resource).acknowledge(*(Acknowledgment(id=finding, reason=reason) for finding in findings))
