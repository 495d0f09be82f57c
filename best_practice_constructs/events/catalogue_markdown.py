"""An event catalogue as a Markdown page, with a diagram of who tells whom (E4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import cast

from best_practice_constructs.events.event_catalogue import CataloguedEvent, EventCatalogue
from best_practice_constructs.schemas.json_schema import Schema


def catalogue_markdown(catalogue: EventCatalogue, *, title: str = "Events") -> str:
    """Write the catalogue as a page: a Mermaid diagram, then each event with its fields, publishers and consumers."""
    lines = [f"# {title}", "", *_diagram(catalogue), ""]
    for event in catalogue.events:
        lines += [*_section(event), ""]
    return "\n".join(lines).rstrip() + "\n"


def _diagram(catalogue: EventCatalogue) -> Iterable[str]:
    ids: dict[str, str] = {}

    def node(name: str) -> str:
        if name not in ids:
            ids[name] = f"n{len(ids)}"
            return f'{ids[name]}["{name}"]'
        return ids[name]

    yield "```mermaid"
    yield "flowchart LR"
    for number, event in enumerate(catalogue.events):
        yield f'    e{number}(["{event.detail_type}"])'
        for publisher in event.publishers:
            yield f"    {node(publisher)} --> e{number}"
        for consumer in event.consumers:
            arrow = "-. some .->" if consumer.only else "-->"
            yield f"    e{number} {arrow} {node(consumer.name)}"
    yield "```"


def _section(event: CataloguedEvent) -> Iterable[str]:
    yield f"## {event.detail_type}"
    yield ""
    if event.description:
        yield event.description
        yield ""
    versions = f"version {event.version}"
    if event.compatible_since < event.version:
        versions += f", readable by consumers since version {event.compatible_since}"
    size = f"at most {event.largest:,} bytes" if event.largest is not None else "no bound on its size"
    yield f"Source `{event.source}`, {versions}, {size}."
    yield ""
    if event.claim_check:
        yield f"When it is large, these are put into S3: {_listed(f'`{name}`' for name in event.claim_check)}."
        yield ""
    yield "| field | type | |"
    yield "|---|---|---|"
    for name, kind, is_required in _rows(event.schema, path=""):
        yield f"| `{name}` | {kind} | {'' if is_required else 'optional'} |"
    yield ""
    yield f"Published by {_listed(event.publishers)}."
    yield ""
    yield "Consumed by " + (
        _listed(
            f"{consumer.name} (only where `{json.dumps(consumer.only, sort_keys=True)}`)"
            if consumer.only
            else consumer.name
            for consumer in event.consumers
        )
        + "."
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "nobody that is known here"


def _rows(schema: Schema, *, path: str) -> Iterable[tuple[str, str, bool]]:
    required = cast("list[str]", schema.get("required", []))
    for name, inner in cast("Mapping[str, Schema]", schema.get("properties", {})).items():
        field = f"{path}.{name}".lstrip(".")
        yield field, _kind(inner), name in required
        yield from _rows(inner, path=field)
        items = inner.get("items")
        if isinstance(items, dict):
            yield from _rows(cast("Schema", items), path=f"{field}[]")


def _kind(schema: Schema) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in cast("list[Schema]", schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in cast("list[object]", schema["enum"]))
    kind = str(schema.get("type", "any"))
    if kind == "string" and ("pattern" in schema or "format" in schema):
        return str(schema.get("format") or "decimal").replace("-", " ")
    items = schema.get("items")
    if kind == "array" and isinstance(items, dict):
        return f"list of {_kind(cast('Schema', items))}"
    return kind
