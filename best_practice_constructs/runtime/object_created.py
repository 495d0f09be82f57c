"""That an object came into a bucket, as EventBridge tells it (E2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from best_practice_constructs.runtime.errors import MalformedMessageError, UnexpectedEventError

_SOURCE, _DETAIL_TYPE = "aws.s3", "Object Created"


@dataclass(frozen=True, kw_only=True)
class ObjectCreated:
    """An object that was put, copied or completed; S3's event *Object Created*.

    :param bucket: the bucket's name.
    :param key: the object's key, as it is: EventBridge does not encode it, as S3's own notifications do.
    :param size: bytes, ``None`` where S3 does not tell.
    :param etag: what S3 calls the content.
    :param version_id: ``None`` in a bucket without versions.
    :param sequencer: orders the events of one key: the longer, then the greater text is the later event.
    :param reason: the call that made it, such as ``PutObject`` or ``CompleteMultipartUpload``.
    """

    bucket: str
    key: str
    size: int | None = None
    etag: str | None = None
    version_id: str | None = None
    sequencer: str | None = None
    reason: str | None = None


def object_created(body: Mapping[str, object]) -> ObjectCreated:
    """Read the event.

    :raises UnexpectedEventError: it is another event.
    :raises MalformedMessageError: it names no bucket or no key.
    """
    source, detail_type = body.get("source"), body.get("detail-type")
    if (source, detail_type) != (_SOURCE, _DETAIL_TYPE):
        raise UnexpectedEventError(
            f"The message is {detail_type!r} of {source!r}, and the handler reads {_DETAIL_TYPE!r} of {_SOURCE!r}."
        )
    detail = _mapping(body.get("detail"))
    created, bucket = _mapping(detail.get("object")), _text(_mapping(detail.get("bucket")).get("name"))
    key, size = _text(created.get("key")), created.get("size")
    if not bucket or not key:
        raise MalformedMessageError("The event Object Created names no bucket or no key.")
    return ObjectCreated(
        bucket=bucket,
        key=key,
        size=size if isinstance(size, int) else None,
        etag=_text(created.get("etag")),
        version_id=_text(created.get("version-id")),
        sequencer=_text(created.get("sequencer")),
        reason=_text(detail.get("reason")),
    )


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
