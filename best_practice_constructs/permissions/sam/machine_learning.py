"""SAM's policies on images, texts, speech and models."""

from __future__ import annotations

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import exact_arn
from best_practice_constructs.permissions.sam.resources import scoped, unscoped


def rekognition_detect_only_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``RekognitionDetectOnlyPolicy`` allows."""
    return (
        unscoped(
            "rekognition",
            "DetectFaces DetectLabels DetectModerationLabels DetectText",
            because="the service knows no resource for an image",
        ),
    )


def rekognition_faces_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``RekognitionFacesPolicy`` allows."""
    return (unscoped("rekognition", "CompareFaces DetectFaces", because="the service knows no resource for an image"),)


def rekognition_labels_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``RekognitionLabelsPolicy`` allows."""
    return (
        unscoped(
            "rekognition", "DetectLabels DetectModerationLabels", because="the service knows no resource for an image"
        ),
    )


def rekognition_no_data_access_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``RekognitionNoDataAccessPolicy`` allows.

    Wider than SAM's: On every resource, and not on a collection, which none of these calls takes.
    """
    return (
        unscoped(
            "rekognition",
            "CompareFaces DetectFaces DetectLabels DetectModerationLabels",
            because="the service knows no resource for an image",
        ),
    )


def rekognition_faces_management_policy(collection_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``RekognitionFacesManagementPolicy`` allows on ``collection_arn``."""
    arn = exact_arn(collection_arn, service="rekognition", example="eu-west-1:111122223333:collection/guests")
    return (scoped("rekognition", "IndexFaces DeleteFaces SearchFaces SearchFacesByImage ListFaces", arn),)


def rekognition_read_policy(collection_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``RekognitionReadPolicy`` allows on ``collection_arn``.

    Tighter than SAM's: ``ListCollections``, which no ARN of a collection allows, is left out.
    """
    arn = exact_arn(collection_arn, service="rekognition", example="eu-west-1:111122223333:collection/guests")
    return (scoped("rekognition", "ListFaces SearchFaces SearchFacesByImage", arn),)


def rekognition_write_only_access_policy(collection_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``RekognitionWriteOnlyAccessPolicy`` allows on ``collection_arn``.

    Tighter than SAM's: ``CreateCollection``, which no ARN of a collection allows, is left out.
    """
    arn = exact_arn(collection_arn, service="rekognition", example="eu-west-1:111122223333:collection/guests")
    return (scoped("rekognition", "IndexFaces", arn),)


def textract_detect_analyze_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``TextractDetectAnalyzePolicy`` allows."""
    return (
        unscoped(
            "textract",
            "DetectDocumentText StartDocumentTextDetection StartDocumentAnalysis AnalyzeDocument",
            because="Textract knows no resource for a document",
        ),
    )


def textract_get_result_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``TextractGetResultPolicy`` allows."""
    return (
        unscoped(
            "textract",
            "GetDocumentTextDetection GetDocumentAnalysis",
            because="Textract knows no resource for a document",
        ),
    )


def textract_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``TextractPolicy`` allows.

    Tighter than SAM's: Each call by its name: no adapters, no tags, nothing that comes later.
    """
    return (
        unscoped(
            "textract",
            "AnalyzeDocument AnalyzeExpense AnalyzeID DetectDocumentText StartDocumentAnalysis "
            "StartDocumentTextDetection StartExpenseAnalysis StartLendingAnalysis GetDocumentAnalysis "
            "GetDocumentTextDetection GetExpenseAnalysis GetLendingAnalysis GetLendingAnalysisSummary",
            because="Textract knows no resource for a document",
        ),
    )


def comprehend_basic_access_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``ComprehendBasicAccessPolicy`` allows."""
    return (
        unscoped(
            "comprehend",
            "BatchDetectKeyPhrases DetectDominantLanguage DetectEntities BatchDetectEntities "
            "DetectKeyPhrases DetectSentiment BatchDetectDominantLanguage BatchDetectSentiment",
            because="Comprehend knows no resource for a text",
        ),
    )


def polly_full_access_policy(lexicon_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``PollyFullAccessPolicy`` allows on ``lexicon_arn``.

    Tighter than SAM's: One lexicon is written and used, and not every one.

    Wider than SAM's: ``DescribeVoices`` and ``ListLexicons`` on every resource, as they take none.
    """
    arn = exact_arn(lexicon_arn, service="polly", example="eu-west-1:111122223333:lexicon/names")
    return (
        scoped("polly", "GetLexicon DeleteLexicon PutLexicon SynthesizeSpeech", arn),
        unscoped("polly", "DescribeVoices ListLexicons", because="Polly knows no resource for its lists"),
    )


def sage_maker_create_endpoint_config_policy(endpoint_config_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``SageMakerCreateEndpointConfigPolicy`` allows on ``endpoint_config_arn``."""
    arn = exact_arn(endpoint_config_arn, service="sagemaker", example="eu-west-1:111122223333:endpoint-config/price")
    return (scoped("sagemaker", "CreateEndpointConfig", arn),)


def sage_maker_create_endpoint_policy(endpoint_arn: str, endpoint_config_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``SageMakerCreateEndpointPolicy`` allows on ``endpoint_arn`` and on ``endpoint_config_arn``.

    Wider than SAM's: The endpoint's configuration, which the call takes too.
    """
    endpoint_arn = exact_arn(endpoint_arn, service="sagemaker", example="eu-west-1:111122223333:endpoint/price")
    endpoint_config_arn = exact_arn(
        endpoint_config_arn, service="sagemaker", example="eu-west-1:111122223333:endpoint-config/price"
    )
    return (scoped("sagemaker", "CreateEndpoint", endpoint_arn, endpoint_config_arn),)
