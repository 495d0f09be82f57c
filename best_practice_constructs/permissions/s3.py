"""Permissions on objects of S3 buckets, one function per operation."""

from __future__ import annotations

from aws_cdk import aws_s3 as s3

from best_practice_constructs.permissions.permission import Permission


def _objects_arn(bucket: s3.IBucket | str, prefix: str) -> str:
    arn = bucket if isinstance(bucket, str) else bucket.bucket_arn
    return f"{arn}/{prefix}*"


def get_object(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``GetObject`` on the keys of the bucket (an ``IBucket`` or its ARN) that start with ``prefix``."""
    return Permission(actions=("s3:GetObject",), resources=(_objects_arn(bucket, prefix),))


def get_object_version(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``GetObject`` of one version, which another action governs, on the keys that start with ``prefix``."""
    return Permission(actions=("s3:GetObjectVersion",), resources=(_objects_arn(bucket, prefix),))


def put_object(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``PutObject`` on the keys of the bucket (an ``IBucket`` or its ARN) that start with ``prefix``."""
    return Permission(actions=("s3:PutObject",), resources=(_objects_arn(bucket, prefix),))
