"""The code of a function: its entry, the runtime package and its locked dependencies, without Docker (L3, L7)."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from best_practice_constructs.bundling.bundle import bundle, bundle_key
from best_practice_constructs.bundling.bundle_platform import BundlePlatform
from best_practice_constructs.bundling.bundle_sources import bundle_sources
from best_practice_constructs.bundling.bundling_error import BundlingError, LockError
from best_practice_constructs.bundling.dependency_lock import read_lock
from best_practice_constructs.bundling.interpreter import interpreter_of
from best_practice_constructs.bundling.remembered_sources import remembered_sources
from best_practice_constructs.construct_place import path_of, stack_of
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.functions.bundling_settings import BYTE_CODE_CONTEXT, BundlingSettings
from best_practice_constructs.functions.lambda_names import lambda_name


def bundled_code(
    scope: Construct,
    *,
    entry: Path,
    handler: str,
    runtime: lambda_.Runtime,
    architecture: lambda_.Architecture,
    has_layers: bool = False,
) -> lambda_.Code:
    """Give the code asset of ``entry``; its hash is one of content alone, the same whether it was bundled or not.

    The CDK says per stack whether bundling is required (``cdk synth OneStack``, tests with the context
    ``aws:cdk:bundling-stacks``); where it is not, the entry itself stands in.

    :param handler: module and function: only what it reaches of the entry, the runtime and the libraries is bundled.
    :param has_layers: the function has layers, which may hold what the lock does not.
    :raises InvalidArgumentError: the dependencies are not locked, have no wheel for the platform, or cannot be fetched;
        byte code is required, and no interpreter of the function's Python is at hand.
    """
    settings = BundlingSettings.of(stack_of(scope))
    for_lambda = BundlePlatform.of_lambda(runtime=lambda_name(runtime), architecture=lambda_name(architecture))
    platform = BundlePlatform.of_host() if settings.is_for_host else for_lambda
    try:
        lock = read_lock(entry, has_layers=has_layers)
        find = remembered_sources if settings.is_required else bundle_sources
        sources = find(entry, handler=handler)
        interpreter = _interpreter(scope, platform, settings=settings)
        key = bundle_key(sources, lock=lock, platform=platform, is_compiled=interpreter is not None)
        asset = entry
        if settings.is_required:
            asset = bundle(
                sources,
                lock=lock,
                platform=platform,
                label=path_of(scope),
                interpreter=interpreter,
                has_layers=has_layers,
            )
    except (LockError, BundlingError) as error:
        raise InvalidArgumentError(
            scope,
            given=f"entry={str(entry)!r}",
            reason=str(error),
            remedy="see docs/bundling.md for what an entry holds",
        ) from error
    return lambda_.Code.from_asset(str(asset), asset_hash=key)


def _interpreter(scope: Construct, platform: BundlePlatform, *, settings: BundlingSettings) -> str | None:
    wanted = settings.byte_code
    if wanted not in ("available", "required", "none"):
        raise InvalidArgumentError(
            scope,
            given=f"{BYTE_CODE_CONTEXT}={wanted!r} in the context",
            reason="it says whether bundles hold byte code",
            remedy="write 'available' (the default), 'required' or 'none'",
        )
    if wanted == "none":
        return None
    version = platform.python_version
    interpreter = interpreter_of(version)
    if interpreter is None and wanted == "required":
        raise InvalidArgumentError(
            scope,
            given=f"{BYTE_CODE_CONTEXT}='required' in the context",
            reason=f"no Python {version} is on this machine, and only it can compile for the function (L3)",
            remedy=f"install one, as with 'uv python install {version}'",
        )
    if interpreter is None and settings.is_required:
        _tell_once(version)
    return interpreter


@functools.cache
def _tell_once(version: str) -> None:
    print(
        f"Bundles for Python {version} hold no byte code, so that each cold start compiles their modules, which costs "
        f"hundreds of milliseconds: install Python {version}, as with 'uv python install {version}'.",
        file=sys.stderr,
        flush=True,
    )
