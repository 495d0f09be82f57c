"""An event catalogue as a Markdown page, with a diagram of who tells whom (E4)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import cast

from best_practice_constructs.events.event_catalogue import CataloguedEvent, EventCatalogue
from best_practice_constructs.schemas.json_schema import Schema
from best_practice_constructs.schemas.text_forms import NAMES

_MERMAID_SIGNS = frozenset('"#;&<>`')
_MARKDOWN_SIGN = re.compile(r"[\\`*_\[\]#]")


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
            return f'{ids[name]}["{_label(name)}"]'
        return ids[name]

    yield "```mermaid"
    yield "flowchart LR"
    for number, event in enumerate(catalogue.events):
        yield f'    e{number}(["{_label(event.detail_type)}"])'
        for publisher in event.publishers:
            yield f"    {node(publisher)} --> e{number}"
        for consumer in event.consumers:
            arrow = "-. some .->" if consumer.only else "-->"
            yield f"    e{number} {arrow} {node(consumer.name)}"
    yield "```"


def _section(event: CataloguedEvent) -> Iterable[str]:
    yield f"## {_text(event.detail_type)}"
    yield ""
    if event.description:
        yield event.description
        yield ""
    versions = f"version {event.version}"
    if event.compatible_since < event.version:
        versions += f", readable by consumers since version {event.compatible_since}"
    size = f"at most {event.largest:,} bytes" if event.largest is not None else "no bound on its size"
    yield f"Source {_code(event.source)}, {versions}, {size}."
    yield ""
    if event.claim_check:
        yield f"When it is large, these are put into S3: {_listed(f'`{name}`' for name in event.claim_check)}."
        yield ""
    yield "| field | type | |"
    yield "|---|---|---|"
    for name, kind, is_required in _rows(event.schema, path=""):
        # A | ends a cell, in code too.
        cells = (cell.replace("|", "\\|") for cell in (_code(name), kind, "" if is_required else "optional"))
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield f"Published by {_listed(map(_text, event.publishers))}."
    yield ""
    yield "Consumed by " + (
        _listed(
            f"{_text(consumer.name)} (only where {_code(json.dumps(consumer.only, sort_keys=True))})"
            if consumer.only
            else _text(consumer.name)
            for consumer in event.consumers
        )
        + "."
    )


def _label(text: str) -> str:
    """Write a text between the quotes of a Mermaid node, whose signs are entities of HTML with a #."""
    return "".join(f"#{ord(sign)};" if sign in _MERMAID_SIGNS else sign for sign in " ".join(text.split()))


def _text(text: str) -> str:
    """Write a text in a line so that no sign of it is Markdown's or HTML's."""
    return _MARKDOWN_SIGN.sub(r"\\\g<0>", " ".join(text.split())).replace("&", "&amp;").replace("<", "&lt;")


def _code(text: str) -> str:
    """Write a text as code, whatever backticks it has."""
    line = " ".join(text.split())
    fence = "`"
    while fence in line:
        fence += "`"
    space = " " if line.startswith("`") or line.endswith("`") or not line else ""
    return f"{fence}{space}{line}{space}{fence}"


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


def _kind_of_text(schema: Schema) -> str:
    if "format" in schema:
        return str(schema["format"]).replace("-", " ")
    # A pattern of one's own makes no other thing of a text.
    return NAMES.get(schema.get("pattern"), "string")


def _kind(schema: Schema) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in cast("list[Schema]", schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(_code(str(value)) for value in cast("list[object]", schema["enum"]))
    kind = str(schema.get("type", "any"))
    if kind == "string":
        return _kind_of_text(schema)
    items = schema.get("items")
    if kind == "array" and isinstance(items, dict):
        return f"list of {_kind(cast('Schema', items))}"
    return kind
