from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs.bundling.bundle_sources import BundleSources, bundle_sources, content_hash, entry_files
from best_practice_constructs.bundling.bundling_error import BundlingError
from tests.unit.bundling.support import write_entry


def _handlers(entry: Path) -> BundleSources:
    return bundle_sources(entry, handler="handler.handler")


def _own(entry: Path, handler: str) -> list[str]:
    return list(bundle_sources(entry, handler=handler).own)


def test_other_handlers_of_the_entry_are_left_out_and_what_is_no_module_stays(tmp_path: Path) -> None:
    entry = write_entry(
        tmp_path,
        **{
            "orders/__init__.py": "",
            "orders/place.py": "from orders import table",
            "orders/cancel.py": "import refunds",
            "orders/table.py": "",
            "orders/prices.json": "{}",
            "refunds.py": "",
        },
    )
    assert _own(entry, "orders.place.handler") == [
        *("orders/__init__.py", "orders/place.py", "orders/prices.json", "orders/table.py")
    ]
    assert "refunds.py" in _own(entry, "orders/cancel.handler")


def test_who_loads_modules_by_computed_names_keeps_them_all(tmp_path: Path) -> None:
    entry = write_entry(tmp_path, **{"plugins/pdf.py": "", "handler.py": "__import__(f'plugins.{kind}')"})
    assert _own(entry, "handler.handler") == ["handler.py", "plugins/pdf.py"]


def test_another_handlers_change_leaves_the_hash(tmp_path: Path) -> None:
    entry = write_entry(tmp_path, **{"other.py": "a = 1"})

    def digest() -> str:
        return content_hash(_handlers(entry), lock="", platform="p")

    before = digest()
    (entry / "other.py").write_text("a = 2", encoding="utf-8")
    assert digest() == before
    (entry / "handler.py").write_text("import other\n", encoding="utf-8")
    assert digest() != before


@given(content=st.binary(max_size=50), other=st.binary(max_size=50))
def test_it_depends_on_every_byte_and_on_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, other: bytes
) -> None:
    def digest(data: bytes, *, mode: int, modified: int) -> str:
        entry = write_entry(tmp_path_factory.mktemp("entry"))
        file = entry / "data.bin"
        file.write_bytes(data)
        file.chmod(mode)
        os.utime(file, (modified, modified))
        return content_hash(_handlers(entry), lock="", platform="p")

    first = digest(content, mode=0o644, modified=1)
    assert first == digest(content, mode=0o600, modified=1_000_000)
    assert (first == digest(other, mode=0o644, modified=1)) == (content == other)


def test_platform_lock_and_names_count(tmp_path: Path) -> None:
    entry = write_entry(tmp_path, **{"data.txt": ""})
    before = content_hash(_handlers(entry), lock="", platform="arm64")
    assert before != content_hash(_handlers(entry), lock="", platform="x86_64")
    assert before != content_hash(_handlers(entry), lock="a", platform="arm64")
    (entry / "data.txt").rename(entry / "other.txt")
    assert before != content_hash(_handlers(entry), lock="", platform="arm64")


def test_hidden_files_byte_code_and_locks_are_no_part_of_the_bundle(tmp_path: Path) -> None:
    write_entry(tmp_path, **{".env": "x", "__pycache__/handler.pyc": "x", "requirements.txt": "x", "a/b.py": "x"})
    assert [name for name, _ in entry_files(tmp_path)] == ["a/b.py", "handler.py"]


def test_of_the_runtime_only_what_the_handler_reaches_is_bundled(tmp_path: Path) -> None:
    runtime = "best_practice_constructs/runtime"
    entry = write_entry(tmp_path, **{"handler.py": "from best_practice_constructs.runtime import where\n"})
    reached = bundle_sources(entry, handler="handler.handler").runtime
    assert {"best_practice_constructs/__init__.py", f"{runtime}/__init__.py", f"{runtime}/event_filter.py"} <= set(
        reached
    )
    assert f"{runtime}/queue_consumer_decorator.py" not in reached


def test_a_handler_without_the_runtime_carries_none_of_it(tmp_path: Path) -> None:
    assert bundle_sources(write_entry(tmp_path), handler="handler.handler").runtime == {}


def test_where_the_handler_is_not_in_the_entry_everything_is_bundled(tmp_path: Path) -> None:
    sources = bundle_sources(write_entry(tmp_path), handler="a_layer.handler")
    assert sources.is_open
    assert list(sources.own) == ["handler.py"]
    assert "best_practice_constructs/runtime/queue_consumer_decorator.py" in sources.runtime
    assert sources.imported_elsewhere == frozenset()


def test_a_package_that_another_handler_alone_imports_is_told_and_counts(tmp_path: Path) -> None:
    entry = write_entry(tmp_path, **{"handler.py": "import web", "other.py": "import web, json, prices.table, more"})
    write_entry(entry, **{"handler.py": "import web", "more.py": ""})
    before = _handlers(entry)
    assert before.imported_elsewhere == {"prices"}
    (entry / "other.py").write_text("import web", encoding="utf-8")
    assert content_hash(_handlers(entry), lock="", platform="p") != content_hash(before, lock="", platform="p")


@pytest.mark.parametrize("folder", ["", "place-order/"])
def test_lambda_loads_a_handler_by_whatever_its_file_is_called(tmp_path: Path, folder: str) -> None:
    files = {f"{folder}place-order.py": "import prices", "prices.py": "", "other.py": "", "my-plugins/x.py": ""}
    sources = bundle_sources(write_entry(tmp_path, **files), handler=f"{folder}place-order.handler")
    assert list(sources.own) == sorted([f"{folder}place-order.py", "prices.py"])
    open_one = write_entry(tmp_path, **{f"{folder}place-order.py": "__import__(name)"})
    assert {"my-plugins/x.py", "other.py"} <= set(_own(open_one, f"{folder}place-order.handler"))


@pytest.mark.parametrize("text", ['{"()": "mylogs.Formatter"}', "operationId: mylogs:get"])
def test_a_configuration_names_modules_of_the_entry(tmp_path: Path, text: str) -> None:
    entry = write_entry(tmp_path, **{"settings.conf": text, "mylogs.py": "import levels", "levels.py": "", "a.py": ""})
    assert _own(entry, "handler.handler") == ["handler.py", "levels.py", "mylogs.py", "settings.conf"]


def test_a_framework_is_told_of_packages_by_their_names(tmp_path: Path) -> None:
    files = {"handler.py": "INSTALLED_APPS = ['shop', 'os']", "shop/__init__.py": "", "shop/models.py": "import prices"}
    more = {"prices.py": "", "other.py": "", "shop/migrations/first.py": "NAME = 'other2'"}
    entry = write_entry(tmp_path, **files, **more)
    assert set(_own(entry, "handler.handler")) == {*files, *more} - {"other.py"}


def test_the_name_of_its_own_package_is_too_common_a_word(tmp_path: Path) -> None:
    entry = write_entry(tmp_path, **{"shop/__init__.py": "", "shop/a.py": "SERVICE = 'shop'", "shop/b.py": ""})
    assert _own(entry, "shop.a.handler") == ["shop/__init__.py", "shop/a.py"]


def test_all_that_a_module_exports_by_name_may_be_modules(tmp_path: Path) -> None:
    files = {"handler.py": "from steps import *", "steps/__init__.py": "__all__ = ['first']", "steps/first.py": ""}
    assert "steps/first.py" in _own(write_entry(tmp_path, **files, **{"steps/second.py": ""}), "handler.handler")
    assert "steps/second.py" not in _own(tmp_path, "handler.handler")


def test_a_lazy_package_may_export_its_modules(tmp_path: Path) -> None:
    lazy = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from . import prices\n"
        "_TABLE = {'prices': 'shop.prices'}\n"
        "def __getattr__(name):\n    return importlib.import_module(_TABLE[name])\n"
    )
    files = {"handler.py": "import shop", "shop/__init__.py": lazy, "shop/prices.py": "", "shop/other.py": ""}
    assert _own(write_entry(tmp_path, **files), "handler.handler") == [
        *("handler.py", "shop/__init__.py", "shop/prices.py")
    ]


def test_a_lazy_package_loads_what_its_table_names_too(tmp_path: Path) -> None:
    lazy = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .prices import Price\n"
        "_TABLE = {'Price': '.prices', 'Tax': '.taxes', 'Fee': '.fees'}\n"
        "def __getattr__(name):\n    return getattr(importlib.import_module(_TABLE[name], __name__), name)\n"
    )
    files = dict.fromkeys(("shop/prices.py", "shop/taxes.py", "shop/fees.py"), "")
    files |= {"handler.py": "from shop import Tax", "shop/__init__.py": lazy}
    entry = write_entry(tmp_path, **files)
    assert _own(entry, "handler.handler") == ["handler.py", "shop/__init__.py", "shop/taxes.py"]
    (entry / "handler.py").write_text("import shop", "utf-8")
    assert set(files) <= set(_own(entry, "handler.handler"))


def test_what_is_found_by_a_computed_name_takes_every_file(tmp_path: Path) -> None:
    load = "import importlib.util\ndef handler(e, c):\n    return importlib.util.find_spec(f'steps.{e}')\n"
    files = {"handler.py": load, "steps/__init__.py": "", "steps/first.py": ""}
    assert set(files) <= set(_own(write_entry(tmp_path, **files), "handler.handler"))


def test_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    (write_entry(tmp_path) / "shared.py").symlink_to(tmp_path / "gone.py")
    with pytest.raises(BundlingError, match=r"shared\.py is a link to what does not exist"):
        _own(tmp_path, "handler.handler")
