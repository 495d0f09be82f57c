"""Where the emulator serves APIs: not at the addresses that outputs tell."""

from __future__ import annotations

from urllib.parse import urlsplit

_EXECUTE_API = ".execute-api."


def api_address(api_id: str, stage: str, *, endpoint_url: str) -> str:
    """Return the address of an API's stage, without a slash at its end.

    :param api_id: the physical id of the API.
    :param stage: the name of the API's stage.
    :param endpoint_url: the emulator's address.
    """
    return f"{endpoint_url}/_aws/execute-api/{api_id}/{stage}"


def local_address(url: str, *, endpoint_url: str) -> str:
    """Return where the emulator serves an API's address on AWS; other addresses come back as they are.

    :param url: such as ``"https://abc.execute-api.us-east-1.amazonaws.com/prod/orders"``.
    :param endpoint_url: the emulator's address.
    """
    parts = urlsplit(url)
    api_id, is_api, _ = parts.netloc.partition(_EXECUTE_API)
    if not is_api:
        return url
    query = f"?{parts.query}" if parts.query else ""
    return f"{endpoint_url}/_aws/execute-api/{api_id}{parts.path}{query}"
