"""JSON objects by their members, each as it is written: taken apart and put together without reading the values."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encoder = msgspec.json.Encoder()


def members_of(text: str | bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    """Give the members of a JSON object, in their order.

    :raises msgspec.DecodeError: it is none.
    """
    return _decoder.decode(text)


def object_of(members: Mapping[str, msgspec.Raw]) -> bytes:
    """Write members as a JSON object."""
    return _encoder.encode(members)


def bytes_of(member: msgspec.Raw) -> int:
    """Give the size of a member's value."""
    return memoryview(member).nbytes
