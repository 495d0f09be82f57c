"""A model of EventBridge Pipes, from a DynamoDB stream to a bus, as its user guide describes it.

The embedded emulator does not run such pipes. The rules are those of *Amazon EventBridge Pipes input transformation*
and *Amazon EventBridge Pipes event filtering*:

- A path between quotes of the template is replaced by the text as it is; nothing is escaped.
- A path without quotes around it is replaced by its value as JSON: texts get quotes, numbers, truth values and objects
  get none. What DynamoDB's JSON calls a number is a text there.
- A path that is not there is replaced by nothing.
- The output has to be JSON; EventBridge takes nothing else as a ``detail``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import cast

INGESTION_TIME = "2026-11-24T12:00:01.250Z"
_PLACE = re.compile(r"<([^<>]*)>")
_MISSING = object()


class UndeliverableError(Exception):
    """The output is no JSON: the pipe retries, and gives the record up in the end."""


def deliver(pipe: Mapping[str, object], record: Mapping[str, object]) -> dict[str, object] | None:
    """Give what EventBridge delivers of a record through a pipe; ``None`` where the pipe's filters pass it over.

    :param pipe: the properties of the ``AWS::Pipes::Pipe``.
    :raises UndeliverableError: the output is no JSON object.
    """
    source = cast("Mapping[str, Mapping[str, Sequence[Mapping[str, str]]]]", pipe["SourceParameters"])
    filters = [json.loads(each["Pattern"]) for each in source["FilterCriteria"]["Filters"]]
    if not any(_matches(pattern, record) for pattern in filters):
        return None
    target = cast("Mapping[str, object]", pipe["TargetParameters"])
    bus = cast("Mapping[str, str]", target["EventBridgeEventBusParameters"])
    output = render(cast("str", target["InputTemplate"]), record)
    try:
        detail = json.loads(output)
    except ValueError as error:
        raise UndeliverableError(output) from error
    return {"id": "delivery", "source": bus["Source"], "detail-type": bus["DetailType"], "detail": detail}


def render(template: str, record: Mapping[str, object]) -> str:
    """Fill a template."""
    output: list[str] = []
    end, is_quoted = 0, False
    for place in _PLACE.finditer(template):
        between = template[end : place.start()]
        is_quoted ^= len(re.findall(r'(?<!\\)"', between)) % 2 == 1
        output += [between, _value(place[1], record, is_quoted=is_quoted)]
        end = place.end()
    return "".join([*output, template[end:]])


def _value(variable: str, record: Mapping[str, object], *, is_quoted: bool) -> str:
    found: object = INGESTION_TIME if variable == "aws.pipes.event.ingestion-time" else _at(variable, record)
    if found is _MISSING:
        return ""
    if is_quoted:
        return found if isinstance(found, str) else json.dumps(found).replace('"', "")
    return json.dumps(found)


def _at(path: str, record: Mapping[str, object]) -> object:
    assert re.fullmatch(r"\$(\.[\w/-]+)+", path), f"{path} is none that Pipes takes"
    found: object = record
    for name in path.split(".")[1:]:
        if not isinstance(found, Mapping) or name not in found:
            return _MISSING
        found = found[name]
    return found


def _matches(pattern: Mapping[str, object], value: object) -> bool:
    return isinstance(value, Mapping) and all(
        name in value
        and (
            _matches(cast("Mapping[str, object]", each), value[name])
            if isinstance(each, Mapping)
            else value[name] in cast("Sequence[object]", each)
        )
        for name, each in pattern.items()
    )
