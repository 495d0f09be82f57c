"""What changed between two versions of an event's schema, and whether every consumer can still read it (E3, E4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from best_practice_constructs.schemas.json_schema import Schema


@dataclass(frozen=True, kw_only=True)
class SchemaChange:
    """A change that some consumer cannot read.

    :param field: the path of the field, such as ``lines[].sku``.
    :param change: what happened to it, and why it cannot be read.
    """

    field: str
    change: str


def incompatible_changes(before: Schema, after: Schema) -> tuple[SchemaChange, ...]:
    """Give what makes the events of one schema unreadable for the consumers of the other.

    Both ways: the consumers of before read new events, and the consumers of after read those that are still in queues
    and archives. So only optional fields may come, and none may go.
    """
    return tuple(_changes(before, after, path=""))


def _changes(before: object, after: object, *, path: str) -> Iterator[SchemaChange]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        if before != after:
            yield SchemaChange(field=path, change=f"was {_text(before)}, and is {_text(after)}")
        return
    old, new = ({k: v for k, v in cast("Schema", each).items() if k != "description"} for each in (before, after))
    if "properties" in old and "properties" in new:
        yield from _object_changes(old, new, path=path)
        old, new = ({k: v for k, v in each.items() if k not in ("properties", "required")} for each in (old, new))
    elif "items" in old and "items" in new and isinstance(old["items"], dict):
        yield from _changes(old["items"], new["items"], path=f"{path}[]")
        old, new = ({k: v for k, v in each.items() if k != "items"} for each in (old, new))
    if old != new and "enum" in old and "enum" in new:
        yield from _value_changes(cast("list[object]", old["enum"]), cast("list[object]", new["enum"]), path=path)
    elif old != new:
        yield SchemaChange(field=path, change=f"was {_text(old)}, and is {_text(new)}")


def _object_changes(before: Schema, after: Schema, *, path: str) -> Iterator[SchemaChange]:
    old, new = (cast("Mapping[str, object]", each["properties"]) for each in (before, after))
    needed_before, needed_after = (cast("list[str]", each.get("required", [])) for each in (before, after))
    for name in old:
        field = f"{path}.{name}".lstrip(".")
        if name not in new:
            yield SchemaChange(field=field, change="is gone, and consumers read it")
            continue
        yield from _changes(old[name], new[name], path=field)
        if name in needed_before and name not in needed_after:
            yield SchemaChange(field=field, change="was always there, and may be missing")
        if name not in needed_before and name in needed_after:
            yield SchemaChange(field=field, change="might be missing, and is required of archived events too")
    for name in new:
        if name not in old and name in needed_after:
            field = f"{path}.{name}".lstrip(".")
            yield SchemaChange(field=field, change="is new and required: events that are under way lack it")


def _value_changes(before: list[object], after: list[object], *, path: str) -> Iterator[SchemaChange]:
    if added := [value for value in after if value not in before]:
        yield SchemaChange(field=path, change=f"may be {_text(added)} now, which consumers do not know")
    if removed := [value for value in before if value not in after]:
        yield SchemaChange(field=path, change=f"may not be {_text(removed)} any more, which archived events are")


def _text(part: object) -> str:
    if isinstance(part, dict):
        schema = cast("Schema", part)
        kind = schema.get("type") or schema.get("enum") or schema.get("anyOf")
        rest = {key: value for key, value in schema.items() if key not in ("type", "enum", "anyOf", "description")}
        return f"{_text(kind)} {rest}" if rest else _text(kind)
    if isinstance(part, list):
        return " or ".join(_text(each) for each in cast("list[object]", part))
    return str(part)
