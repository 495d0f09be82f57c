"""Acknowledging a compliance finding: its own id, one construct, a true reason."""

from __future__ import annotations

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, *, reason: str, findings: tuple[str, ...]) -> None:
    """Acknowledge ``findings`` on ``construct``, with the reason that the validation report shows.

    :param findings: ids with their pack, such as ``"AwsSolutions::AwsSolutions-IAM5[Resource::*]"``: this form is
        recorded in the report, and a bare rule would hide later findings too.
    """
    Validations.of(construct).acknowledge(*(Acknowledgment(id=finding, reason=reason) for finding in findings))
