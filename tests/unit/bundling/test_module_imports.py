from __future__ import annotations

import pytest

from best_practice_constructs.bundling.module_imports import ModuleImports, module_imports


def _read(source: str, *, module: str = "shop.handler", is_package: bool = False) -> ModuleImports:
    return module_imports(source, module=module, is_package=is_package)


def _names(imports: ModuleImports) -> list[tuple[str, str | None]]:
    return [(each.module, each.name) for each in imports.names]


def test_imports_are_found_wherever_they_stand_but_not_those_for_type_checkers() -> None:
    source = """import json, a.b
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import only_for_checkers
else:
    import otherwise
try:
    import fast
except ImportError:
    fast = None
class Kind:
    import inner
def handler(event, context):
    from rarely import used
"""
    found = _read(source)
    assert _names(found) == [
        ("json", None),
        ("a.b", None),
        ("typing", "TYPE_CHECKING"),
        ("otherwise", None),
        ("fast", None),
        ("inner", None),
        ("rarely", "used"),
    ]
    required = {(each.module, each.line) for each in found.names if each.is_required}
    assert required == {("json", 1), ("a.b", 1), ("typing", 2), ("otherwise", 6), ("inner", 12)}


@pytest.mark.parametrize(
    ("source", "module", "is_package", "expected"),
    [
        ("from . import money", "shop.orders.handler", False, ("shop.orders", "money")),
        ("from .. import money", "shop.orders.handler", False, ("shop", "money")),
        ("from .money import Money", "shop.orders", True, ("shop.orders.money", "Money")),
        ("from . import own", "handler", False, ("", "own")),
    ],
)
def test_relative_imports_count_from_the_package(
    source: str, module: str, *, is_package: bool, expected: tuple[str, str]
) -> None:
    assert _names(_read(source, module=module, is_package=is_package)) == [expected]


def test_texts_that_could_name_modules_are_kept() -> None:
    source = '"""A page of text."""\nPLUGINS = ["plugins.pdf", "a-b", "two words", "csv", "shop.plugins:make"]\n'
    assert _read(source).texts == {"plugins.pdf", "csv", "shop.plugins:make"}


@pytest.mark.parametrize(
    ("source", "is_open"),
    [
        ("import importlib\nimportlib.import_module('plugins.pdf')", False),
        ("import importlib\nimportlib.import_module(f'plugins.{kind}')", True),
        ("import importlib\nimportlib.import_module('.pdf', __package__)", True),
        ("from importlib import import_module\nimport_module('plugins.pdf')", False),
        ("from importlib import import_module as load\nload(name)", True),
        ("from sys import path\npath.insert(0, 'vendor')", True),
        ("__import__(name)", True),
        ("import sys\nsys.path.insert(0, 'vendor')", True),
        ("import sys\nprint(sys.argv)", False),
        ("path.sys.other", False),
        ("import importlib\nload = importlib.import_module\nload(name)", True),
        ("from importlib import import_module\nlist(map(import_module, names))", True),
        ("import pkgutil\npkgutil.resolve_name(name)", True),
        ("from importlib.machinery import SourceFileLoader\nSourceFileLoader('a', path)", False),
        ("from importlib.machinery import SourceFileLoader\nSourceFileLoader(name, path)", True),
        ("import pydoc\npydoc.locate(name)", True),
        ("from importlib.util import find_spec\nfind_spec('fast')", False),
        ("import importlib.util\nimportlib.util.find_spec(f'steps.{name}')", True),
        ("def def", True),
    ],
)
def test_what_loads_modules_by_computed_names_is_open(source: str, *, is_open: bool) -> None:
    assert _read(source).is_open is is_open


def test_the_names_of_a_lazy_package_are_those_that_type_checkers_see() -> None:
    source = """from importlib import import_module
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from shop.money import Money as Money
_MODULES = {"Money": "money"}
def __getattr__(name):
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
"""
    found = _read(source, module="shop", is_package=True)
    assert found.lazy == {"Money": "shop.money"}
    assert not found.is_open
    assert _read(source + "__import__(name)\n", module="shop", is_package=True).is_open
    any_name = source.replace("_MODULES[name]", "name.lower()")
    assert _read(any_name, module="shop", is_package=True).is_open
    without_names = source.replace("from shop.money import Money as Money", "pass")
    assert _read(without_names, module="shop", is_package=True).is_open


_LAZY = """from importlib import import_module
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from .a import A
_TABLE = TABLE
def __getattr__(name):
    return LOADED
"""


@pytest.mark.parametrize(
    ("table", "loaded", "lazy"),
    [
        ("{'A': '.a', 'B': '.b'}", "import_module(_TABLE[name], __name__)", {"A": "shop.a", "B": "shop.b"}),
        ("{'A': 'a', 'B': 'b'}", "import_module(f'{__name__}.{_TABLE[name]}')", {"A": "shop.a", "B": "shop.b"}),
        ("{'B': ('shop', '.b')}", "import_module(_TABLE.get(name)[1], __name__)", {"A": "shop.a", "B": "shop.b"}),
        ("{'A': A_MODULE}", "import_module(_TABLE[name])", {"A": "shop.a"}),
    ],
)
def test_a_table_names_more_than_type_checkers_see(table: str, loaded: str, lazy: dict[str, str]) -> None:
    source = _LAZY.replace("TABLE\n", f"{table}\n", 1).replace("LOADED", loaded)
    found = _read(source, module="shop", is_package=True)
    assert (found.lazy, found.is_open) == (lazy, False)


@pytest.mark.parametrize(
    ("table", "loaded"),
    [
        ("{'A': '.a', 'B': B_MODULE}", "import_module(_TABLE[name], __name__)"),
        ("{name: f'.{name}' for name in NAMES}", "import_module(_TABLE[name], __name__)"),
        ("{'A': '.a', **MORE}", "import_module(_TABLE[name], __name__)"),
        ("{}", "import_module(_ELSEWHERE[name], __name__)"),
        ("{}", "import_module(name='.' + name, package=__name__)"),
    ],
)
def test_a_table_that_is_not_written_out_is_open(table: str, loaded: str) -> None:
    source = _LAZY.replace("TABLE\n", f"{table}\n", 1).replace("LOADED", loaded)
    found = _read(source, module="shop", is_package=True)
    assert found.is_open
    assert found.lazy["A"] == "shop.a"


@pytest.mark.parametrize("full", ['full = f"{__name__}.{name}"', "part = name.lower()\n    full = '.' + part"])
def test_a_name_that_is_put_together_in_a_variable_is_open(full: str) -> None:
    source = _LAZY.replace("return LOADED", f"{full}\n    return import_module(full)")
    assert _read(source.replace("TABLE\n", "{}\n", 1), module="shop", is_package=True).is_open
