"""The policy document of several permissions."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import aws_iam as iam

from best_practice_constructs.permissions.permission import Permission


def policy_document(permissions: Iterable[Permission]) -> iam.PolicyDocument:
    """Give the document that allows what ``permissions`` say; it is made in one call, whatever their number."""
    return iam.PolicyDocument.from_json({"Statement": [permission.to_statement_json() for permission in permissions]})
