"""A fact as it lies in a table: inserted once, never changed, and the source of the event that tells of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import msgspec

from best_practice_constructs.runtime import Change, OutgoingEvent, PermanentError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from best_practice_constructs.runtime import Change

T = TypeVar("T")

_EVENT_IDS = uuid.UUID("6f0c1c5e-4c5c-5d0e-9b57-0d9f7f1f2a11")


class UnreadableFactError(PermanentError):
    """What lies in a table is no fact, or says something else than it should; trying again does not help."""


@dataclass(frozen=True, kw_only=True)
class StoredFact:
    """What happened to an order, as a table item.

    :param order_id: the partition key: what it happened to.
    :param fact: the sort key: what happened. A thing happens once to an order, so the two are the fact's identity.
    :param data: the fact as JSON. It is written and read as a whole, so it stays the exact text of its type.
    :param occurred_at: when it happened.
    :param correlation_id: of the request that it began with.
    :param causation_id: the event that caused it, ``None`` for what a client asked for.
    """

    order_id: str
    fact: str
    data: str
    occurred_at: datetime
    correlation_id: str
    causation_id: str | None = None

    @classmethod
    def of(
        cls,
        content: object,
        *,
        order_id: str,
        fact: str,
        occurred_at: datetime,
        correlation_id: str,
        causation_id: str | None = None,
    ) -> StoredFact:
        """Make the fact whose data is ``content``, a dataclass."""
        return cls(
            order_id=order_id,
            fact=fact,
            data=msgspec.json.encode(content).decode(),
            occurred_at=occurred_at,
            correlation_id=correlation_id,
            causation_id=causation_id,
        )

    @classmethod
    def from_item(cls, item: Mapping[str, AttributeValueTypeDef]) -> StoredFact:
        """Read a table item."""
        return cls(
            order_id=item["order_id"]["S"],
            fact=item["fact"]["S"],
            data=item["data"]["S"],
            occurred_at=datetime.fromisoformat(item["occurred_at"]["S"]),
            correlation_id=item["correlation_id"]["S"],
            causation_id=item["causation_id"]["S"] if "causation_id" in item else None,
        )

    @classmethod
    def inserted_by(cls, change: Change) -> StoredFact | None:
        """Read the fact that a change of the table inserted.

        Facts never change: what else a stream tells is somebody cleaning up.

        :raises UnreadableFactError: the new item is no fact.
        """
        if change.event_name != "INSERT":
            return None
        texts = (change.after or {}).items()
        item: dict[str, AttributeValueTypeDef] = {name: {"S": text} for name, text in texts if isinstance(text, str)}
        try:
            return cls.from_item(item)
        except KeyError as error:
            raise UnreadableFactError(f"The item {dict(change.keys)} is no fact: it lacks {error}.") from error
        except ValueError as error:
            raise UnreadableFactError(f"The item {dict(change.keys)} is no fact: {error}.") from error

    def to_item(self) -> dict[str, AttributeValueTypeDef]:
        """Give the table item."""
        item: dict[str, AttributeValueTypeDef] = {
            "order_id": {"S": self.order_id},
            "fact": {"S": self.fact},
            "data": {"S": self.data},
            "occurred_at": {"S": self.occurred_at.isoformat()},
            "correlation_id": {"S": self.correlation_id},
        }
        if self.causation_id is not None:
            item["causation_id"] = {"S": self.causation_id}
        return item

    def content(self, type_: type[T]) -> T:
        """Give what the fact says, as the type it was made of.

        :raises UnreadableFactError: it says something else.
        """
        try:
            return msgspec.json.decode(self.data, type=type_)
        except msgspec.MsgspecError as error:
            raise UnreadableFactError(
                f"{self.fact} of order {self.order_id} is no {type_.__name__}: {error}."
            ) from error

    def event(self, event: object) -> OutgoingEvent:
        """Give ``event``, which tells of this fact, as it is to be published: every time the same."""
        return OutgoingEvent(
            event=event,
            event_id=self.event_id,
            correlation_id=self.correlation_id,
            causation_id=self.causation_id,
            # The fact is new as a whole: the names of its attributes tell nobody anything.
            changed=(),
            occurred_at=self.occurred_at,
        )

    @property
    def event_id(self) -> str:
        """The id of the event that tells of this fact: derived from the fact.

        So that telling it twice is one event told twice.
        """
        return str(uuid.uuid5(_EVENT_IDS, f"{self.order_id}/{self.fact}"))
