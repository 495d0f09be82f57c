"""What an expression may be, as far as it matters for the calls of the SDK."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from best_practice_constructs.audit.sdk_calls.code_scope import Module, Scope


@dataclass(frozen=True)
class Text:
    """A text that is written in the code."""

    text: str


@dataclass(frozen=True)
class OwnModule:
    """A module that is read."""

    module: Module


@dataclass(frozen=True)
class External:
    """Something by its dotted name, of a module that is not read."""

    name: str


@dataclass(frozen=True)
class Function:
    """A function of a module that is read; ``is_bound``: its first parameter is given."""

    scope: Scope
    is_bound: bool = False


@dataclass(frozen=True)
class Class:
    """A class of a module that is read."""

    scope: Scope


@dataclass(frozen=True)
class Instance:
    """An object of such a class."""

    scope: Scope


@dataclass(frozen=True)
class Session:
    """A session of boto3 or botocore."""


@dataclass(frozen=True)
class Client:
    """A client of a service; ``None`` where its name is not written in the code."""

    service: str | None


@dataclass(frozen=True)
class Resource:
    """A resource of boto3: the service's own (``name`` is ``None``) or one of its types.

    ``is_loaded``: what gave it gave its attributes too.
    """

    service: str
    name: str | None
    is_loaded: bool = False


@dataclass(frozen=True)
class Collection:
    """A collection of boto3's resources: what lists it, and what is in it."""

    service: str
    operation: str
    name: str | None
    is_loaded: bool = False


@dataclass(frozen=True)
class Member:
    """A method or another attribute of a client, a session or a resource."""

    owner: Client | Session | Resource | Collection
    name: str


@dataclass(frozen=True)
class Unknown:
    """Something else."""


_OfCode: TypeAlias = Text | OwnModule | External | Function | Class | Instance
_OfSdk: TypeAlias = Session | Client | Resource | Collection | Member
Value: TypeAlias = _OfCode | _OfSdk | Unknown
UNKNOWN = Unknown()
