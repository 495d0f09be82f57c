"""The patterns in event filters, as ``aws_lambda.FilterCriteria.filter`` makes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from constructs import IConstruct

from best_practice_constructs.errors import InvalidArgumentError


def filter_patterns(scope: IConstruct, filters: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Give the pattern of each filter.

    :raises InvalidArgumentError: one was not made by ``FilterCriteria.filter``; aws-cdk-lib would drop what it says.
    """
    return [_pattern(scope, each) for each in filters]


def _pattern(scope: IConstruct, each: Mapping[str, object]) -> dict[str, object]:
    text = each.get("pattern")
    if isinstance(text, str) and len(each) == 1:
        try:
            pattern = json.loads(text)
        except ValueError:
            pattern = None
        if isinstance(pattern, dict):
            return pattern
    raise InvalidArgumentError(
        scope,
        given=f"the filter {dict(each)!r}",
        reason="it is no filter of aws-cdk-lib's, which would drop what it says",
        remedy="make it with aws_lambda.FilterCriteria.filter({'eventName': aws_lambda.FilterRule.is_equal('INSERT')})",
    )
