"""Permissions on Textract, one function per operation.

A document in S3 takes ``s3.get_object(bucket, prefix=…)`` beside.
"""

from __future__ import annotations

from best_practice_constructs.permissions.permission import Permission


def detect_document_text() -> Permission:
    """Allow ``DetectDocumentText``."""
    return Permission(
        actions=("textract:DetectDocumentText",),
        resources=("*",),
        unscoped_because="Textract knows no resource for a document",
    )


def analyze_document() -> Permission:
    """Allow ``AnalyzeDocument``."""
    return Permission(
        actions=("textract:AnalyzeDocument",),
        resources=("*",),
        unscoped_because="Textract knows no resource for a document",
    )


def analyze_expense() -> Permission:
    """Allow ``AnalyzeExpense``."""
    return Permission(
        actions=("textract:AnalyzeExpense",),
        resources=("*",),
        unscoped_because="Textract knows no resource for a document",
    )


def analyze_id() -> Permission:
    """Allow ``AnalyzeID``."""
    return Permission(
        actions=("textract:AnalyzeID",), resources=("*",), unscoped_because="Textract knows no resource for a document"
    )


def start_document_text_detection() -> Permission:
    """Allow ``StartDocumentTextDetection``."""
    return Permission(
        actions=("textract:StartDocumentTextDetection",),
        resources=("*",),
        unscoped_because="Textract knows no resource for a document",
    )


def get_document_text_detection() -> Permission:
    """Allow ``GetDocumentTextDetection``."""
    return Permission(
        actions=("textract:GetDocumentTextDetection",),
        resources=("*",),
        unscoped_because="Textract knows no resource for a document",
    )


def start_document_analysis() -> Permission:
    """Allow ``StartDocumentAnalysis``."""
    return Permission(
        actions=("textract:StartDocumentAnalysis",),
        resources=("*",),
        unscoped_because="Textract knows no resource for a document",
    )


def get_document_analysis() -> Permission:
    """Allow ``GetDocumentAnalysis``."""
    return Permission(
        actions=("textract:GetDocumentAnalysis",),
        resources=("*",),
        unscoped_because="Textract knows no resource for a document",
    )
