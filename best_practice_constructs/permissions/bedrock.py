"""Permissions on Bedrock, one function per operation.

An inference profile takes its own ARN and those of the models, in every region, that it sends to.
"""

from __future__ import annotations

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import exact_arn


def _checked(model_arn: str) -> str:
    return exact_arn(model_arn, service="bedrock", example="eu-west-1::foundation-model/amazon.nova-micro-v1:0")


def invoke_model(model_arn: str) -> Permission:
    """Allow ``InvokeModel`` and ``Converse`` of the model, or inference profile, with this ARN."""
    return Permission(actions=("bedrock:InvokeModel",), resources=(_checked(model_arn),))


def invoke_model_with_response_stream(model_arn: str) -> Permission:
    """Allow ``InvokeModelWithResponseStream`` and ``ConverseStream`` of the model with this ARN."""
    return Permission(actions=("bedrock:InvokeModelWithResponseStream",), resources=(_checked(model_arn),))
