"""What ends a command: one sentence for the person who started it."""

from __future__ import annotations

_SIGNS_OF_NO_NETWORK = (
    "connection refused",
    "connection reset",
    "could not connect",
    "dns error",
    "econnrefused",
    "econnreset",
    "enotfound",
    "eai_again",
    "error sending request",
    "etimedout",
    "failed to establish a new connection",
    "failed to fetch",
    "max retries exceeded",
    "name or service not known",
    "network is unreachable",
    "no matching distribution found for uv",
    "temporary failure in name resolution",
    "timed out",
)


class CommandFailedError(Exception):
    """A command cannot go on; the message is one sentence that says why and what to do."""


def failed_download(what: str, *, output: str, log: str) -> CommandFailedError:
    """Make the error of an installation that failed.

    :param what: what was being installed, such as ``"the locked Python packages"``.
    :param output: what the installer printed.
    :param log: the file that holds ``output``.
    """
    lowered = output.lower()
    if any(sign in lowered for sign in _SIGNS_OF_NO_NETWORK):
        return CommandFailedError(
            f"Could not download {what}: the package index cannot be reached; "
            "check the network and run the command again."
        )
    return CommandFailedError(f"Could not install {what}: the installer's own words are in {log}.")
