"""The platform that a bundle's wheels are for (L7)."""

from __future__ import annotations

import re
import sys
import sysconfig
from dataclasses import dataclass

BUNDLE_PLATFORM_CONTEXT = "best-practice-constructs:bundle-platform"
"""Context key: ``lambda`` (the default), or ``host`` for the embedded stage, whose functions run on this machine."""

# Amazon Linux 2023 (Python 3.12 and newer) has glibc 2.34, Amazon Linux 2 has 2.26.
_FIRST_PYTHON_ON_AMAZON_LINUX_2023 = (3, 12)


@dataclass(frozen=True, kw_only=True)
class BundlePlatform:
    """The Python version and, unless it is this machine, uv's name of the platform."""

    python_version: str
    uv_platform: str | None

    @property
    def identity(self) -> str:
        """What tells bundles of different platforms apart, the same on every machine for Lambda's."""
        return f"python{self.python_version}-{self.uv_platform or sysconfig.get_platform()}"

    @property
    def uv_arguments(self) -> tuple[str, ...]:
        """What uv is told of the platform."""
        if self.uv_platform is None:
            return ("--python", sys.executable)
        return ("--python-platform", self.uv_platform, "--python-version", self.python_version)

    @classmethod
    def of_host(cls) -> BundlePlatform:
        """Give the platform of the interpreter that runs this."""
        return cls(python_version=f"{sys.version_info.major}.{sys.version_info.minor}", uv_platform=None)

    @classmethod
    def of_lambda(cls, *, runtime: str, architecture: str) -> BundlePlatform:
        """Give the platform of a Lambda runtime and architecture, by Lambda's names of them."""
        version = re.sub(r"^python", "", runtime)
        machine = "x86_64" if architecture == "x86_64" else "aarch64"
        major, minor = (int(part) for part in version.split("."))
        glibc = "2_34" if (major, minor) >= _FIRST_PYTHON_ON_AMAZON_LINUX_2023 else "2_17"
        return cls(python_version=version, uv_platform=f"{machine}-manylinux_{glibc}")
