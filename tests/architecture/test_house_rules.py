"""What every source file of the project keeps to."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.sources import PACKAGE, Module, modules, package_modules

LONGEST_FILE = 400
SILENCERS = re.compile(r"#\s*(?:noqa|type:\s*ignore|pyright:\s*ignore)(?P<rest>.*)$")
# What follows the silenced ids has to say why.
REASON = re.compile(r"(?:--|—|#)\s*(?!(?:noqa|type|pyright)\b)\w+")


def _every_module() -> tuple[Module, ...]:
    return modules(PACKAGE, "examples", "tests", "benchmarks", "scripts")


def _public_definitions(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.AST]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_public(node.name):
            yield f"{prefix}.{node.name}", node
        elif isinstance(node, ast.ClassDef) and _is_public(node.name):
            yield from _public_definitions(node.body, f"{prefix}.{node.name}")
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _is_public(node.target.id):
            yield f"{prefix}.{node.target.id}", node


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name == "__init__"


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.AnnAssign):
        yield node.annotation
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        yield from (argument.annotation for argument in every if argument and argument.annotation)
        if node.returns:
            yield node.returns


def _says_any(annotation: ast.AST) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id == "Any")
        or (isinstance(node, ast.Attribute) and node.attr == "Any")
        or (isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"\bAny\b", node.value))
        for node in ast.walk(annotation)
    )


def test_no_public_signature_says_any() -> None:
    found = [
        name
        for module in package_modules()
        for name, node in _public_definitions(module.tree.body, module.name)
        if any(_says_any(annotation) for annotation in _annotations(node))
    ]
    assert found == []


def test_no_file_is_long() -> None:
    long = {module.name: lines for module in _every_module() if (lines := module.text.count("\n")) > LONGEST_FILE}
    assert long == {}


def test_every_silenced_check_has_its_reason() -> None:
    unexplained = [
        f"{module.path.name}:{number}: {line.strip()}"
        for module in _every_module()
        if module.name != __name__
        for number, line in enumerate(module.text.splitlines(), 1)
        if (found := SILENCERS.search(line)) and not REASON.search(found["rest"])
    ]
    assert unexplained == []


def test_nothing_is_left_to_do_in_the_sources() -> None:
    unfinished = re.compile(r"#\s*(?:TODO|FIXME|XXX|HACK)\b")
    found = [module.name for module in _every_module() if unfinished.search(module.text)]
    assert found == []


@pytest.mark.parametrize("name", [PACKAGE, f"{PACKAGE}.runtime"])
def test_the_lazily_loaded_names_are_the_ones_that_type_checkers_see(name: str) -> None:
    module = next(module for module in package_modules() if module.name == name)
    seen = {
        f"{node.module}.{alias.asname}"
        for block in module.tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    table = next(
        node.value
        for node in module.tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_MODULE_OF_NAME"
    )
    loaded = {f"{name}.{source}.{public}" for public, source in ast.literal_eval(table).items()}
    assert loaded == seen
