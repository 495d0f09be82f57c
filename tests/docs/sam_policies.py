"""The table of SAM policies in the page on permissions, from the functions: ``python -m tests.docs.sam_policies``."""

from __future__ import annotations

import inspect
import re

from tests.docs.blocks import ROOT
from tests.unit.permissions.every_permission import cases

PAGE = ROOT / "docs" / "permissions.md"
_BEGIN, _END = "<!-- SAM's policies: python -m tests.docs.sam_policies -->\n", "<!-- end of SAM's policies -->\n"


def table() -> str:
    """Give the table: each function, its template, what it allows, where it is tighter, and where wider."""
    from best_practice_constructs.permissions import sam

    lines = ["| function | SAM's name | allows | tighter than SAM's | wider than SAM's |\n", "|---|---|---|---|---|\n"]
    for case in cases():
        if not case.name.startswith("sam."):
            continue
        name = case.name.removeprefix("sam.")
        function = getattr(sam, name)
        text = " ".join(inspect.getdoc(function).split())  # type: ignore[union-attr] # each has one
        template = re.search(r"SAM's ``(\w+)``", text)
        assert template is not None
        parameters = ", ".join(inspect.signature(function).parameters)
        service = case.permissions[0].actions[0].partition(":")[0]
        operations = [action.partition(":")[2] for given in case.permissions for action in given.actions]
        shown = ", ".join(operations) if len(operations) <= 14 else f"{len(operations)} operations on it"
        rest, _, wider = text.partition(" Wider than SAM's: ")
        differences = (rest.partition("Tighter than SAM's: ")[2], wider)
        tighter, wider = (found.replace("``", "`") or "–" for found in differences)
        lines.append(f"| `{name}({parameters})` | `{template[1]}` | {service}: {shown} | {tighter} | {wider} |\n")
    return "".join(lines)


def with_table(page: str) -> str:
    """Give the page with the table as the functions are."""
    before, _, rest = page.partition(_BEGIN)
    return f"{before}{_BEGIN}\n{table()}\n{_END}{rest.partition(_END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text("utf-8")), "utf-8")
