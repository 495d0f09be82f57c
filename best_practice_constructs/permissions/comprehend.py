"""Permissions on Comprehend, one function per operation."""

from __future__ import annotations

from best_practice_constructs.permissions.permission import Permission


def detect_dominant_language() -> Permission:
    """Allow ``DetectDominantLanguage``."""
    return Permission(
        actions=("comprehend:DetectDominantLanguage",),
        resources=("*",),
        unscoped_because="Comprehend knows no resource for a text",
    )


def detect_key_phrases() -> Permission:
    """Allow ``DetectKeyPhrases``."""
    return Permission(
        actions=("comprehend:DetectKeyPhrases",),
        resources=("*",),
        unscoped_because="Comprehend knows no resource for a text",
    )


def detect_pii_entities() -> Permission:
    """Allow ``DetectPiiEntities``."""
    return Permission(
        actions=("comprehend:DetectPiiEntities",),
        resources=("*",),
        unscoped_because="Comprehend knows no resource for a text",
    )


def detect_sentiment() -> Permission:
    """Allow ``DetectSentiment``."""
    return Permission(
        actions=("comprehend:DetectSentiment",),
        resources=("*",),
        unscoped_because="Comprehend knows no resource for a text",
    )


def batch_detect_dominant_language() -> Permission:
    """Allow ``BatchDetectDominantLanguage``."""
    return Permission(
        actions=("comprehend:BatchDetectDominantLanguage",),
        resources=("*",),
        unscoped_because="Comprehend knows no resource for a text",
    )


def batch_detect_entities() -> Permission:
    """Allow ``BatchDetectEntities``."""
    return Permission(
        actions=("comprehend:BatchDetectEntities",),
        resources=("*",),
        unscoped_because="Comprehend knows no resource for a text",
    )


def batch_detect_key_phrases() -> Permission:
    """Allow ``BatchDetectKeyPhrases``."""
    return Permission(
        actions=("comprehend:BatchDetectKeyPhrases",),
        resources=("*",),
        unscoped_because="Comprehend knows no resource for a text",
    )


def batch_detect_sentiment() -> Permission:
    """Allow ``BatchDetectSentiment``."""
    return Permission(
        actions=("comprehend:BatchDetectSentiment",),
        resources=("*",),
        unscoped_because="Comprehend knows no resource for a text",
    )


def detect_entities() -> Permission:
    """Allow ``DetectEntities``."""
    return Permission(
        actions=("comprehend:DetectEntities",),
        resources=("*",),
        unscoped_because="Comprehend knows no resource for a text",
    )
