"""Finds imports that a bundle cannot satisfy: in Lambda each would fail every call before the handler begins (L3)."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# What the Lambda runtime holds beside the standard library.
_PROVIDED = frozenset({"boto3", "botocore", "s3transfer", "urllib3", "dateutil", "jmespath", "six", "awslambdaric"})


@dataclass(frozen=True, kw_only=True)
class MissingImport:
    """An import of a module that is nowhere in a bundle."""

    module: str
    file: str
    line: int


def missing_imports(files: Iterable[tuple[str, Path]], bundle: Path) -> list[MissingImport]:
    """Give the imports at the top of the handler's modules that neither bundle nor Lambda has.

    Only those that run when the module is loaded, and that nothing catches: what is imported in a function, under
    ``try`` or under ``if TYPE_CHECKING`` may be missing on purpose.
    """
    # A module of a folder is found when the folder is on the path, which some entries do by themselves.
    own = {path.stem for path in bundle.rglob("*.py")} | {path.name for path in bundle.rglob("*") if path.is_dir()}
    own |= {path.name.partition(".")[0] for path in bundle.glob("*.so")}
    known = own | _PROVIDED | set(sys.stdlib_module_names)
    return [
        MissingImport(module=module, file=name, line=line)
        for name, file in files
        if name.endswith(".py")
        for module, line in _imports(file)
        if module not in known
    ]


def _imports(file: Path) -> Iterator[tuple[str, int]]:
    try:
        statements = ast.parse(file.read_text(encoding="utf-8"), filename=file.name).body
    except SyntaxError:
        # The newer syntax of the function's Python; it is not for this one to judge.
        return
    for statement in statements:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield alias.name.partition(".")[0], statement.lineno
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield statement.module.partition(".")[0], statement.lineno
