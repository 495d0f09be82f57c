"""What one module imports, read from its source without running it (L3)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from best_practice_constructs.bundling.lazy_names import is_module_getattr, last_name, lazy_names

# Also of what a module holds, as in ``"shop.logs.JsonFormatter"`` and ``"shop.plugins:make"``.
_DOTTED_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::[A-Za-z_]\w*)?", re.ASCII)
_LONGEST_NAME = 200
# What loads modules by names that are computed when it runs.
_LOADERS = frozenset(
    """
    import_module __import__ spec_from_file_location iter_modules walk_packages addsitedir resolve_name import_string
    SourceFileLoader SourcelessFileLoader find_spec
    """.split()
)
_CHANGES = frozenset({"sys.path", "runpy.run_module", "runpy.run_path", "pydoc.locate"})
# Most modules have none of these words, and need no second look.
_SPEAKS_OF_LOADING = re.compile("|".join(sorted(name.rpartition(".")[2] for name in _LOADERS | _CHANGES)))
_CHANGE_ATTRIBUTES = frozenset(name.rpartition(".")[2] for name in _CHANGES)


@dataclass(frozen=True, kw_only=True)
class ImportedName:
    """A name that a module imports.

    :param module: the absolute dotted name of the module that is imported, or from which ``name`` is taken.
    :param name: what is taken from it (an attribute or a module), ``"*"``, or ``None`` for ``import module``.
    :param line: where.
    :param is_required: it runs when the module is loaded, and nothing catches its failure.
    """

    module: str
    name: str | None
    line: int
    is_required: bool = False

    @property
    def target(self) -> str:
        """The dotted name of what is imported, be it a module or an attribute of one."""
        return ".".join(part for part in (self.module, self.name) if part)


@dataclass(frozen=True, kw_only=True)
class ModuleImports:
    """What one module imports.

    :param names: its import statements, in functions too, but not those for type checkers.
    :param texts: its texts that could be names of modules, as plugins and lazy loaders are named by.
    :param lazy: of a package whose names are loaded on first use (a module ``__getattr__``, the names imported for type
        checkers and those of its table): the module that each name comes from.
    :param is_open: it loads modules by computed names, or changes where they are looked for, or nobody can tell.
    :param is_unreadable: its text is of a newer Python than the one that reads it.
    """

    names: tuple[ImportedName, ...] = ()
    texts: frozenset[str] = frozenset()
    lazy: dict[str, str] = field(default_factory=dict)
    is_open: bool = False
    is_unreadable: bool = False


def module_imports(source: str, *, module: str, is_package: bool) -> ModuleImports:
    """Read what a module imports.

    :param source: its text.
    :param module: its absolute dotted name.
    :param is_package: it is the ``__init__.py`` of a package, which relative imports start from.
    :returns: what it imports; nothing, and open, where the text is of a newer Python than the one that reads it.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ModuleImports(is_open=True, is_unreadable=True)
    package = module if is_package else module.rpartition(".")[0]
    reader = _Reader(package=package)
    reader.read(tree.body, is_required=True)
    lazy = lazy_names(tree.body, package=package, for_type_checkers=reader.for_type_checkers, loaders=_LOADERS)
    # What a lazy package loads by its __getattr__ is known by its names; what else it loads is not.
    others = [node for node in tree.body if not (lazy and lazy.are_all and is_module_getattr(node))]
    return ModuleImports(
        names=tuple(reader.names),
        texts=frozenset(reader.texts),
        lazy=dict(lazy.modules) if lazy else {},
        is_open=_SPEAKS_OF_LOADING.search(source) is not None and any(map(_opens, others)),
    )


class _Reader:
    def __init__(self, *, package: str) -> None:
        self._package = package
        self.names: list[ImportedName] = []
        self.texts: set[str] = set()
        self.for_type_checkers: dict[str, str] = {}

    def read(self, nodes: Sequence[ast.AST], *, is_required: bool) -> None:
        for node in nodes:
            if isinstance(node, ast.If) and _is_for_type_checkers(node.test):
                self._read_for_type_checkers(node.body)
                self.read(node.orelse, is_required=is_required)
                continue
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.names.extend(self._imported(node, is_required=is_required))
                continue
            self._note(node)
            # What a condition, a try or a function holds may be missing on purpose.
            self.read(list(ast.iter_child_nodes(node)), is_required=is_required and isinstance(node, ast.ClassDef))

    def _read_for_type_checkers(self, body: Sequence[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.ImportFrom):
                base = self._base(node)
                self.for_type_checkers.update({alias.asname or alias.name: base for alias in node.names})

    def _imported(self, node: ast.Import | ast.ImportFrom, *, is_required: bool) -> Iterator[ImportedName]:
        for alias in node.names:
            if isinstance(node, ast.Import):
                yield ImportedName(module=alias.name, name=None, line=node.lineno, is_required=is_required)
            else:
                yield ImportedName(module=self._base(node), name=alias.name, line=node.lineno, is_required=is_required)

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self._package
        for _ in range(node.level - 1):
            package = package.rpartition(".")[0]
        return ".".join(part for part in (package, node.module) if part)

    def _note(self, node: ast.AST) -> None:
        if isinstance(node, ast.Constant):
            text = node.value
            if isinstance(text, str) and len(text) <= _LONGEST_NAME and _DOTTED_NAME.fullmatch(text):
                self.texts.add(text)


def _opens(statement: ast.stmt) -> bool:
    """Tell whether a statement may load modules whose names are not written in it, or change where they are found."""
    settled = {id(node.func) for node in ast.walk(statement) if isinstance(node, ast.Call) and _names_module(node)}
    return any(_is_loader(node) and id(node) not in settled for node in ast.walk(statement))


def _names_module(call: ast.Call) -> bool:
    # A name that begins with a dot counts from a package that is computed, too.
    name = call.args[0] if call.args else None
    return isinstance(name, ast.Constant) and isinstance(name.value, str) and bool(_DOTTED_NAME.fullmatch(name.value))


def _is_loader(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return any(
            f"{node.module}.{alias.name}" in _CHANGES or (alias.name in _LOADERS and alias.asname is not None)
            for alias in node.names
        )
    if isinstance(node, ast.Attribute):
        return node.attr in _LOADERS or (node.attr in _CHANGE_ATTRIBUTES and ast.unparse(node) in _CHANGES)
    return isinstance(node, ast.Name) and node.id in _LOADERS


def _is_for_type_checkers(test: ast.expr) -> bool:
    return last_name(test) == "TYPE_CHECKING"
