"""Permissions on EC2 for functions in a VPC, which know no resource."""

from __future__ import annotations

from best_practice_constructs.permissions.permission import Permission


def attach_to_vpc() -> Permission:
    """Allow Lambda to attach the function to a VPC: its network interfaces have no name yet when it asks.

    ``DescribeNetworkInterfaces`` works on all resources only, and what is done to network interfaces has to be allowed
    on all of them, or on one that Lambda would not take (Lambda developer guide, *Giving Lambda functions access to
    resources in an Amazon VPC*). Lambda alone makes these calls; who wants to keep the code from making them denies
    them where ``lambda:SourceFunctionArn`` is there, as the same page shows.
    """
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
