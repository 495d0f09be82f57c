"""The environment variables an emulator runs with."""

from __future__ import annotations

import os
from pathlib import Path

from best_practice_constructs.local.clients import DEFAULT_ACCOUNT, ROOT_ACCESS_KEY, ROOT_SECRET_KEY
from best_practice_constructs.local.node import find_node

_PATH_WITHOUT_ANY = "/usr/local/bin:/usr/bin:/bin"


def emulator_settings(
    *, working_directory: Path, host: str, port: int, region: str, enforce_iam: bool
) -> dict[str, str]:
    """Return the whole environment of an emulator.

    Nothing of the user's environment but the path is taken over: handlers inherit these variables, and a profile, a
    proxy or a PYTHONPATH of the user would make them behave as nowhere else.

    :param working_directory: where it may write; the directories named here are made.
    :param host: the address it listens on.
    :param port: the port it listens on.
    :param region: the region of requests that name none.
    :param enforce_iam: whether SDK calls made inside handlers are checked against their role.
    """
    folders = {name: working_directory / name for name in ("home", "temporary", "state", "objects")}
    for folder in folders.values():
        folder.mkdir()
    path = os.environ.get("PATH", _PATH_WITHOUT_ANY)
    node = find_node()
    if node:
        # CDK's own custom resources are Node functions.
        path = f"{node.parent}{os.pathsep}{path}"
    return {
        "PATH": path,
        "HOME": str(folders["home"]),
        "TMPDIR": str(folders["temporary"]),
        "STATE_DIR": str(folders["state"]),
        "S3_DATA_DIR": str(folders["objects"]),
        "LANG": "C.UTF-8",
        # As in Lambda.
        "TZ": "UTC",
        "BIND_HOST": host,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": region,
        "MINISTACK_ACCOUNT_ID": DEFAULT_ACCOUNT,
        "AWS_ACCESS_KEY_ID": ROOT_ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_KEY,
        "AUTH": "true" if enforce_iam else "false",
        # Other listeners that would take fixed ports on all interfaces.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # The emulator removes containers it takes for its own, and those may be another stage's.
        "DOCKER_HOST": f"unix://{working_directory / 'no-docker.sock'}",
        # Nothing takes segments here, and the X-Ray SDK would be loaded at every cold start for nothing.
        "POWERTOOLS_TRACE_DISABLED": "true",
        # The emulator takes a stream's partial response for a success, and would lose what failed.
        "FAILED_RECORDS_RAISE": "true",
        # Seconds instead of minutes between the attempts of an asynchronous invocation.
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.1",
    }
