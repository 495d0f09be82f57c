"""Permissions on KMS keys, one function per operation."""

from __future__ import annotations

from aws_cdk import aws_kms as kms

from best_practice_constructs.permissions.permission import Permission


def decrypt(key: kms.IKey | str) -> Permission:
    """Allow ``Decrypt`` with the key (an ``IKey`` or its ARN)."""
    return Permission(actions=("kms:Decrypt",), resources=(key if isinstance(key, str) else key.key_arn,))


def encrypt_messages(key: kms.IKey | str) -> Permission:
    """Allow what sending to a queue encrypted with the key (an ``IKey`` or its ARN) takes."""
    return Permission(
        actions=("kms:GenerateDataKey", "kms:Decrypt"), resources=(key if isinstance(key, str) else key.key_arn,)
    )


def encrypt_objects(key: kms.IKey | str) -> Permission:
    """Allow what writing an object of S3 with the key (an ``IKey`` or its ARN) takes, whole and not in parts."""
    return Permission(actions=("kms:GenerateDataKey",), resources=(key if isinstance(key, str) else key.key_arn,))
