"""The parameters of a function that are passed through: to the inner function, and by constructs that make one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

from aws_cdk import Size
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from best_practice_constructs.functions.provisioned_concurrency import ProvisionedConcurrencyScaling


class InnerFunctionOptions(TypedDict, total=False):
    """What ``aws_lambda.Function`` takes and :class:`SinglePurposeFunction` only hands on."""

    description: str
    function_name: str
    ephemeral_storage_size: Size
    filesystem: lambda_.FileSystem
    environment_encryption: kms.IKey
    vpc_subnets: ec2.SubnetSelection
    security_groups: list[ec2.ISecurityGroup]
    allow_all_outbound: bool
    allow_all_ipv6_outbound: bool
    allow_public_subnet: bool
    ipv6_allowed_for_dual_stack: bool
    code_signing_config: lambda_.ICodeSigningConfig
    current_version_options: lambda_.VersionOptions
    runtime_management_mode: lambda_.RuntimeManagementMode
    tenancy_config: lambda_.TenancyConfig
    params_and_secrets: lambda_.ParamsAndSecretsLayerVersion
    adot_instrumentation: lambda_.AdotInstrumentationConfig
    profiling: bool
    initial_policy: list[iam.PolicyStatement]


OPTIONS_THAT_ARE_LAYERS = frozenset({"params_and_secrets", "adot_instrumentation"})


class FunctionOptions(InnerFunctionOptions, total=False):
    """What :class:`SinglePurposeFunction` takes under the same names, for constructs that make one."""

    runtime: lambda_.Runtime
    architecture: lambda_.Architecture
    memory_size: int
    layers: Sequence[lambda_.ILayerVersion]
    insights_version: lambda_.LambdaInsightsVersion
    tracing: lambda_.Tracing
    log_group: logs.ILogGroup
    log_retention: logs.RetentionDays
    logging_format: lambda_.LoggingFormat
    application_log_level_v2: lambda_.ApplicationLogLevel
    system_log_level_v2: lambda_.SystemLogLevel
    recursive_loop: lambda_.RecursiveLoop
    provisioned_concurrent_executions: int
    provisioned_concurrency_scaling: ProvisionedConcurrencyScaling
    role: iam.IRole
    role_path: str
    permissions_boundary: iam.IManagedPolicy
    vpc: ec2.IVpc
    customize: Callable[[lambda_.Function], object]
