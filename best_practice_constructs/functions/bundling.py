"""The code of a function: its entry, the runtime package and its locked dependencies, without Docker (L3, L7)."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.functions.bundling_build import BundlingError, bundle_directory
from best_practice_constructs.functions.bundling_lock import LockError, read_lock
from best_practice_constructs.functions.bundling_platform import BUNDLE_PLATFORM_CONTEXT, BundlePlatform
from best_practice_constructs.functions.bundling_sources import content_hash


def bundled_code(
    scope: Construct,
    *,
    entry: Path,
    runtime: lambda_.Runtime,
    architecture: lambda_.Architecture,
    has_layers: bool = False,
) -> lambda_.Code:
    """Give the code asset of ``entry``; its hash is one of content alone, the same whether it was bundled or not.

    The CDK says per stack whether bundling is required (``cdk synth OneStack``, tests with the context
    ``aws:cdk:bundling-stacks``); where it is not, the entry itself stands in.

    :param has_layers: the function has layers, which may hold what the lock does not.
    :raises InvalidArgumentError: the dependencies are not locked, have no wheel for the platform, or cannot be fetched.
    """
    for_host = scope.node.try_get_context(BUNDLE_PLATFORM_CONTEXT) == "host"
    platform = BundlePlatform.of_host() if for_host else BundlePlatform.of_lambda(runtime, architecture)
    try:
        lock = read_lock(entry, has_layers=has_layers)
        key = content_hash(entry, lock=lock, platform=platform.identity)
        directory = entry
        if Stack.of(scope).bundling_required:
            directory = bundle_directory(
                entry, key=key, lock=lock, platform=platform, label=scope.node.path, has_layers=has_layers
            )
    except (LockError, BundlingError) as error:
        raise InvalidArgumentError(
            scope,
            given=f"entry={str(entry)!r}",
            reason=str(error),
            remedy="see docs/bundling.md for what an entry holds",
        ) from error
    return lambda_.Code.from_asset(str(directory), asset_hash=key)
