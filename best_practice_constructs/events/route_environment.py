"""The account and the region of a route: those of its bus, for a rule lives where its bus does (E5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from aws_cdk import IResource
from constructs import Construct, IConstruct

from best_practice_constructs.construct_place import stack_of
from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.weak_identity_map import WeakIdentityMap


@dataclass(frozen=True, kw_only=True)
class RouteEnvironment:
    """An account and a region; each may be a token, which only the deployment knows."""

    account: str
    region: str


# Where a construct is never changes, and each question is a call into the CDK.
_environments: WeakIdentityMap[IConstruct, RouteEnvironment] = WeakIdentityMap()


def environment_of(construct: IConstruct) -> RouteEnvironment:
    """Give where a construct is: a resource knows it itself, an imported one by its ARN; others are in their stack."""
    # Some imported resources have no class of their own in Python.
    if hasattr(type(construct), "env") or not isinstance(construct, Construct):
        if construct not in _environments:
            given = cast("IResource", construct).env
            _environments[construct] = RouteEnvironment(account=given.account, region=given.region)
        return _environments[construct]
    return stack_environment(construct)


def stack_environment(construct: IConstruct) -> RouteEnvironment:
    """Give where the stack of a construct is."""
    stack = stack_of(construct)
    if stack not in _environments:
        _environments[stack] = RouteEnvironment(account=stack.account, region=stack.region)
    return _environments[stack]


def is_elsewhere(one: RouteEnvironment, other: RouteEnvironment) -> bool:
    """Tell whether two are in different accounts or regions for certain; what only a deployment knows may be equal."""
    return differ(one.account, other.account) or differ(one.region, other.region)


def differ(one: str, other: str) -> bool:
    """Tell whether two accounts, or regions, are different for certain."""
    return one != other and not is_deploy_time_value(one) and not is_deploy_time_value(other)


def described(environment: RouteEnvironment) -> str:
    """Name an environment as people do, such as ``444455556666/us-east-1``."""
    account, region = environment.account, environment.region
    return (
        f"{'some account' if is_deploy_time_value(account) else account}/"
        f"{'some region' if is_deploy_time_value(region) else region}"
    )


def parameter_in(construct: IConstruct, parameter_name: str) -> str:
    """Name a parameter of Parameter Store with the account and region that it is in."""
    environment = stack_environment(construct)
    return f"{environment.account}/{environment.region}:{parameter_name}"
