"""The claim check of a large event: what stands in it for the fields that were put aside, into S3 (E7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

PREFIX = "claim-checks/"
"""How the keys of all objects begin."""

DEFAULT_THRESHOLD_BYTES = 240 * 1024
"""With what EventBridge and SQS put around it, an event of this size still fits into 256 KiB: a topic takes no more,
nor do queues that were made when SQS took no more. From about there on it is also cheaper to put fields aside than to
carry them: each 64 KiB more cost as much as another event, on the bus and in each queue."""


@dataclass(frozen=True, kw_only=True)
class ClaimCheck:
    """``detail.claim_check`` of an event whose large fields lie in S3.

    :param bucket: the bucket.
    :param key: the object: a JSON object of the fields.
    :param sha256: the digest of the object, in hexadecimal digits.
    :param size: its bytes.
    :param fields: the names of the fields.
    :param expires_at: from when on it may be gone, in UTC; ``None`` where the publisher does not know.
    """

    bucket: str
    key: str
    sha256: str
    size: int
    fields: tuple[str, ...]
    expires_at: datetime | None = None


def object_key(sha256: str) -> str:
    """Give the key of the object with a digest: what is put aside twice is one object."""
    return f"{PREFIX}{sha256}"
