"""What the context says of bundling, asked once for each stack (L3)."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Stack

from best_practice_constructs.bundling.bundle_platform import BUNDLE_PLATFORM_CONTEXT
from best_practice_constructs.weak_identity_map import WeakIdentityMap

BYTE_CODE_CONTEXT = "best-practice-constructs:byte-code"
"""Context key: ``available`` (the default: if the function's Python is on this machine), ``required`` or ``none``."""


@dataclass(frozen=True, kw_only=True)
class BundlingSettings:
    """What holds for the functions of one stack.

    :param is_for_host: they run on this machine, on the embedded stage.
    :param byte_code: as the context of the stack or the app has it.
    :param is_required: the CDK wants the stack's assets bundled.
    """

    is_for_host: bool
    byte_code: object
    is_required: bool

    @classmethod
    def of(cls, stack: Stack) -> BundlingSettings:
        """Read the settings of a stack; its context cannot change once it has children."""
        if stack not in _settings:
            node = stack.node
            _settings[stack] = cls(
                is_for_host=node.try_get_context(BUNDLE_PLATFORM_CONTEXT) == "host",
                byte_code=node.try_get_context(BYTE_CODE_CONTEXT) or "available",
                is_required=stack.bundling_required,
            )
        return _settings[stack]


_settings: WeakIdentityMap[Stack, BundlingSettings] = WeakIdentityMap()
