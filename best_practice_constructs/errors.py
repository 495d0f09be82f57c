"""The error of a construct that was given what cannot work."""

from __future__ import annotations

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
