"""What differs between two schemas of an event, and whether every consumer can still read it (E3, E4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from best_practice_constructs.schemas.json_schema import Schema
from best_practice_constructs.schemas.text_forms import NAMES

_TEXT_FORMS = ("format", "pattern")


@dataclass(frozen=True, kw_only=True)
class SchemaChange:
    """A change that some consumer cannot read.

    :param field: the path of the field, such as ``lines[].sku``.
    :param change: what happened to it, and why it cannot be read.
    """

    field: str
    change: str


def incompatible_changes(before: Schema, after: Schema, *, are_times_told: bool = True) -> tuple[SchemaChange, ...]:
    """Give what makes the events of one schema unreadable for the consumers of the other.

    Both ways: the consumers of before read new events, and the consumers of after read those that are still in queues
    and archives. So only optional fields may come, and none may go; a text does not become a time, nor a time a text.

    :param are_times_told: whether the schema before tells its times, and a model's decimals, from texts. Where it does
        not, a text of no form may have been any of them.
    """
    return tuple(_Comparison(is_both_ways=True, are_times_told=are_times_told).changes(before, after, path=""))


def unreadable_fields(*, read: Schema, published: Schema) -> tuple[SchemaChange, ...]:
    """Give what a consumer cannot read of what is published now; what it does not ask for is not its matter.

    Who reads a text reads a time or a decimal, as the text that it is; who reads a time cannot read any text.
    """
    return tuple(_Comparison(is_both_ways=False).changes(read, published, path=""))


@dataclass(frozen=True, kw_only=True)
class _Comparison:
    """A comparison of two schemas: of what consumers read with what is published, or both ways."""

    is_both_ways: bool
    are_times_told: bool = True

    def changes(self, before: object, after: object, *, path: str) -> Iterator[SchemaChange]:
        if not isinstance(before, dict) or not isinstance(after, dict):
            if before != after:
                yield SchemaChange(field=path, change=f"was {_text(before)}, and is {_text(after)}")
            return
        old, new = ({k: v for k, v in cast("Schema", each).items() if k != "description"} for each in (before, after))
        if "properties" in old and "properties" in new:
            yield from self._object_changes(old, new, path=path)
            old, new = (_without(each, "properties", "required") for each in (old, new))
        for name, within in (("items", "[]"), ("additionalProperties", ".*")):
            if isinstance(old.get(name), dict) and isinstance(new.get(name), dict):
                yield from self.changes(old[name], new[name], path=f"{path}{within}")
                old, new = (_without(each, name) for each in (old, new))
        if not self.is_both_ways and (old.get("type"), new.get("type")) == ("number", "integer"):
            old = {**old, "type": "integer"}
        if old == new or self._is_text_of_some_form(old, new):
            return
        if "enum" in old and "enum" in new:
            yield from self._value_changes(
                cast("list[object]", old["enum"]), cast("list[object]", new["enum"]), path=path
            )
        elif "anyOf" in old and ("anyOf" in new or not self.is_both_ways):
            yield from self._alternative_changes(old, new, path=path)
        else:
            yield SchemaChange(field=path, change=f"was {_text(old)}, and is {_text(new)}")

    def _is_text_of_some_form(self, before: Schema, after: Schema) -> bool:
        """Tell whether a text of no form has become one of some form, and may be taken for it."""
        if not self.are_times_told and before.get("format") in ("time", "partial-time"):
            before = _without(before, "format")
        if before.get("type") != "string" or any(form in before for form in _TEXT_FORMS):
            return False
        if self.is_both_ways and (self.are_times_told or not _was_untold(after)):
            return False
        return before == _without(after, *_TEXT_FORMS)

    def _object_changes(self, before: Schema, after: Schema, *, path: str) -> Iterator[SchemaChange]:
        old, new = (cast("Mapping[str, object]", each["properties"]) for each in (before, after))
        needed_before, needed_after = (cast("list[str]", each.get("required", [])) for each in (before, after))
        for name in old:
            field = f"{path}.{name}".lstrip(".")
            if name not in new:
                if self.is_both_ways or name in needed_before:
                    yield SchemaChange(field=field, change="is gone, and consumers read it")
                continue
            yield from self.changes(old[name], new[name], path=field)
            if name in needed_before and name not in needed_after:
                yield SchemaChange(field=field, change="was always there, and may be missing")
            if self.is_both_ways and name not in needed_before and name in needed_after:
                yield SchemaChange(field=field, change="might be missing, and is required of archived events too")
        for name in new:
            if self.is_both_ways and name not in old and name in needed_after:
                field = f"{path}.{name}".lstrip(".")
                yield SchemaChange(field=field, change="is new and required: events that are under way lack it")

    def _alternative_changes(self, before: Schema, after: Schema, *, path: str) -> Iterator[SchemaChange]:
        """Compare each alternative with the one that it has become, where only one has changed."""
        old, new = (cast("list[Schema]", each.get("anyOf", [each])) for each in (before, after))
        left = [each for each in old if not any(self._is_read(each, other) for other in new)]
        come = [each for each in new if not any(self._is_read(other, each) for other in old)]
        if not come and (not left or not self.is_both_ways):
            return
        if len(come) == 1 and len(left) == 1:
            yield from self.changes(left[0], come[0], path=path)
        else:
            yield SchemaChange(field=path, change=f"was {_text(old)}, and is {_text(new)}")

    def _is_read(self, before: Schema, after: Schema) -> bool:
        return next(self.changes(before, after, path=""), None) is None

    def _value_changes(self, before: list[object], after: list[object], *, path: str) -> Iterator[SchemaChange]:
        if added := [value for value in after if value not in before]:
            yield SchemaChange(field=path, change=f"may be {_text(added)} now, which consumers do not know")
        if self.is_both_ways and (removed := [value for value in before if value not in after]):
            yield SchemaChange(field=path, change=f"may not be {_text(removed)} any more, which archived events are")


def _was_untold(schema: Schema) -> bool:
    """Tell whether schemas of the first form said no more of such a text than that it is one."""
    return schema.get("format") == "date-time" or schema.get("pattern") in NAMES


def _without(schema: Schema, *names: str) -> Schema:
    return {name: value for name, value in schema.items() if name not in names}


def _text(part: object) -> str:
    if isinstance(part, dict):
        schema = cast("Schema", part)
        kind = schema.get("type") or schema.get("enum") or schema.get("anyOf")
        rest = {key: value for key, value in schema.items() if key not in ("type", "enum", "anyOf", "description")}
        return f"{_text(kind)} {rest}" if rest else _text(kind)
    if isinstance(part, list):
        return " or ".join(_text(each) for each in cast("list[object]", part))
    return str(part)
