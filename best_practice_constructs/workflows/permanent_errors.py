"""The errors of tasks that are the same at every attempt (H1).

Whatever else fails may be over at the next attempt: unknown errors are retried, since a list of those that pass would
lose work wherever a name is missing in it.
"""

from __future__ import annotations

from best_practice_constructs.workflows.task_integration import TaskIntegration

_OF_EVERY_TASK = ("States.Permissions",)
_OF_LANGUAGE = {
    "JSONata": ("States.QueryEvaluationError",),
    "JSONPath": ("States.IntrinsicFailure", "States.ParameterPathFailure", "States.ResultPathMatchFailure"),
}

# By service: a condition that is not met, what is not there, what may not be, what is malformed.
_OF_SERVICE: dict[str, tuple[str, ...]] = {
    "dynamodb": (
        "AccessDeniedException",
        "ConditionalCheckFailedException",
        "IdempotentParameterMismatchException",
        "ItemCollectionSizeLimitExceededException",
        "ResourceNotFoundException",
        "ValidationException",
    ),
    "eventbridge": ("AccessDeniedException", "ValidationException"),
    "events": ("AccessDeniedException", "ValidationException"),
    "lambda": ("InvalidParameterValueException", "ResourceNotFoundException"),
    "s3": ("NoSuchBucketException", "NoSuchKeyException"),
    "sfn": (
        "AccessDeniedException",
        "ExecutionAlreadyExistsException",
        "InvalidArnException",
        "InvalidExecutionInputException",
        "InvalidNameException",
        "StateMachineDoesNotExistException",
    ),
    "sns": ("AuthorizationErrorException", "InvalidParameterException", "NotFoundException"),
    "sqs": ("InvalidMessageContentsException", "QueueDoesNotExistException"),
    "states": (
        "AccessDeniedException",
        "ExecutionAlreadyExistsException",
        "InvalidExecutionInputException",
        "InvalidNameException",
        "StateMachineDoesNotExistException",
    ),
}
# What Step Functions writes before the error's name; SDK integrations have the name of the SDK's client in Java.
_PREFIXES = {
    "dynamodb": "DynamoDB",
    "events": "EventBridge",
    "lambda": "Lambda",
    "sns": "SNS",
    "sqs": "SQS",
    "states": "StepFunctions",
}
_SDK_PREFIXES = {
    "dynamodb": "DynamoDb",
    "eventbridge": "EventBridge",
    "lambda": "Lambda",
    "s3": "S3",
    "sfn": "Sfn",
    "sns": "Sns",
    "sqs": "Sqs",
}
# What a handler of this library raises when trying again does not help; what the API itself calls it.
_UNPREFIXED = {"lambda": ("PermanentError",), "states": ("ExecutionAlreadyExists",)}


def permanent_errors(integration: TaskIntegration | None, *, language: str) -> list[str]:
    """Give the names of the errors that no attempt mends, for a task that calls this."""
    names = [*_OF_EVERY_TASK, *_OF_LANGUAGE.get(language, ())]
    if integration is None:
        return names
    prefix = (_SDK_PREFIXES if integration.is_sdk else _PREFIXES).get(integration.service)
    if prefix is not None:
        names += [f"{prefix}.{name}" for name in _OF_SERVICE[integration.service]]
    return [*names, *_UNPREFIXED.get(integration.service, ())]
