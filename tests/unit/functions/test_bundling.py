from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs import InvalidArgumentError, SinglePurposeFunction
from best_practice_constructs.bundling.bundle import BundlingError, bundle_directory
from best_practice_constructs.bundling.bundle_platform import BUNDLE_PLATFORM_CONTEXT, BundlePlatform
from best_practice_constructs.bundling.bundle_sources import content_hash, entry_files, handler_files
from best_practice_constructs.bundling.dependency_lock import LockError, read_lock
from best_practice_constructs.bundling.missing_imports import missing_imports
from best_practice_constructs.functions.bundling import BYTE_CODE_CONTEXT

ARM = BundlePlatform.of_lambda(lambda_.Runtime.PYTHON_3_14, lambda_.Architecture.ARM_64)
HASH = "--hash=sha256:" + "0" * 64


def _entry(directory: Path, **files: str) -> Path:
    for name, text in {"handler.py": "def handler(event, context): ...\n", **files}.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory


class TestPlatform:
    def test_lambda_platforms_are_told_in_uvs_names(self) -> None:
        assert ARM.uv_arguments == ("--python-platform", "aarch64-manylinux_2_34", "--python-version", "3.14")
        old = BundlePlatform.of_lambda(lambda_.Runtime.PYTHON_3_11, lambda_.Architecture.X86_64)
        assert old.uv_platform == "x86_64-manylinux_2_17"

    def test_the_host_is_this_interpreter(self) -> None:
        assert BundlePlatform.of_host().uv_arguments[0] == "--python"


class TestLock:
    def test_what_lambda_holds_is_left_out(self, tmp_path: Path) -> None:
        lock = "\n".join(f"{name}==1.0 \\\n    {HASH}" for name in ("boto3", "botocore", "six", "msgspec"))
        assert read_lock(_entry(tmp_path, **{"requirements.txt": lock})) == f"msgspec==1.0 {HASH}\n"

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("requirements.in", "Boto3>=1.40  # a newer API\n"),
            ("pyproject.toml", '[project]\ndependencies = ["six"]\n'),
        ],
    )
    def test_who_asks_for_it_by_name_gets_it(self, tmp_path: Path, name: str, text: str) -> None:
        lock = "\n".join(f"{package}==1.0 {HASH}" for package in ("boto3", "six"))
        entry = _entry(tmp_path, **{"requirements.txt": lock, name: text})
        assert read_lock(entry) == f"boto3==1.0 {HASH}\nsix==1.0 {HASH}\n"

    def test_an_entry_without_a_declaration_gets_what_the_runtime_needs(self, tmp_path: Path) -> None:
        names = {line.split("==")[0] for line in read_lock(_entry(tmp_path)).splitlines()}
        assert {"aws-lambda-powertools", "msgspec", "aws-xray-sdk"} <= names

    @pytest.mark.parametrize(
        ("declaration", "command"),
        [("requirements.in", "uv pip compile --universal --generate-hashes"), ("pyproject.toml", "uv lock")],
    )
    def test_a_missing_lock_says_the_command_that_makes_it(
        self, tmp_path: Path, declaration: str, command: str
    ) -> None:
        with pytest.raises(LockError, match=f"{declaration} declares dependencies and no lock") as error:
            read_lock(_entry(tmp_path, **{declaration: "msgspec"}))
        assert command in str(error.value)

    @pytest.mark.parametrize("line", ["msgspec", f"msgspec>=0.20 {HASH}", "msgspec==0.20"])
    def test_a_line_that_is_not_pinned_with_hashes_names_the_package(self, tmp_path: Path, line: str) -> None:
        with pytest.raises(LockError, match="msgspec is not pinned"):
            read_lock(_entry(tmp_path, **{"requirements.txt": line}))

    def test_a_line_that_is_no_requirement_is_quoted(self, tmp_path: Path) -> None:
        with pytest.raises(LockError, match="'-e \\.'"):
            read_lock(_entry(tmp_path, **{"requirements.txt": "-e ."}))

    def test_a_lock_without_what_the_runtime_needs_is_refused_unless_a_layer_may_bring_it(self, tmp_path: Path) -> None:
        handler = "from best_practice_constructs.runtime import logger\n"
        entry = _entry(tmp_path, **{"handler.py": handler, "requirements.txt": f"msgspec==1.0 {HASH}"})
        with pytest.raises(LockError, match=r"the lock lacks aws-lambda-powertools.*requirements\.in"):
            read_lock(entry)
        assert read_lock(entry, has_layers=True) == f"msgspec==1.0 {HASH}\n"


class TestImports:
    def test_what_no_bundle_has_is_named_with_its_line(self, tmp_path: Path) -> None:
        handler = """import json
import boto3
import msgspec
import prices.table
from . import own
from helpers import help
from typing import TYPE_CHECKING
import requests, yaml.nodes
if TYPE_CHECKING:
    import only_for_checkers
try:
    import orjson
except ImportError:
    orjson = None
def handler(event, context):
    import rarely
"""
        files = {"handler.py": handler, "helpers.py": "", "own.py": "", "prices/table.py": "", "new.py": "def def"}
        entry = _entry(tmp_path / "entry", **files)
        bundle = _entry(tmp_path / "bundle", **files, **{"msgspec/__init__.py": ""})
        found = missing_imports(tuple(entry_files(entry)), bundle)
        assert [(missing.module, missing.file, missing.line) for missing in found] == [
            ("requests", "handler.py", 8),
            ("yaml", "handler.py", 8),
        ]


class TestHandlerFiles:
    def _names(self, entry: Path, handler: str) -> list[str]:
        return [name for name, _ in handler_files(entry, handler=handler)]

    def test_other_handlers_of_the_entry_are_left_out_and_what_is_no_module_stays(self, tmp_path: Path) -> None:
        entry = _entry(
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
        assert self._names(entry, "orders.place.handler") == [
            *("orders/__init__.py", "orders/place.py", "orders/prices.json", "orders/table.py")
        ]
        assert "refunds.py" in self._names(entry, "orders/cancel.handler")

    def test_who_loads_modules_by_computed_names_keeps_them_all(self, tmp_path: Path) -> None:
        entry = _entry(tmp_path, **{"plugins/pdf.py": "", "handler.py": "__import__(f'plugins.{kind}')"})
        assert self._names(entry, "handler.handler") == ["handler.py", "plugins/pdf.py"]

    def test_another_handlers_change_leaves_the_hash(self, tmp_path: Path) -> None:
        entry = _entry(tmp_path, **{"other.py": "a = 1"})

        def digest() -> str:
            return content_hash(handler_files(entry, handler="handler.handler"), lock="", platform="p")

        before = digest()
        (entry / "other.py").write_text("a = 2", encoding="utf-8")
        assert digest() == before
        (entry / "handler.py").write_text("import other\n", encoding="utf-8")
        assert digest() != before


class TestContentHash:
    @given(content=st.binary(max_size=50), other=st.binary(max_size=50))
    def test_it_depends_on_every_byte_and_on_nothing_else(
        self, tmp_path_factory: pytest.TempPathFactory, content: bytes, other: bytes
    ) -> None:
        def digest(data: bytes, *, mode: int, modified: int) -> str:
            entry = _entry(tmp_path_factory.mktemp("entry"))
            file = entry / "data.bin"
            file.write_bytes(data)
            file.chmod(mode)
            os.utime(file, (modified, modified))
            return content_hash(entry_files(entry), lock="", platform="p")

        first = digest(content, mode=0o644, modified=1)
        assert first == digest(content, mode=0o600, modified=1_000_000)
        assert (first == digest(other, mode=0o644, modified=1)) == (content == other)

    def test_platform_lock_and_names_count(self, tmp_path: Path) -> None:
        entry = _entry(tmp_path)
        before = content_hash(entry_files(entry), lock="", platform="arm64")
        assert before != content_hash(entry_files(entry), lock="", platform="x86_64")
        assert before != content_hash(entry_files(entry), lock="a", platform="arm64")
        (entry / "handler.py").rename(entry / "other.py")
        assert before != content_hash(entry_files(entry), lock="", platform="arm64")

    def test_hidden_files_byte_code_and_locks_are_no_part_of_the_bundle(self, tmp_path: Path) -> None:
        _entry(tmp_path, **{".env": "x", "__pycache__/handler.pyc": "x", "requirements.txt": "x", "a/b.py": "x"})
        assert [name for name, _ in entry_files(tmp_path)] == ["a/b.py", "handler.py"]


class TestBuild:
    @pytest.fixture
    def cache(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("BEST_PRACTICE_CONSTRUCTS_CACHE", str(tmp_path / "cache"))
        return tmp_path / "cache" / "bundles"

    def _refuse(self, monkeypatch: pytest.MonkeyPatch, message: str) -> None:
        def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
            return subprocess.CompletedProcess(command, 1, stdout="", stderr=message)

        monkeypatch.setattr(subprocess, "run", run)

    def test_a_bundle_is_built_once_whole_and_reused(self, tmp_path: Path, cache: Path) -> None:
        entry = _entry(tmp_path / "entry")
        first = bundle_directory(tuple(entry_files(entry)), key="k", lock="", platform=ARM, label="L")
        assert (first / "handler.py").is_file()
        assert (first / "best_practice_constructs" / "runtime" / "environment.py").is_file()
        marker = first / "handler.py"
        before = marker.stat().st_mtime_ns
        assert bundle_directory(tuple(entry_files(entry)), key="k", lock="", platform=ARM, label="L") == first
        assert marker.stat().st_mtime_ns == before
        assert [path.name for path in cache.iterdir()] == ["k"]

    def test_a_missing_wheel_names_the_package_and_leaves_nothing(
        self, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._refuse(monkeypatch, "Because numpy==1.0 has no wheels with a matching platform tag …")
        with pytest.raises(BundlingError, match=r"numpy 1\.0 has no wheel for python3\.14-aarch64"):
            bundle_directory(
                tuple(entry_files(_entry(tmp_path / "entry"))), key="k", lock="numpy==1.0", platform=ARM, label="L"
            )
        assert list(cache.iterdir()) == []

    def test_an_unreachable_index_is_told_from_a_missing_wheel(
        self, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._refuse(monkeypatch, "Request failed: error sending request for url (…/msgspec-0.22.0.whl)")
        with pytest.raises(BundlingError, match="could not be reached"):
            bundle_directory(
                tuple(entry_files(_entry(tmp_path / "entry"))), key="k", lock="x==1", platform=ARM, label="L"
            )
        assert list(cache.iterdir()) == []

    @pytest.mark.usefixtures("cache")
    def test_the_error_carries_the_constructs_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._refuse(monkeypatch, "Because numpy==1.0 has no wheels …")
        stack = Stack(App(), "Orders")
        with pytest.raises(InvalidArgumentError, match=r"^Orders/PlaceOrder: entry=.* numpy 1\.0 has no wheel"):
            SinglePurposeFunction(stack, "PlaceOrder", entry=str(_entry(tmp_path / "entry")), handler="handler.handler")

    @pytest.mark.usefixtures("cache")
    @pytest.mark.parametrize(
        ("context", "message"),
        [("required", "no Python 3.14 is on this machine.*uv python install 3.14"), ("always", "Write 'available'")],
    )
    def test_byte_code_that_is_required_and_cannot_be_made_is_an_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, context: str, message: str
    ) -> None:
        def find_none(_: str) -> None:
            return None

        monkeypatch.setattr("best_practice_constructs.functions.bundling.interpreter_of", find_none)
        stack = Stack(App(context={BYTE_CODE_CONTEXT: context}), "Orders")
        with pytest.raises(InvalidArgumentError, match=rf"^Orders/PlaceOrder: .*{message}"):
            SinglePurposeFunction(stack, "PlaceOrder", entry=str(_entry(tmp_path / "entry")), handler="handler.handler")

    @pytest.mark.parametrize(("wanted", "is_compiled"), [("available", True), ("none", False)])
    def test_a_bundle_for_this_python_holds_byte_code_unless_it_is_not_wanted(
        self, tmp_path: Path, cache: Path, wanted: str, *, is_compiled: bool
    ) -> None:
        _entry(tmp_path / "entry", **{"requirements.txt": "# none\n", "handler.py": "def handler(e, c): ...\n"})
        app = App(context={BYTE_CODE_CONTEXT: wanted, BUNDLE_PLATFORM_CONTEXT: "host"})
        SinglePurposeFunction(
            Stack(app, "Orders"), "PlaceOrder", entry=str(tmp_path / "entry"), handler="handler.handler"
        )
        (bundle,) = cache.iterdir()
        assert (bundle / "__pycache__").is_dir() is is_compiled

    @pytest.mark.slow
    def test_the_wheels_are_for_arm64_and_the_tree_is_the_same_everywhere(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        trees: list[dict[str, bytes]] = []
        for name in ("one", "another/place"):
            monkeypatch.setenv("BEST_PRACTICE_CONSTRUCTS_CACHE", str(tmp_path / name / "cache"))
            entry = _entry(tmp_path / name / "entry")
            bundle = bundle_directory(
                tuple(entry_files(entry)), key="k", lock=read_lock(entry), platform=ARM, label="L"
            )
            trees.append(
                {
                    f"{path.relative_to(bundle)} {path.stat().st_mode:o}": path.read_bytes()
                    for path in sorted(bundle.rglob("*"))
                    if path.is_file()
                }
            )
        assert trees[0] == trees[1]
        libraries = {name: content for name, content in trees[0].items() if ".so " in name}
        assert libraries
        aarch64 = b"\xb7\x00"
        assert {content[18:20] for content in libraries.values()} == {aarch64}
        assert not [name for name in trees[0] if name.startswith(("boto3/", "botocore/", "bin/"))]
