"""The parameters of a function that other constructs pass through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs


class FunctionOptions(TypedDict, total=False):
    """What :class:`SinglePurposeFunction` takes under the same names, for constructs that make one."""

    runtime: lambda_.Runtime
    architecture: lambda_.Architecture
    memory_size: int
    description: str
    layers: Sequence[lambda_.ILayerVersion]
    insights_version: lambda_.LambdaInsightsVersion
    tracing: lambda_.Tracing
    log_group: logs.ILogGroup
    log_retention: logs.RetentionDays
    application_log_level_v2: lambda_.ApplicationLogLevel
    system_log_level_v2: lambda_.SystemLogLevel
    recursive_loop: lambda_.RecursiveLoop
    role: iam.IRole
    vpc: ec2.IVpc
    vpc_subnets: ec2.SubnetSelection
    security_groups: Sequence[ec2.ISecurityGroup]
    environment_encryption: kms.IKey
    customize: Callable[[lambda_.Function], object]
