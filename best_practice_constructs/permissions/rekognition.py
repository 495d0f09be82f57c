"""Permissions on Rekognition, one function per operation.

An image in S3 takes ``s3.get_object(bucket, prefix=…)`` beside.
"""

from __future__ import annotations

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import exact_arn


def _checked(collection_arn: str) -> str:
    return exact_arn(collection_arn, service="rekognition", example="eu-west-1:111122223333:collection/guests")


def compare_faces() -> Permission:
    """Allow ``CompareFaces``."""
    return Permission(
        actions=("rekognition:CompareFaces",),
        resources=("*",),
        unscoped_because="Rekognition knows no resource for an image",
    )


def detect_faces() -> Permission:
    """Allow ``DetectFaces``."""
    return Permission(
        actions=("rekognition:DetectFaces",),
        resources=("*",),
        unscoped_because="Rekognition knows no resource for an image",
    )


def detect_labels() -> Permission:
    """Allow ``DetectLabels``."""
    return Permission(
        actions=("rekognition:DetectLabels",),
        resources=("*",),
        unscoped_because="Rekognition knows no resource for an image",
    )


def detect_moderation_labels() -> Permission:
    """Allow ``DetectModerationLabels``."""
    return Permission(
        actions=("rekognition:DetectModerationLabels",),
        resources=("*",),
        unscoped_because="Rekognition knows no resource for an image",
    )


def detect_text() -> Permission:
    """Allow ``DetectText``."""
    return Permission(
        actions=("rekognition:DetectText",),
        resources=("*",),
        unscoped_because="Rekognition knows no resource for an image",
    )


def index_faces(collection_arn: str) -> Permission:
    """Allow ``IndexFaces`` in the collection with this ARN."""
    return Permission(actions=("rekognition:IndexFaces",), resources=(_checked(collection_arn),))


def delete_faces(collection_arn: str) -> Permission:
    """Allow ``DeleteFaces`` in the collection with this ARN."""
    return Permission(actions=("rekognition:DeleteFaces",), resources=(_checked(collection_arn),))


def list_faces(collection_arn: str) -> Permission:
    """Allow ``ListFaces`` in the collection with this ARN."""
    return Permission(actions=("rekognition:ListFaces",), resources=(_checked(collection_arn),))


def search_faces(collection_arn: str) -> Permission:
    """Allow ``SearchFaces`` in the collection with this ARN."""
    return Permission(actions=("rekognition:SearchFaces",), resources=(_checked(collection_arn),))


def search_faces_by_image(collection_arn: str) -> Permission:
    """Allow ``SearchFacesByImage`` in the collection with this ARN."""
    return Permission(actions=("rekognition:SearchFacesByImage",), resources=(_checked(collection_arn),))
