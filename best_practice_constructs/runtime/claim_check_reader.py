"""Read an event whole whose large fields were put aside, into S3 (E7)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import cast

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from best_practice_constructs.runtime import clients, telemetry
from best_practice_constructs.runtime.claim_check import ClaimCheck, object_key
from best_practice_constructs.runtime.codec import Decoder
from best_practice_constructs.runtime.errors import (
    ClaimCheckMismatchError,
    ClaimCheckMissingError,
    ClaimCheckUnavailableError,
    DecodingError,
    MalformedMessageError,
)
from best_practice_constructs.runtime.json_members import members_of, object_of

_GONE = frozenset({"NoSuchKey", "NoSuchBucket", "404"})
_REFUSED = frozenset({"AccessDenied", "Forbidden", "403"})

_decoder = Decoder(ClaimCheck)


def whole_text(text: str, *, event: str) -> str:
    """Give the message with the fields that its event lacks, and without the claim check.

    :param text: the message, with a ``detail.claim_check``.
    :param event: what the event is called in errors.
    :raises MalformedMessageError: the claim check is none.
    :raises ClaimCheckMissingError: the fields are gone.
    :raises ClaimCheckMismatchError: what lies there is something else.
    :raises ClaimCheckUnavailableError: they cannot be read now.
    """
    envelope = members_of(text)
    try:
        detail = members_of(envelope["detail"])
        claim_check = _claim_check(detail.pop("claim_check"))
        data = members_of(detail.get("data", b"{}"))
    except DecodingError as error:
        raise MalformedMessageError(f"The claim check of the {event} is none: {error}.") from error
    except msgspec.DecodeError as error:
        raise MalformedMessageError(f"The data of the {event}, which has a claim check, are no object.") from error
    fields = _fields(claim_check, event=event)
    if already := sorted(fields.keys() & data.keys()):
        raise MalformedMessageError(f"The {event} has {already[0]!r} itself, which its claim check names too.")
    detail["data"] = msgspec.Raw(object_of(data | fields))
    envelope["detail"] = msgspec.Raw(object_of(detail))
    return object_of(envelope).decode()


def _claim_check(text: msgspec.Raw) -> ClaimCheck:
    claim_check = _decoder.decode(bytes(text))
    # Else whoever can send a message could have the function read whatever its role may.
    if claim_check.key != object_key(claim_check.sha256):
        raise DecodingError("its key is not that of its digest")
    return claim_check


def _fields(claim_check: ClaimCheck, *, event: str) -> dict[str, msgspec.Raw]:
    content = _read(claim_check, event=event)
    if hashlib.sha256(content).hexdigest() != claim_check.sha256:
        raise ClaimCheckMismatchError(
            f"{_what(claim_check, event=event)} has another content than was put aside: somebody wrote over it. "
            "Publish the event again, from what its source knows."
        )
    try:
        fields = members_of(content)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ClaimCheckMismatchError(f"{_what(claim_check, event=event)} is no JSON object: {error}.") from error
    if fields.keys() != set(claim_check.fields):
        raise ClaimCheckMismatchError(
            f"{_what(claim_check, event=event)} holds {', '.join(sorted(fields)) or 'nothing'} instead."
        )
    telemetry.logger().debug(
        "Fields of a large event read",
        extra={"fields": claim_check.fields, "bytes": len(content), "claim_check_key": claim_check.key},
    )
    return fields


def _read(claim_check: ClaimCheck, *, event: str) -> bytes:
    try:
        # Only what is routed to a consumer says whether any of its events is large.
        # sdk-calls: s3:GetObject if allowed
        answer = clients.client("s3").get_object(Bucket=claim_check.bucket, Key=claim_check.key)
        # One byte more than it should have is enough to see that it is another.
        return answer["Body"].read(claim_check.size + 1)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "Unknown")
        raise _failure(claim_check, error, code=code, event=event) from error
    except BotoCoreError as error:
        raise _failure(claim_check, error, code=type(error).__name__, event=event) from error


def _failure(claim_check: ClaimCheck, error: Exception, *, code: str, event: str) -> Exception:
    what = _what(claim_check, event=event)
    expires_at = claim_check.expires_at
    if expires_at is not None and expires_at.tzinfo is None:
        expires_at = expires_at.replace(tzinfo=UTC)
    has_expired = expires_at is not None and expires_at <= datetime.now(UTC)
    if code in _GONE or (code in _REFUSED and has_expired):
        if has_expired:
            why = f"expired on {cast('datetime', expires_at):%Y-%m-%d}"
        else:
            why = "was deleted" + (f" before it expired on {expires_at:%Y-%m-%d}" if expires_at else "")
        if code == "NoSuchBucket":
            why = "is gone with its bucket"
        return ClaimCheckMissingError(
            f"{what} {why}. To handle the message again cannot help: publish the event again, from what its source "
            "knows."
        )
    if code in _REFUSED:
        return ClaimCheckUnavailableError(
            f"{what} cannot be read ({error}). Either the function's role may not: route the event from a bus with "
            "claim_check=store, or call store.allow_consumer(…). Or the object was deleted: S3 says the same of both "
            "to a role that may not list the bucket."
        )
    return ClaimCheckUnavailableError(f"{what} cannot be read for now ({error}).")


def _what(claim_check: ClaimCheck, *, event: str) -> str:
    return (
        f"The {event} is not whole: s3://{claim_check.bucket}/{claim_check.key}, which held its "
        f"{', '.join(claim_check.fields)},"
    )
