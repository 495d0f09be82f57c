"""The parameters of an API that are passed through to the inner one."""

from __future__ import annotations

from typing import TypedDict

from aws_cdk import Size
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam


class InnerRestApiOptions(TypedDict, total=False):
    """What ``aws_apigateway.RestApi`` takes and :class:`ProvisionedApi` only hands on, meaning what it does there."""

    description: str
    rest_api_name: str
    domain_name: apigateway.DomainNameOptions
    endpoint_configuration: apigateway.EndpointConfiguration
    endpoint_export_name: str
    disable_execute_api_endpoint: bool
    policy: iam.PolicyDocument
    parameters: dict[str, str]
    binary_media_types: list[str]
    min_compression_size: Size
    api_key_source_type: apigateway.ApiKeySourceType
    default_method_options: apigateway.MethodOptions
    fail_on_warnings: bool
    retain_deployments: bool
