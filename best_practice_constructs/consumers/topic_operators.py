"""The operators of SNS's filter policies, checked for the construct that was given them."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from best_practice_constructs.consumers.pattern_operators import SNS, operator_fault
from best_practice_constructs.errors import InvalidArgumentError


def check_topic_operator(scope: Construct, path: str, given: Mapping[str, object]) -> None:
    """Refuse an operator that SNS does not know, or what it cannot be given.

    :param path: of the field in the policy.
    :param given: the operator and its operand, such as ``{"prefix": "A"}``.
    :raises InvalidArgumentError: naming the field and what to write instead.
    """
    if len(given) != 1:
        raise InvalidArgumentError(
            scope,
            given=f"{dict(given)!r} at {path} of the filter policy",
            reason="each object of the list holds one operator",
            remedy="write [{'prefix': 'A'}, {'suffix': 'Z'}] for either; SNS has no way to ask both of one field",
        )
    fault = operator_fault(SNS, path, given)
    if fault is not None:
        raise InvalidArgumentError(scope, given=fault.given, reason=fault.reason, remedy=fault.remedy)
