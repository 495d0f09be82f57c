"""Where constructs are: their paths and stacks, which never change, so that the CDK is asked once or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from weakref import ReferenceType, ref

from aws_cdk import Stack
from constructs import IConstruct

from best_practice_constructs.weak_identity_map import WeakIdentityMap

_PLAIN_ID = re.compile(r"[\w-]+")


@dataclass(kw_only=True)
class _Place:
    path: str | None = None
    # Weakly: scopes often hold the constructs that they would be kept alive by.
    scope: ReferenceType[IConstruct] | None = None
    stack: ReferenceType[Stack] | None = None
    root: ReferenceType[IConstruct] | None = None


_places: WeakIdentityMap[IConstruct, _Place] = WeakIdentityMap()


def path_of(construct: IConstruct) -> str:
    """Give the path of a construct, as ``construct.node.path`` does."""
    place = _places.setdefault(construct, _Place())
    if place.path is None:
        place.path = construct.node.path
    return place.path


def path_below(scope: IConstruct, id: str) -> str:
    """Give the path of what has this id, or this path, below a scope."""
    parent = path_of(scope)
    return f"{parent}/{id}" if parent else id


def id_of(construct: IConstruct) -> str:
    """Give the id of a construct, as ``construct.node.id`` does."""
    return path_of(construct).rpartition("/")[2]


def stack_of(construct: IConstruct) -> Stack:
    """Give the stack of a construct, as ``Stack.of`` does."""
    if isinstance(construct, Stack):
        return construct
    place = _places.setdefault(construct, _Place())
    stack = place.stack() if place.stack is not None else None
    if stack is None:
        scope = told_scope_of(construct)
        stack = stack_of(scope) if scope is not None else Stack.of(construct)
        place.stack = ref(stack)
    return stack


def root_of(construct: IConstruct) -> IConstruct:
    """Give the root of the tree of a construct, most often the app, as ``construct.node.root`` does."""
    place = _places.setdefault(construct, _Place())
    root = place.root() if place.root is not None else None
    if root is None:
        scope = told_scope_of(construct)
        root = root_of(scope) if scope is not None else construct.node.root
        place.root = ref(root)
    return root


def tell_place(construct: IConstruct, *, scope: IConstruct, id: str) -> None:
    """Say where a construct of this library was just made, which nobody has to ask for then."""
    # The CDK replaces what separates the parts of a path.
    path = path_below(scope, id) if _PLAIN_ID.fullmatch(id) else None
    _places[construct] = _Place(path=path, scope=ref(scope))


def told_scope_of(construct: IConstruct) -> IConstruct | None:
    """Give the scope that :func:`tell_place` was told of, or ``None``."""
    place = _places.get(construct)
    return place.scope() if place is not None and place.scope is not None else None
