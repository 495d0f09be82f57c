from __future__ import annotations

from best_practice_constructs.bundling.bundle_platform import BundlePlatform


def test_lambda_platforms_are_told_in_uvs_names() -> None:
    assert BundlePlatform.of_lambda(runtime="python3.14", architecture="arm64").uv_arguments == (
        "--python-platform",
        "aarch64-manylinux_2_34",
        "--python-version",
        "3.14",
    )
    old = BundlePlatform.of_lambda(runtime="python3.11", architecture="x86_64")
    assert old.uv_platform == "x86_64-manylinux_2_17"


def test_the_host_is_this_interpreter() -> None:
    assert BundlePlatform.of_host().uv_arguments[0] == "--python"
