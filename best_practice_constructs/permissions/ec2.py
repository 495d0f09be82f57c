"""Permissions on EC2 for functions in a VPC, which know no resource."""

from __future__ import annotations

from best_practice_constructs.permissions.permission import Permission


def attach_to_vpc() -> Permission:
    """Allow Lambda to attach the function to a VPC: its network interfaces have no name yet when it asks."""
    return Permission(
        actions=(
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
        ),
        resources=("*",),
        unscoped_because="the network interfaces have no name before Lambda creates them",
    )
