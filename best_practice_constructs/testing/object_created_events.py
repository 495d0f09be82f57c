"""Events of S3 about new objects, as EventBridge delivers them."""

from __future__ import annotations

from best_practice_constructs.testing.event_payloads import ACCOUNT, REGION


def object_created_event(
    *, bucket: str, key: str, size: int = 1, version_id: str | None = None, reason: str = "PutObject"
) -> dict[str, object]:
    """Give what a consumer of ``on_object_created`` gets: S3's event ``Object Created``.

    :param bucket: the name of the bucket.
    :param key: of the object, as it is.
    :param size: in bytes.
    :param version_id: of the object, in a bucket with versions.
    :param reason: the call that made it, such as ``PutObject`` or ``CompleteMultipartUpload``.

    ```python
    from best_practice_constructs.testing import object_created_event

    event = object_created_event(bucket="documents", key="invoices/17.pdf")
    assert event["detail"]["object"]["key"] == "invoices/17.pdf"
    ```
    """
    created: dict[str, object] = {
        "key": key,
        "size": size,
        "etag": "d41d8cd98f00b204e9800998ecf8427e",
        "sequencer": "00617F08299329D189",
    }
    if version_id is not None:
        created["version-id"] = version_id
    return {
        "version": "0",
        "id": "2f6f5c0e-5a53-5d5c-8f0a-0c1f3f1b7a12",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": ACCOUNT,
        "time": "2026-01-01T00:00:00Z",
        "region": REGION,
        "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": created,
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": ACCOUNT,
            "source-ip-address": "192.0.2.1",
            "reason": reason,
        },
    }
