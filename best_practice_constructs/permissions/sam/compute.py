"""SAM's policies on functions, tasks, clusters and machines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import exact_arn
from best_practice_constructs.permissions.sam.resources import arn_of, scoped, unscoped

if TYPE_CHECKING:
    from aws_cdk import aws_ecs as ecs
    from aws_cdk import aws_efs as efs
    from aws_cdk import aws_eks as eks
    from aws_cdk import aws_lambda as lambda_


def lambda_invoke_policy(function: lambda_.IFunction | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``LambdaInvokePolicy`` allows on ``function``.

    Tighter than SAM's: The wildcard at the end of the name is gone.
    """
    function_arn = arn_of(function, "function_arn", service="lambda", example="eu-west-1:111122223333:function:orders")
    return (scoped("lambda", "InvokeFunction", function_arn),)


def ecs_run_task_policy(task_definition: ecs.ITaskDefinition | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``EcsRunTaskPolicy`` allows on ``task_definition``."""
    task_definition_arn = arn_of(
        task_definition, "task_definition_arn", service="ecs", example="eu-west-1:111122223333:task-definition/tasks:1"
    )
    return (scoped("ecs", "RunTask", task_definition_arn),)


def elastic_map_reduce_add_job_flow_steps_policy(cluster_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``ElasticMapReduceAddJobFlowStepsPolicy`` allows on ``cluster_arn``."""
    arn = exact_arn(cluster_arn, service="elasticmapreduce", example="eu-west-1:111122223333:cluster/j-1")
    return (scoped("elasticmapreduce", "AddJobFlowSteps", arn),)


def elastic_map_reduce_cancel_steps_policy(cluster_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``ElasticMapReduceCancelStepsPolicy`` allows on ``cluster_arn``."""
    arn = exact_arn(cluster_arn, service="elasticmapreduce", example="eu-west-1:111122223333:cluster/j-1")
    return (scoped("elasticmapreduce", "CancelSteps", arn),)


def elastic_map_reduce_modify_instance_fleet_policy(cluster_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``ElasticMapReduceModifyInstanceFleetPolicy`` allows on ``cluster_arn``."""
    arn = exact_arn(cluster_arn, service="elasticmapreduce", example="eu-west-1:111122223333:cluster/j-1")
    return (scoped("elasticmapreduce", "ModifyInstanceFleet ListInstanceFleets", arn),)


def elastic_map_reduce_modify_instance_groups_policy(cluster_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``ElasticMapReduceModifyInstanceGroupsPolicy`` allows on ``cluster_arn``."""
    arn = exact_arn(cluster_arn, service="elasticmapreduce", example="eu-west-1:111122223333:cluster/j-1")
    return (scoped("elasticmapreduce", "ModifyInstanceGroups ListInstanceGroups", arn),)


def elastic_map_reduce_set_termination_protection_policy(cluster_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``ElasticMapReduceSetTerminationProtectionPolicy`` allows on ``cluster_arn``."""
    arn = exact_arn(cluster_arn, service="elasticmapreduce", example="eu-west-1:111122223333:cluster/j-1")
    return (scoped("elasticmapreduce", "SetTerminationProtection", arn),)


def elastic_map_reduce_terminate_job_flows_policy(cluster_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``ElasticMapReduceTerminateJobFlowsPolicy`` allows on ``cluster_arn``."""
    arn = exact_arn(cluster_arn, service="elasticmapreduce", example="eu-west-1:111122223333:cluster/j-1")
    return (scoped("elasticmapreduce", "TerminateJobFlows", arn),)


def ami_describe_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``AMIDescribePolicy`` allows."""
    return (unscoped("ec2", "DescribeImages", because="EC2 knows no resource for its lists"),)


def ec2_describe_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``EC2DescribePolicy`` allows."""
    return (unscoped("ec2", "DescribeRegions DescribeInstances", because="EC2 knows no resource for its lists"),)


def ec2_copy_image_policy(image_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``EC2CopyImagePolicy`` allows on ``image_arn``.

    Wider than SAM's: The image's ARN has no account, as those of EC2; its snapshots (``snapshot/*``), which are
    copied with it, are allowed too.
    """
    arn = exact_arn(image_arn, service="ec2", example="eu-west-1::image/ami-1")
    return (scoped("ec2", "CopyImage", arn, f"{arn.partition(':image/')[0]}:snapshot/*"),)


def vpc_access_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``VPCAccessPolicy`` allows.

    Tighter than SAM's: ``DetachNetworkInterface``, which Lambda does not call with the role, is left out.
    """
    return (
        unscoped(
            "ec2",
            "CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces",
            because="the network interfaces have no name before Lambda creates them",
        ),
    )


def efs_write_access_policy(
    file_system: efs.IFileSystem | str, access_point: efs.IAccessPoint | str
) -> tuple[Permission, ...]:
    """Allow what SAM's ``EFSWriteAccessPolicy`` allows on ``file_system`` and on ``access_point``."""
    file_system_arn = arn_of(
        file_system, "file_system_arn", service="elasticfilesystem", example="eu-west-1:111122223333:file-system/fs-1"
    )
    access_point_arn = arn_of(
        access_point,
        "access_point_arn",
        service="elasticfilesystem",
        example="eu-west-1:111122223333:access-point/fsap-1",
    )
    return (
        replace(
            scoped("elasticfilesystem", "ClientMount ClientWrite", file_system_arn),
            conditions={"StringEquals": {"elasticfilesystem:AccessPointArn": access_point_arn}},
        ),
    )


def eks_describe_policy(cluster: eks.ICluster | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``EKSDescribePolicy`` allows on ``cluster``.

    Tighter than SAM's: One cluster is described, and not every one.
    """
    cluster_arn = arn_of(cluster, "cluster_arn", service="eks", example="eu-west-1:111122223333:cluster/shop")
    return (
        scoped("eks", "DescribeCluster", cluster_arn),
        unscoped("eks", "ListClusters", because="EKS knows no resource for its list"),
    )
