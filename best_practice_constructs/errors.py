"""The error of a construct that was given what cannot work."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable

from constructs import IConstruct


class InvalidArgumentError(ValueError):
    """A value that a construct was given cannot work.

    The message names the construct's path, the value, why it cannot work and what to write instead. It is raised at
    construction, before anything is synthesized.

    :param scope: the construct (or its path) that was given the value.
    :param given: what was given, as the user wrote it: ``"timeout=Duration.minutes(20)"``.
    :param reason: why it cannot work, as a full clause.
    :param remedy: what to write instead, in the imperative.
    """

    def __init__(self, scope: IConstruct | str, *, given: str, reason: str, remedy: str) -> None:
        self.path = scope if isinstance(scope, str) else scope.node.path
        self.given = given
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{self.path or 'the app'}: {given} cannot work: {reason}. {remedy[:1].upper()}{remedy[1:]}.")

    @classmethod
    def below(cls, scope: IConstruct, id: str, *, given: str, reason: str, remedy: str) -> InvalidArgumentError:
        """Make the error of a construct that is checked before it exists: ``id`` below ``scope``."""
        parent = scope.node.path
        return cls(f"{parent}/{id}" if parent else id, given=given, reason=reason, remedy=remedy)


def named(given: object) -> str:
    """Name what a user gave as people know it: a construct by its path and type, anything else as Python writes it."""
    node = getattr(given, "node", None)
    path = getattr(node, "path", None)
    return f"{path}, of type {type(given).__name__}" if isinstance(path, str) else repr(given)


def refuse_unknown_options(
    scope: IConstruct | str, called: Callable[..., object], *, given: Iterable[str], options: type
) -> None:
    """Refuse options that nobody reads: type checkers find them, and at run time they would be dropped or misnamed.

    :param scope: the construct (or its path) that was given them.
    :param called: the function or class that takes them.
    :param given: the names of what was given.
    :param options: the ``TypedDict`` of what may be given.
    :raises InvalidArgumentError: a name is not among the options; the error says which one is close.
    """
    known = options.__optional_keys__ | options.__required_keys__  # type: ignore[attr-defined] # pyright: ignore -- of every TypedDict
    for name in given:
        if name not in known:
            # A construct's class itself would show the signature of its metaclass.
            takes = called.__init__ if isinstance(called, type) else called  # type: ignore[misc] # read, not called
            parameters = {*known, *inspect.signature(takes).parameters}
            close = difflib.get_close_matches(name, parameters, n=1)
            raise InvalidArgumentError(
                scope,
                given=f"{name}=…",
                reason=f"{called.__name__} has no such parameter",
                remedy=f"write {close[0]}=…" if close else f"see the parameters of {called.__name__}",
            )
