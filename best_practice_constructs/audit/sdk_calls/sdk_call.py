"""A call of the SDK in a function's code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, order=True)
class CodePlace:
    """A line of a function's code.

    :param file: its name in the code.
    :param text: the line.
    """

    file: str
    line: int
    text: str = ""


@dataclass(frozen=True, kw_only=True, order=True)
class SdkCall:
    """A call, and the IAM action that it takes.

    :param action: such as ``dynamodb:PutItem``.
    :param place: where it is.
    :param variable: the variable of the environment that names its resource, where the code or a declaration says so.
    :param is_declared: a declaration says so.
    :param is_optional: it is made only where another part of the system allows it.
    """

    action: str
    place: CodePlace
    variable: str | None = None
    is_optional: bool = False
    is_declared: bool = False


@dataclass(frozen=True, kw_only=True, order=True)
class UnknownCall:
    """A call of which reading the code cannot tell what it is.

    :param place: where it is.
    :param reason: why it cannot be known, as a clause.
    :param is_declared: a declaration says what it is, and the declaration cannot be right.
    :param is_misspelt: there is nothing of that name.
    """

    place: CodePlace
    reason: str
    is_declared: bool = False
    is_misspelt: bool = False


@dataclass(frozen=True, kw_only=True, order=True)
class UnclearCall:
    """A call of a method that has the name of an operation, of something that may be a client or not."""

    place: CodePlace
    method: str


@dataclass(frozen=True, kw_only=True)
class CodeCalls:
    """The calls of the code that a handler reaches.

    :param services: those that it makes clients of.
    """

    calls: tuple[SdkCall, ...]
    unknown: tuple[UnknownCall, ...]
    unclear: tuple[UnclearCall, ...]
    services: frozenset[str] = frozenset()

    @property
    def actions(self) -> frozenset[str]:
        """The IAM actions that it takes."""
        return frozenset(call.action for call in self.calls)
