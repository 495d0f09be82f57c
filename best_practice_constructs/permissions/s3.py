"""Permissions on S3 buckets and their objects, one function per operation.

Objects that are encrypted with a key of yours take ``kms.decrypt(key)`` to be read, ``kms.encrypt_objects(key)`` to be
written, and both of them to be written in parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3


def _bucket_arn(bucket: s3.IBucket | str) -> str:
    return arn_of(bucket, "bucket_arn", service="s3", example="::invoices")


def _on_objects(action: str, bucket: s3.IBucket | str, prefix: str) -> Permission:
    arn = _bucket_arn(bucket)
    # The objects of an access point, which stands for a bucket, have names of their own.
    objects = f"{arn}/object" if ":accesspoint/" in arn else arn
    return Permission(actions=(f"s3:{action}",), resources=(f"{objects}/{prefix}*",))


def _on_bucket(action: str, bucket: s3.IBucket | str, prefix: str) -> Permission:
    return Permission(
        actions=(f"s3:{action}",),
        resources=(_bucket_arn(bucket),),
        # A request without a prefix lists everything: the condition is not met where the key is missing.
        conditions={"StringLike": {"s3:prefix": f"{prefix}*"}} if prefix else {},
    )


def get_object(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``GetObject`` and ``HeadObject`` on the keys of the bucket (or its ARN) that start with ``prefix``.

    Without ``list_objects`` beside, an object that is not there is an ``AccessDenied``.
    """
    return _on_objects("GetObject", bucket, prefix)


def get_object_version(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``GetObject`` of one version, for which there is another action, on the keys that start with ``prefix``."""
    return _on_objects("GetObjectVersion", bucket, prefix)


def get_object_attributes(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``GetObjectAttributes`` on the keys with ``prefix``; it takes :func:`get_object` beside."""
    return _on_objects("GetObjectAttributes", bucket, prefix)


def get_object_tagging(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``GetObjectTagging`` on the keys of the bucket (or its ARN) that start with ``prefix``."""
    return _on_objects("GetObjectTagging", bucket, prefix)


def put_object(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``PutObject``, in parts too, on the keys of the bucket (or its ARN) that start with ``prefix``."""
    return _on_objects("PutObject", bucket, prefix)


def put_object_tagging(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``PutObjectTagging``, or tags with ``PutObject``, on the keys that start with ``prefix``."""
    return _on_objects("PutObjectTagging", bucket, prefix)


def delete_object(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``DeleteObject`` on the keys of the bucket (or its ARN) that start with ``prefix``."""
    return _on_objects("DeleteObject", bucket, prefix)


def delete_object_version(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``DeleteObject`` of one version, for good, on the keys that start with ``prefix``."""
    return _on_objects("DeleteObjectVersion", bucket, prefix)


def delete_object_tagging(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``DeleteObjectTagging`` on the keys of the bucket (or its ARN) that start with ``prefix``."""
    return _on_objects("DeleteObjectTagging", bucket, prefix)


def abort_multipart_upload(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``AbortMultipartUpload`` on the keys of the bucket (or its ARN) that start with ``prefix``."""
    return _on_objects("AbortMultipartUpload", bucket, prefix)


def list_multipart_upload_parts(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``ListParts`` on the keys of the bucket (or its ARN) that start with ``prefix``."""
    return _on_objects("ListMultipartUploadParts", bucket, prefix)


def list_objects(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``ListObjectsV2`` of the keys of the bucket (an ``IBucket`` or its ARN) that start with ``prefix``."""
    return _on_bucket("ListBucket", bucket, prefix)


def list_object_versions(bucket: s3.IBucket | str, *, prefix: str) -> Permission:
    """Allow ``ListObjectVersions`` of the keys of the bucket (an ``IBucket`` or its ARN) that start with ``prefix``."""
    return _on_bucket("ListBucketVersions", bucket, prefix)


def list_multipart_uploads(bucket: s3.IBucket | str) -> Permission:
    """Allow ``ListMultipartUploads`` of the bucket (an ``IBucket`` or its ARN), whatever their keys."""
    return Permission(actions=("s3:ListBucketMultipartUploads",), resources=(_bucket_arn(bucket),))


def get_bucket_location(bucket: s3.IBucket | str) -> Permission:
    """Allow ``GetBucketLocation`` of the bucket (an ``IBucket`` or its ARN)."""
    return Permission(actions=("s3:GetBucketLocation",), resources=(_bucket_arn(bucket),))
