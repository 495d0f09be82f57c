"""Finds imports that a bundle cannot satisfy: in Lambda each would fail every call before the handler begins (L3)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
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


def missing_imports(files: Mapping[str, Path], *, bundled: Iterable[str]) -> list[MissingImport]:
    """Give the imports at the top of the handler's modules that neither bundle nor Lambda has.

    Only those that run when the module is loaded, and that nothing catches: what is imported in a function, under
    ``try`` or under ``if TYPE_CHECKING`` may be missing on purpose.

    :param files: the entry's files that are bundled, by their name in the bundle.
    :param bundled: the names of all files of the bundle.
    """
    # A module of a folder is found when the folder is on the path, which some entries do by themselves.
    known = _PROVIDED | sys.stdlib_module_names
    for name in bundled:
        *folders, file = name.split("/")
        known |= {*folders, file.partition(".")[0]} if file.endswith((".py", ".so")) else {*folders}
    tree = ModuleTree(files)
    return [
        MissingImport(module=top, file=file, line=imported.line)
        for module, file in sorted(tree.files.items(), key=lambda each: each[1])
        for imported in tree.imports(module).names
        if imported.is_required and (top := imported.module.partition(".")[0]) and top not in known
    ]
