"""Permissions on KMS keys, one function per operation.

The key's own policy has the last word: it has to let the account's IAM policies decide, as a key of the CDK does, or
name the role. For a key of another account it has to name that account.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms


def _key_arn(key: kms.IKey | str) -> str:
    return arn_of(
        key, "key_arn", service="kms", example="eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    )


def _on_key(*actions: str, key: kms.IKey | str, encryption_context: Mapping[str, str] | None = None) -> Permission:
    context: dict[str, str | list[str]] = {
        f"kms:EncryptionContext:{name}": value for name, value in (encryption_context or {}).items()
    }
    return Permission(
        actions=actions, resources=(_key_arn(key),), conditions={"StringEquals": context} if context else {}
    )


def decrypt(key: kms.IKey | str, *, encryption_context: Mapping[str, str] | None = None) -> Permission:
    """Allow ``Decrypt`` with the key (an ``IKey`` or its ARN).

    :param encryption_context: what the call has to name; anything by default.
    """
    return _on_key("kms:Decrypt", key=key, encryption_context=encryption_context)


def encrypt(key: kms.IKey | str, *, encryption_context: Mapping[str, str] | None = None) -> Permission:
    """Allow ``Encrypt`` with the key (an ``IKey`` or its ARN).

    :param encryption_context: what the call has to name; anything by default.
    """
    return _on_key("kms:Encrypt", key=key, encryption_context=encryption_context)


def generate_data_key(key: kms.IKey | str, *, encryption_context: Mapping[str, str] | None = None) -> Permission:
    """Allow ``GenerateDataKey`` with the key (an ``IKey`` or its ARN).

    :param encryption_context: what the call has to name; anything by default.
    """
    return _on_key("kms:GenerateDataKey", key=key, encryption_context=encryption_context)


def encrypt_messages(key: kms.IKey | str) -> Permission:
    """Allow what sending to a queue encrypted with the key (an ``IKey`` or its ARN) takes."""
    return _on_key("kms:GenerateDataKey", "kms:Decrypt", key=key)


def encrypt_objects(key: kms.IKey | str) -> Permission:
    """Allow what writing an object of S3 with the key (an ``IKey`` or its ARN) takes, whole and not in parts."""
    return _on_key("kms:GenerateDataKey", key=key)


def use_table_key(key: kms.IKey | str) -> Permission:
    """Allow what reading and writing a DynamoDB table encrypted with the key (an ``IKey`` or its ARN) takes.

    Through DynamoDB alone: the code itself cannot use it. These are what DynamoDB requires of the key at a minimum
    (developer guide, *How Amazon DynamoDB uses AWS KMS*), but for ``CreateGrant``, which who makes the table needs, and
    nobody who uses it.
    """
    return Permission(
        actions=(
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:DescribeKey",
        ),
        resources=(_key_arn(key),),
        conditions={"StringLike": {"kms:ViaService": "dynamodb.*.amazonaws.com"}},
    )


def sign(key: kms.IKey | str) -> Permission:
    """Allow ``Sign`` with the asymmetric key (an ``IKey`` or its ARN)."""
    return _on_key("kms:Sign", key=key)


def verify(key: kms.IKey | str) -> Permission:
    """Allow ``Verify`` with the asymmetric key (an ``IKey`` or its ARN)."""
    return _on_key("kms:Verify", key=key)


def get_public_key(key: kms.IKey | str) -> Permission:
    """Allow ``GetPublicKey`` of the asymmetric key (an ``IKey`` or its ARN)."""
    return _on_key("kms:GetPublicKey", key=key)


def generate_mac(key: kms.IKey | str) -> Permission:
    """Allow ``GenerateMac`` with the HMAC key (an ``IKey`` or its ARN)."""
    return _on_key("kms:GenerateMac", key=key)


def verify_mac(key: kms.IKey | str) -> Permission:
    """Allow ``VerifyMac`` with the HMAC key (an ``IKey`` or its ARN)."""
    return _on_key("kms:VerifyMac", key=key)
