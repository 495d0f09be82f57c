"""The fenced code blocks of the documentation and of the docstrings."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(
    r"^(?P<indent>[ ]*)```(?P<language>\w+)[^\n]*\n(?P<code>.*?)^(?P=indent)```[ ]*$", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block.

    :param place: its file and line, as an editor opens it.
    :param language: what the fence says: ``"python"``, ``"sh"`` …
    :param code: its text, without the fence's indentation.
    """

    place: str
    language: str
    code: str


def markdown_files() -> list[Path]:
    """Give the documents that users read."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def document_blocks(language: str) -> list[Block]:
    """Give the blocks of a language in all documents."""
    return [
        block
        for path in markdown_files()
        for block in _blocks(path.read_text("utf-8"), path=path, first_line=1)
        if block.language == language
    ]


def docstring_blocks(language: str) -> list[Block]:
    """Give the blocks of a language in the docstrings of the package."""
    found: list[Block] = []
    for path in sorted((ROOT / "best_practice_constructs").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                docstring = ast.get_docstring(node, clean=False)
                if docstring and "```" in docstring:
                    line = node.body[0].lineno
                    found += _blocks(docstring, path=path, first_line=line)
    return [block for block in found if block.language == language]


def _blocks(text: str, *, path: Path, first_line: int) -> Iterator[Block]:
    for match in _FENCE.finditer(text):
        line = first_line + text.count("\n", 0, match.start())
        code = inspect.cleandoc("\n" + match["code"]) + "\n"
        yield Block(place=f"{path.relative_to(ROOT)}:{line}", language=match["language"], code=code)
