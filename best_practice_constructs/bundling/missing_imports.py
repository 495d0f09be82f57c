"""Finds imports that a bundle cannot satisfy: in Lambda each would fail every call before the handler begins (L3)."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from best_practice_constructs.bundling.import_graph import ModuleTree

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
    tree = ModuleTree(dict(files))
    return [
        MissingImport(module=top, file=file, line=imported.line)
        for module, file in sorted(tree.files.items(), key=lambda each: each[1])
        for imported in tree.imports(module).names
        if imported.is_required and (top := imported.module.partition(".")[0]) and top not in known
    ]
