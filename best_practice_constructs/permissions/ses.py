"""Permissions on SES, one function per operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of, exact_arn

if TYPE_CHECKING:
    from aws_cdk import aws_ses as ses


def _identity_arn(identity: ses.IEmailIdentity | str) -> str:
    return arn_of(identity, "email_identity_arn", service="ses", example="eu-west-1:111122223333:identity/example.com")


def _sending(action: str, identity: ses.IEmailIdentity | str, from_address: str | None, *further: str) -> Permission:
    return Permission(
        actions=(action,),
        resources=(_identity_arn(identity), *further),
        conditions={"StringEquals": {"ses:FromAddress": from_address}} if from_address else {},
    )


def send_email(identity: ses.IEmailIdentity | str, *, from_address: str | None = None) -> Permission:
    """Allow ``SendEmail`` from the identity (an ``IEmailIdentity`` or its ARN).

    :param from_address: the only address that it may come from; any of the identity by default.
    """
    return _sending("ses:SendEmail", identity, from_address)


def send_raw_email(identity: ses.IEmailIdentity | str, *, from_address: str | None = None) -> Permission:
    """Allow ``SendRawEmail``, attachments included, from the identity (an ``IEmailIdentity`` or its ARN).

    :param from_address: the only address that it may come from; any of the identity by default.
    """
    return _sending("ses:SendRawEmail", identity, from_address)


def send_templated_email(
    identity: ses.IEmailIdentity | str, *, template_arn: str, from_address: str | None = None
) -> Permission:
    """Allow ``SendTemplatedEmail`` of the template from the identity (an ``IEmailIdentity`` or its ARN).

    :param from_address: the only address that it may come from; any of the identity by default.
    """
    template = exact_arn(template_arn, service="ses", example="eu-west-1:111122223333:template/order-shipped")
    return _sending("ses:SendTemplatedEmail", identity, from_address, template)
