"""The ARN of a queue that is known by its name before it exists."""

from __future__ import annotations

from aws_cdk import ArnFormat, Stack
from constructs import Construct

from best_practice_constructs.construct_place import stack_of
from best_practice_constructs.weak_identity_map import WeakIdentityMap

_prefixes: WeakIdentityMap[Stack, str] = WeakIdentityMap()


def queue_arn_of(scope: Construct, *, queue_name: str) -> str:
    """Give the ARN that a queue of this name has in the stack of ``scope``."""
    stack = stack_of(scope)
    prefix = _prefixes.get(stack)
    if prefix is None:
        # All queues of a stack have it in common, and each question is a call into the CDK.
        some = stack.format_arn(service="sqs", resource="-", arn_format=ArnFormat.NO_RESOURCE_NAME)
        prefix = _prefixes[stack] = some.removesuffix("-")
    return f"{prefix}{queue_name}"
