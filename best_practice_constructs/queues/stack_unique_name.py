"""A physical name that is unique to one stack, for the few resources that must know each other's before they exist."""

from __future__ import annotations

import functools
import hashlib

from aws_cdk import Aws, Fn
from constructs import Construct

from best_practice_constructs.construct_place import id_of, path_of


def stack_unique_name(construct: Construct, *, readable: int = 24, suffix: str = "") -> str:
    """Give a name from the construct's id, a hash of its path, and the stack's unique id.

    It has at most 72 characters.

    :param readable: characters of the construct's id at the start.
    :param suffix: at the end, such as ``".fifo"``.

    Two copies of a stack in one account have different ids, so they deploy side by side; see docs/decisions.
    """
    path = path_of(construct)
    prefix = "".join(character for character in id_of(construct) if character.isalnum())[:readable]
    return f"{prefix}-{hashlib.sha256(path.encode()).hexdigest()[:8]}-{_stack_identifier()}{suffix}"


@functools.cache
def _stack_identifier() -> str:
    # The same text stands for the id of whatever stack it is used in.
    return Fn.select(2, Fn.split("/", Aws.STACK_ID))
