"""Bundles of the invoice consumer: as the construct makes them, and by hand as Powertools' documentation shows.

This is the one place that knows how the package makes a bundle. As a process of its own it makes one, and prints where
it is and how long that took: ``python -m benchmarks.bundles examples/order_invoice/services``
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import cast

os.environ.setdefault("CDK_VALIDATION", "false")

from uv import find_uv_bin

from benchmarks.measuring import ROOT, figures_of, settled_environment

ENTRY = ROOT / "examples" / "order_invoice" / "services"
HANDLER = "invoices.issue_invoice.handler"
HANDLER_BY_HAND = ROOT / "benchmarks" / "by_hand" / "issue_invoice.py"
POWERTOOLS = f"aws-lambda-powertools[tracer]=={version('aws-lambda-powertools')}"
"""What a user installs by hand: the version that the construct's bundle has."""
_OF_LAMBDA = frozenset("boto3 botocore s3transfer urllib3 dateutil python_dateutil six".split())


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A bundle that was made.

    :param path: a directory, or a ``.zip`` file.
    :param seconds: how long it took.
    """

    path: Path
    seconds: float


def construct_bundle(*, cache: Path, entry: Path = ENTRY, uv_cache: Path | None = None) -> Bundle:
    """Make the bundle for this machine's Python as the construct does, in a process of its own.

    :param cache: the directory of the package's cache: what lies there is not made again.
    :param uv_cache: the directory of uv's cache; ``None`` takes the user's.
    """
    environment = {"BEST_PRACTICE_CONSTRUCTS_CACHE": str(cache)} | ({"UV_CACHE_DIR": str(uv_cache)} if uv_cache else {})
    found = figures_of(["-m", "benchmarks.bundles", entry], environment=environment)
    return Bundle(path=Path(str(found["path"])), seconds=float(str(found["seconds"])))


def install_with_pip(target: Path, *, compile_modules: bool = True) -> None:
    """Install Powertools with ``pip install --target``, and put the handler beside it."""
    options = [] if compile_modules else ["--no-compile"]
    command = [sys.executable, "-m", "pip", "install", "--quiet", *options, "--target", str(target), POWERTOOLS]
    subprocess.run(command, check=True, capture_output=True, env=settled_environment())
    shutil.copyfile(HANDLER_BY_HAND, target / HANDLER_BY_HAND.name)


def without_what_lambda_has(directory: Path) -> None:
    """Take out of an installation what Lambda's own Python has: boto3, botocore, and what only they need.

    That is what a careful user does, whose package then loads Lambda's botocore and not one of its own.
    """
    for path in directory.iterdir():
        if path.name.removesuffix(".py").partition("-")[0] in _OF_LAMBDA:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def install_with_uv(target: Path, *, packages: Path, uv_cache: Path | None = None) -> None:
    """Install locked packages with ``uv pip install --target``, and put the invoice service beside them.

    :param packages: the lock.
    """
    command = [find_uv_bin(), "pip", "install", "--quiet", "--python", sys.executable, "--target", str(target)]
    environment = settled_environment({"UV_CACHE_DIR": str(uv_cache)} if uv_cache else {})
    subprocess.run([*command, "-r", str(packages)], check=True, capture_output=True, env=environment)
    for name in ("invoices", "shop"):
        shutil.copytree(ENTRY / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))


def install_lambda_python(target: Path) -> None:
    """Install what Lambda's own Python has beside the standard library, with byte code."""
    command = [find_uv_bin(), "pip", "install", "--quiet", "--compile-bytecode", "--python", sys.executable]
    packages = [f"boto3=={version('boto3')}", f"botocore=={version('botocore')}"]
    subprocess.run(
        [*command, "--target", str(target), *packages], check=True, capture_output=True, env=settled_environment()
    )


def set_times_as_the_cdk_does(directory: Path) -> None:
    """Give all files the time that the CDK's asset publisher writes into each zip, so that hashes stay the same."""
    for path in _files(directory):
        os.utime(path, (315_532_800, 315_532_800))


def zipped(directory: Path, *, file: Path) -> Path:
    """Zip a directory, as much as deflate does by default."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(directory):
            archive.write(path, path.relative_to(directory))
    return file


def as_directory(bundle: Path, *, target: Path) -> Path:
    """Give a bundle as the directory that Lambda makes of it."""
    if bundle.is_dir():
        return bundle
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(target)
    return target


def as_zip(bundle: Path, *, file: Path) -> Path:
    """Give a bundle as the file that is uploaded."""
    return zipped(bundle, file=file) if bundle.is_dir() else bundle


def _files(directory: Path) -> Iterator[Path]:
    yield from sorted(path for path in directory.rglob("*") if path.is_file())


def _make(entry: Path) -> Bundle:
    from aws_cdk import App, Stack
    from aws_cdk import aws_lambda as lambda_

    from best_practice_constructs.bundling.bundle_platform import BUNDLE_PLATFORM_CONTEXT
    from best_practice_constructs.functions.bundling import bundled_code

    with tempfile.TemporaryDirectory() as directory:
        stack = Stack(App(context={BUNDLE_PLATFORM_CONTEXT: "host"}, outdir=directory), "Stack")
        start = time.perf_counter()
        code = bundled_code(
            stack,
            entry=entry,
            handler=HANDLER,
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
        )
        seconds = time.perf_counter() - start
        return Bundle(path=Path(cast(lambda_.AssetCode, code).path), seconds=seconds)


def main() -> None:
    """Make the bundle of an entry, and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bundles", description=__doc__)
    parser.add_argument("entry", type=Path)
    bundle = _make(parser.parse_args().entry)
    print(json.dumps({"path": str(bundle.path), "seconds": bundle.seconds}))


if __name__ == "__main__":
    main()
