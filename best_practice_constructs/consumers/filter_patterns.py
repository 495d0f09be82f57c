"""The patterns in event filters of mappings and pipes (L9)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, cast

from constructs import IConstruct

from best_practice_constructs.consumers.change_filter import ChangeFilter
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.single_values import refuse_single_value

EventFilter: TypeAlias = "ChangeFilter | Mapping[str, object]"
"""A filter of a table's changes, or what ``aws_lambda.FilterCriteria.filter`` gives."""

FilteredSource: TypeAlias = Literal["table", "stream", "queue"]

_EXAMPLES: dict[FilteredSource, str] = {
    "table": "{'eventName': ['INSERT']}",
    "stream": "{'data': {…}}",
    "queue": "{'body': {…}}",
}


def filter_patterns(
    scope: IConstruct, filters: Sequence[EventFilter], *, source: FilteredSource
) -> list[dict[str, object]]:
    """Give the pattern of each filter.

    :param source: what is filtered.
    :raises InvalidArgumentError: it is no list, or one was not made by ``FilterCriteria.filter``; aws-cdk-lib would
        drop what it says; or a :class:`ChangeFilter` of what is no table.
    """
    refuse_single_value(scope, "filters", filters, kind="filters")
    return [_pattern(scope, each, source=source) for each in filters]


def mapping_filters(patterns: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]] | None:
    """Give the filters of these patterns as an ``aws_lambda.EventSourceMapping`` takes them; ``None`` for none."""
    return [{"pattern": json.dumps(pattern, separators=(",", ":"))} for pattern in patterns] or None


def _pattern(scope: IConstruct, each: EventFilter, *, source: FilteredSource) -> dict[str, object]:
    if isinstance(each, ChangeFilter):
        if source != "table":
            raise _misplaced_change_filter(scope, source)
        return each.pattern()
    if not isinstance(cast("object", each), Mapping):
        raise InvalidArgumentError(
            scope,
            given=f"the filter {each.__qualname__ if isinstance(each, type) else repr(each)}",
            reason="mappings and pipes filter records, before anything is read as an event",
            remedy=f"pass {_remedy(source, _EXAMPLES[source])}; events are filtered by the route of a bus, "
            "bus.route(OrderPlaced.where(…), to=…), or by TopicConsumer(filter_policy=…)",
        )
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
        remedy=f"pass {_remedy(source, repr(dict(each)))}",
    )


def _remedy(source: FilteredSource, pattern: str) -> str:
    written = f"aws_lambda.FilterCriteria.filter({pattern})"
    if source != "table":
        return written
    return f"a ChangeFilter, such as ChangeFilter(event_names=['INSERT'], keys={{'kind': 'order'}}), or {written}"


def _misplaced_change_filter(scope: IConstruct, source: FilteredSource) -> InvalidArgumentError:
    what, records = ("a stream of Kinesis", "records") if source == "stream" else ("a queue", "messages")
    return InvalidArgumentError(
        scope,
        given=f"a ChangeFilter for {what}",
        reason=f"its {records} are no changes of a table, so that none of them would ever match",
        remedy=f"pass aws_lambda.FilterCriteria.filter({_EXAMPLES[source]})",
    )
