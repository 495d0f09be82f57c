from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs.bundling.import_graph import ModuleTree, module_name


def _tree(directory: Path, **files: str) -> ModuleTree:
    paths: dict[str, Path] = {}
    for name, source in files.items():
        paths[name] = directory / name
        paths[name].parent.mkdir(parents=True, exist_ok=True)
        paths[name].write_text(source, encoding="utf-8")
    return ModuleTree(paths)


@pytest.mark.parametrize(
    ("file", "module"),
    [
        ("a/b/__init__.py", "a.b"),
        ("a/b.py", "a.b"),
        ("handler.py", "handler"),
        ("a/_core.cpython-314-aarch64-linux-gnu.so", "a._core"),
        ("a/data.json", None),
        ("a-1.0.dist-info/x.py", None),
        ("LICENSE", None),
    ],
)
def test_a_file_is_a_module_by_its_name(file: str, module: str | None) -> None:
    assert module_name(file) == module


def test_what_is_imported_is_reached_with_its_parents_and_nothing_else(tmp_path: Path) -> None:
    tree = _tree(
        tmp_path,
        **{
            "orders/__init__.py": "",
            "orders/place.py": "from shop import money\nfrom . import table\nimport notes.daily",
            "orders/cancel.py": "import orders.refund",
            "orders/refund.py": "",
            "orders/table.py": "def late():\n    from shop.events import OrderPlaced",
            "shop/__init__.py": "",
            "shop/money.py": "",
            "shop/events.py": "",
            "shop/unused.py": "",
            "notes/daily.py": "",
        },
    )
    assert tree.reached_from("orders.place").modules == {
        *("orders", "orders.place", "orders.table", "shop", "shop.money", "shop.events", "notes.daily")
    }


def test_a_text_reaches_the_module_that_it_names(tmp_path: Path) -> None:
    tree = _tree(
        tmp_path,
        **{
            "a.py": "HANDLERS = {'pdf': 'plugins.pdf', 'a': 'a', 'log': 'csv_writer'}",
            "plugins/pdf.py": "",
            "b.py": "",
        },
    )
    assert tree.reached_from("a").modules == {"a", "plugins.pdf"}


def test_a_text_reaches_the_module_of_what_it_names(tmp_path: Path) -> None:
    source = "LOGGING = {'()': 'shop.logs.JsonFormatter'}\nMAKE = 'makers:make'"
    tree = _tree(tmp_path, **{"a.py": source, "shop/logs.py": "", "shop/other.py": "", "makers.py": ""})
    assert tree.reached_from("a").modules == {"a", "shop.logs", "makers"}


def test_of_a_lazy_package_only_the_modules_of_the_taken_names_are_reached(tmp_path: Path) -> None:
    lazy = """from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from shop.money import Money as Money
    from shop.events import OrderPlaced as OrderPlaced
def __getattr__(name): ...
"""
    files = {"shop/__init__.py": lazy, "shop/money.py": "", "shop/events.py": ""}
    one = _tree(tmp_path / "one", **files, **{"a.py": "from shop import Money"})
    assert one.reached_from("a").modules == {"a", "shop", "shop.money"}
    every = _tree(tmp_path / "all", **files, **{"a.py": "import shop"})
    assert every.reached_from("a").modules == {"a", "shop", "shop.money", "shop.events"}


def test_circles_end_and_an_open_module_says_so(tmp_path: Path) -> None:
    tree = _tree(tmp_path, **{"a.py": "import b", "b.py": "import a\n__import__(a.name)"})
    reached = tree.reached_from("a", "elsewhere")
    assert reached.modules == {"a", "b"}
    assert reached.is_open


@settings(max_examples=40)
@given(data=st.data())
def test_it_agrees_with_what_python_loads(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    directory = tmp_path_factory.mktemp("tree")
    names = ["a", "b", "p.c", "p.d", "p.q.e"]
    forms = ["import {0}", "from {1} import {2}"]
    sources: dict[str, str] = {f"{package}/__init__.py": "" for package in ("p", "p/q")}
    for number, name in enumerate(names):
        # Only later ones, since a circle with from-imports can fail at run time.
        later = data.draw(st.lists(st.sampled_from(names[number + 1 :]), unique=True) if number < 4 else st.just([]))
        lines: list[str] = []
        for target in later:
            package, _, last = target.rpartition(".")
            form = data.draw(st.sampled_from(forms)) if package else forms[0]
            lines.append(form.format(target, package, last))
        sources[f"{name.replace('.', '/')}.py"] = "\n".join(lines)
    tree = _tree(directory, **sources)
    program = "import sys, a; print(' '.join(n for n in sys.modules if n.partition('.')[0] in ('a', 'b', 'p')))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], cwd=directory, capture_output=True, text=True, check=True
    )
    assert tree.reached_from("a").modules == set(done.stdout.split())
