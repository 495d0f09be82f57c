"""Finds imports that a bundle cannot satisfy: in Lambda each would fail every call before the handler begins (L3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from best_practice_constructs.bundling.bundle_sources import BundleSources
from best_practice_constructs.bundling.import_graph import ModuleTree, with_parents
from best_practice_constructs.bundling.standard_library import STANDARD_LIBRARY

# What the Lambda runtime holds beside the standard library.
_PROVIDED = frozenset(
    """
    boto3 botocore s3transfer urllib3 dateutil jmespath six awslambdaric snapshot_restore_py
    """.split()
)


@dataclass(frozen=True, kw_only=True)
class MissingImport:
    """An import of a module that is nowhere in a bundle."""

    module: str
    file: str
    line: int


def missing_imports(sources: BundleSources, *, libraries: Iterable[str]) -> list[MissingImport]:
    """Give the imports at the top of the handler's modules that neither bundle nor Lambda has.

    Only those that run when the module is loaded, and that nothing catches: what is imported in a function, under
    ``try`` or under ``if TYPE_CHECKING`` may be missing on purpose.

    :param libraries: the names of the libraries' files in the bundle.
    """
    known = _PROVIDED | STANDARD_LIBRARY
    known |= {name.partition("/")[0].partition(".")[0] for name in (*libraries, *sources.runtime)}
    own: set[str] = set()
    for name in sources.own:
        # A module of a folder is found when the folder is on the path, which some entries do by themselves.
        *folders, file = name.split("/")
        own |= {*folders, file.partition(".")[0]} if file.endswith((".py", ".so")) else {*folders}
    tree = ModuleTree(sources.own)
    there = {parent for module in tree.files for parent in with_parents(module)}
    found: list[MissingImport] = []
    for module, file in sorted(tree.files.items(), key=lambda each: each[1]):
        for imported in tree.imports(module).names:
            top = imported.module.partition(".")[0]
            is_there = top in known or (top in own and (top not in there or imported.module in there))
            if imported.is_required and top and not is_there:
                missing = imported.module if top in own else top
                found.append(MissingImport(module=missing, file=file, line=imported.line))
    return found
