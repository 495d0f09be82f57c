"""Read the body of a request: the media type, the text, the type."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Generic, TypeVar

from best_practice_constructs.runtime.codec import Decoder
from best_practice_constructs.runtime.errors import DecodingError, TypeMismatchError
from best_practice_constructs.runtime.problem import Problem

BodyT = TypeVar("BodyT")

_JSON_MEDIA_TYPE = re.compile(r"application/(?:json|[a-z0-9!#$&^_.+-]+\+json)", re.IGNORECASE)


class BodyReader(Generic[BodyT]):
    """Reads the bodies of one handler; made once, when the handler is decorated.

    :param body: the type of the body, a dataclass.
    """

    def __init__(self, body: type[BodyT]) -> None:
        self._decoder = Decoder(body)

    def read(self, text: str | None, *, content_type: str | None, is_base64_encoded: bool) -> BodyT:
        """Read the body of a request.

        :raises Problem: 400 for a body that is missing or is not JSON, 415 for another media type, 422 for a value that
            is not of the type; it names the member.
        """
        if not text:
            raise Problem(status=400, title="Missing body", detail="The request needs a JSON body.")
        _check_media_type(content_type)
        content = _content(text, is_base64_encoded=is_base64_encoded)
        try:
            body = self._decoder.decode(content)
        except TypeMismatchError as error:
            _check_members(content)
            raise Problem(
                status=422,
                title="Invalid body",
                detail=f"{error.reason} at {error.pointer or 'the top of the body'}.",
                errors=[{"pointer": f"#{error.pointer}", "detail": error.reason}],
            ) from error
        except DecodingError as error:
            raise _not_json(str(error)) from error
        _check_members(content)
        return body


def _check_media_type(content_type: str | None) -> None:
    media_type, *parameters = (content_type or "").split(";")
    if not _JSON_MEDIA_TYPE.fullmatch(media_type.strip()):
        given = f"not {media_type.strip()}" if media_type.strip() else "and the request names no content type"
        raise Problem(
            status=415,
            title="Unsupported media type",
            detail=f"The body must be application/json, {given}.",
            headers={"Accept": "application/json"},
        )
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8", "us-ascii"):
            raise Problem(
                status=415, title="Unsupported media type", detail=f"JSON is written in UTF-8, not {value.strip()}."
            )


def _content(text: str, *, is_base64_encoded: bool) -> bytes:
    try:
        content = base64.b64decode(text, validate=True) if is_base64_encoded else text.encode()
        content.decode()
    except (binascii.Error, UnicodeError) as error:
        raise _not_json("it is not UTF-8") from error
    return content


def _check_members(content: bytes) -> None:
    """Refuse members that are there twice: the gateway's check and this one could read different values."""

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise _not_json(f"the member {twice!r} is there more than once")
        return found

    try:
        json.loads(content, object_pairs_hook=members, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise _not_json(str(error)) from error


def _not_json(reason: str) -> Problem:
    return Problem(status=400, title="Malformed body", detail=f"The body cannot be read as JSON: {reason}.")
