"""Read the body of a queue's message: an event from EventBridge, or any JSON object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import msgspec

from best_practice_constructs.runtime.codec import Decoder
from best_practice_constructs.runtime.errors import (
    DecodingError,
    MalformedMessageError,
    TypeMismatchError,
    UnexpectedEventError,
)
from best_practice_constructs.runtime.event_metadata import EventMetadata
from best_practice_constructs.runtime.event_type import EventDeclaration, event_declaration
from best_practice_constructs.runtime.pydantic_models import is_pydantic_model

EventT = TypeVar("EventT")

_object_decoder = Decoder(dict[str, object])


class _Detail(msgspec.Struct, Generic[EventT], frozen=True):
    metadata: EventMetadata
    data: EventT


class _Envelope(msgspec.Struct, Generic[EventT], frozen=True):
    detail: _Detail[EventT]


@dataclass(frozen=True, kw_only=True)
class MessageIdentity:
    """What a message says of itself, as far as it can be found without trusting it."""

    event_id: str | None
    correlation_id: str | None


@dataclass(frozen=True, kw_only=True)
class TypedMessage:
    """An event and its metadata; without a declared event the metadata, where there are any."""

    event: object
    metadata: EventMetadata | None


@dataclass(frozen=True, kw_only=True)
class WholeMessage:
    """A message whose event has all its fields.

    :param text: the message.
    :param body: the same, read.
    """

    text: str
    body: dict[str, object]


class MessageReader:
    """Reads the messages of one consumer; made once, when the handler is decorated.

    :param event: the declared class of the events, or ``None`` for any JSON object.
    :param wants_metadata: whether the handler needs the metadata.
    """

    def __init__(self, *, event: type | None, wants_metadata: bool) -> None:
        self._declaration = event_declaration(event) if event is not None else None
        self._wants_metadata = wants_metadata
        self._data_decoder = Decoder(event) if event is not None and is_pydantic_model(event) else None
        data = msgspec.Raw if self._data_decoder else (event or object)
        # The type's parameter is a value here, which type checkers have no words for.
        subscript = cast("Callable[[type], type[_Envelope[object]]]", getattr(_Envelope, "__class_getitem__"))  # noqa: B009 -- unknown to them
        self._decoder = Decoder(subscript(data), part=lambda envelope: envelope.detail.data, part_type=data)

    def body(self, text: str) -> dict[str, object]:
        """Read the body as a JSON object.

        :raises MalformedMessageError: it is none.
        """
        try:
            return _object_decoder.decode(text)
        except DecodingError as error:
            raise MalformedMessageError(f"The message's body is not a JSON object: {error}.") from error

    def whole(self, text: str, *, body: dict[str, object]) -> WholeMessage:
        """Give the message with what was put aside of its event, if anything was (E7).

        :raises UnexpectedEventError: it is another event; nothing was read.
        :raises PermanentError: what was put aside is gone, or something else.
        :raises ClaimCheckUnavailableError: it cannot be read now.
        """
        if not has_claim_check(body):
            return WholeMessage(text=text, body=body)
        self.check(body)
        # Most handlers never see a claim check.
        from best_practice_constructs.runtime.claim_check_reader import whole_text

        text = whole_text(text, event=f"{body.get('detail-type')} {identity_of(body).event_id}")
        return WholeMessage(text=text, body=self.body(text))

    def check(self, body: Mapping[str, object]) -> None:
        """Check that it is the declared event, before its data are read.

        :raises UnexpectedEventError: it is another event, or of another version.
        """
        if self._declaration is not None:
            _check_is(self._declaration, body=body)
            _check_version(self._declaration, body=body)

    def typed(self, text: str, *, body: Mapping[str, object]) -> TypedMessage:
        """Read the body as the declared event.

        :raises UnexpectedEventError: it is another event.
        :raises MalformedMessageError: it does not fit the event's class; the error names the field.
        """
        if self._declaration is not None:
            _check_is(self._declaration, body=body)
        elif not self._wants_metadata:
            return TypedMessage(event=body, metadata=None)
        if self._declaration is not None:
            _check_version(self._declaration, body=body)
        try:
            detail = self._decoder.decode(text).detail
            data = self._data(detail.data)
        except TypeMismatchError as error:
            name = self._declaration.detail_type if self._declaration else "an event with metadata"
            raise MalformedMessageError(f"The message does not fit {name}: {error}.") from error
        if self._declaration is None:
            return TypedMessage(event=body, metadata=detail.metadata)
        return TypedMessage(event=data, metadata=detail.metadata)

    def _data(self, decoded: object) -> object:
        if self._data_decoder is None:
            return decoded
        try:
            return self._data_decoder.decode(bytes(cast("msgspec.Raw", decoded)))
        except TypeMismatchError as error:
            raise TypeMismatchError(path=error.path.replace("$", "$.detail.data", 1), reason=error.reason) from error


def has_claim_check(body: Mapping[str, object]) -> bool:
    """Tell whether fields of the message's event were put aside."""
    detail = body.get("detail")
    # Others may call something of theirs so; without the metadata it is no event of this library.
    return isinstance(detail, dict) and "claim_check" in detail and "metadata" in detail


def fields_put_aside(body: Mapping[str, object]) -> list[str] | None:
    """Give the fields that were put aside of the message's event; ``None`` where it does not say that as it should."""
    detail = cast("Mapping[str, object]", body["detail"])
    claim_check = detail["claim_check"]
    fields: object = claim_check.get("fields") if isinstance(claim_check, dict) else None
    if not isinstance(fields, list) or not all(isinstance(each, str) for each in fields):
        return None
    return cast("list[str]", fields)


def _check_version(declaration: EventDeclaration, *, body: Mapping[str, object]) -> None:
    """Check it before the data are read: of another version's, the field that is missing says nothing."""
    metadata = _metadata_of(body)
    version = metadata.get("schema_version", 1)
    since = metadata.get("compatible_since") or version
    if not isinstance(version, int) or not isinstance(since, int):
        return  # that it does not fit is said of the metadata
    if version < declaration.compatible_since or since > declaration.version:
        reads = f"version {declaration.version}"
        if declaration.compatible_since < declaration.version:
            reads = f"versions {declaration.compatible_since} to {declaration.version} and what is compatible with them"
        raise UnexpectedEventError(
            f"The message is version {version} of {declaration.detail_type}, compatible since version {since}, and the "
            f"handler reads {reads}."
        )


def identity_of(body: Mapping[str, object]) -> MessageIdentity:
    """Find the ids of the event in a message's body."""
    fields = _metadata_of(body)
    event_id, correlation_id = fields.get("event_id", body.get("id")), fields.get("correlation_id")
    return MessageIdentity(
        event_id=event_id if isinstance(event_id, str) else None,
        correlation_id=correlation_id if isinstance(correlation_id, str) else None,
    )


def _metadata_of(body: Mapping[str, object]) -> Mapping[object, object]:
    detail = body.get("detail")
    metadata = detail.get("metadata") if isinstance(detail, dict) else None
    return metadata if isinstance(metadata, dict) else {}


def _check_is(declaration: EventDeclaration, *, body: Mapping[str, object]) -> None:
    source, detail_type = body.get("source"), body.get("detail-type")
    if (source, detail_type) != (declaration.source, declaration.detail_type):
        raise UnexpectedEventError(
            f"The message is {detail_type!r} of {source!r}, and the handler reads {declaration.detail_type!r} of "
            f"{declaration.source!r}."
        )
