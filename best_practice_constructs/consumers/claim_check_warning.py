"""The warning of a consumer that may get large events and may not read what was put aside of them (C2, E7)."""

from __future__ import annotations

import jsii
from aws_cdk import Annotations
from constructs import IConstruct, IValidation

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.consumers.message_readers import MessageReaders
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction
from best_practice_constructs.runtime.event_type import EventDeclaration

UNREADABLE = "best-practice-constructs:claim-check-without-store"


def warn_unless_it_may_read(
    scope: IConstruct, function: SinglePurposeFunction, event: EventDeclaration, *, remedy: str
) -> None:
    """Warn at synth, when all is told, of a function that no store lets read what is put aside of ``event``.

    :param scope: what gets the warning, and can acknowledge it.
    :param remedy: what to write, in the imperative.
    """
    scope.node.add_validation(_MayRead(scope, function, event, remedy))


@jsii.implements(IValidation)
class _MayRead:
    """Adds the warning while the app is validated: before, a grant may still come."""

    def __init__(
        self, scope: IConstruct, function: SinglePurposeFunction, event: EventDeclaration, remedy: str
    ) -> None:
        self._scope = scope
        self._function = function
        self._event = event
        self._remedy = remedy

    def validate(self) -> list[str]:
        path = path_of(self._function)
        if path not in MessageReaders.used_in(self._scope).allowed:
            Annotations.of(self._scope).add_warning_v2(
                UNREADABLE,
                f"{path} gets {self._event.detail_type}, whose {' and '.join(self._event.claim_check)} may be put "
                "aside (claim_check), and may not read them: a large one would be a dead letter. "
                f"{self._remedy[:1].upper()}{self._remedy[1:]}; where its publishers put nothing aside, acknowledge "
                "this warning.",
            )
        return []
