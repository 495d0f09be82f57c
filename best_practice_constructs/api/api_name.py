"""The name of an API."""

from __future__ import annotations

from constructs import Construct

from best_practice_constructs.construct_place import path_of, stack_of


def unique_api_name(scope: Construct) -> str:
    """Give a name from the stack's name and the construct's path in its stack, such as ``orders.Api``.

    API Gateway takes one name for any number of APIs, but its metrics know an API by its name alone: alarms of APIs
    with one name would watch the sum of all of them.
    """
    stack = stack_of(scope)
    path = path_of(scope).removeprefix(path_of(stack)).strip("/")
    # The name of a nested stack is known at deployment only; it is unique too. Stacks have no dot in their names, so
    # no two paths give one name.
    return ".".join([stack.stack_name, *path.split("/")])
