"""A bucket as a function's stack can name it: by itself, or by what Parameter Store has (C5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from aws_cdk import Aws, CfnParameter, Stack
from constructs import Construct

from best_practice_constructs.construct_place import path_of, stack_of

_PARAMETER_TYPE = "AWS::SSM::Parameter::Value<String>"


@dataclass(frozen=True, kw_only=True)
class ReachableBucket:
    """A bucket in the words of one stack.

    :param name: of the bucket.
    :param arn: of the bucket.
    :param key_arn: of the customer's key that its objects are encrypted with; ``None`` without one.
    """

    name: str
    arn: str
    key_arn: str | None


def bucket_in_parameter_store(
    stack: Stack, *, store: Construct, name_parameter: str, key_parameter: str | None
) -> ReachableBucket:
    """Let CloudFormation look a bucket up in Parameter Store, for a stack that must not refer to the bucket's own.

    By a parameter of the stack: its logical id is part of the id of a compliance finding, which a name that holds the
    stage would change with the stage.

    :param store: after whose path in its stack the parameters are called; with a number where that is taken.
    :param name_parameter: under which name Parameter Store has the bucket's name.
    :param key_parameter: under which name it has the ARN of the bucket's key.
    """
    path = path_of(store).removeprefix(f"{path_of(stack_of(store))}/")
    called = "".join(character for character in path if character.isalnum())
    name = _parameter(
        stack,
        f"{called}BucketName",
        default=name_parameter,
        description="Where Parameter Store has the name of the bucket of claim checks",
    )
    key_arn = key_parameter and _parameter(
        stack,
        f"{called}KeyArn",
        default=key_parameter,
        description="Where Parameter Store has the key of the bucket of claim checks",
    )
    return ReachableBucket(name=name, arn=bucket_arn(name), key_arn=key_arn)


def bucket_arn(name: str) -> str:
    """Give the ARN of a bucket whose name is known."""
    return f"arn:{Aws.PARTITION}:s3:::{name}"


def resource_finding(stack: Stack, resource: str) -> str:
    """Give a resource of a policy as cdk-nag writes it in the ids of its findings.

    :param resource: an ARN, tokens included.
    """
    return _flat(stack.resolve(resource))


def _parameter(stack: Stack, id: str, *, default: str, description: str) -> str:
    free, number = id, 1
    while stack.node.try_find_child(free) is not None:
        number += 1
        free = f"{id}{number}"
    parameter = CfnParameter(stack, free, type=_PARAMETER_TYPE, default=default, description=description)
    return parameter.value_as_string


def _flat(part: object) -> str:
    if not isinstance(part, Mapping):
        return str(part)
    ((function, arguments),) = part.items()
    if function == "Fn::Join":
        separator, items = cast("tuple[str, Sequence[object]]", arguments)
        return separator.join(map(_flat, items))
    if function == "Fn::GetAtt":
        return f"<{'.'.join(cast('Sequence[str]', arguments))}>"
    return f"<{arguments}>" if function == "Ref" else _flat(arguments)
