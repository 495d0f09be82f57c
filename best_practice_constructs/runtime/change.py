"""What changed in a table, as its stream tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from best_practice_constructs.runtime.errors import ConfigurationError

ChangeKind = Literal["INSERT", "MODIFY", "REMOVE"]
"""What happened to an item."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of one item of a DynamoDB table; numbers are ``Decimal``, binary values ``bytes``, sets ``set``.

    :param event_name: ``INSERT``, ``MODIFY`` or ``REMOVE``.
    :param keys: the item's key attributes.
    :param before: the item as it was; ``None`` for an insertion, and where the stream keeps no old images.
    :param after: the item as it is; ``None`` for a removal, and where the stream keeps no new images.
    :param sequence_number: its place in the stream; later changes of the item have greater ones.
    :param change_id: the id of this change, the same in each repetition of the record.
    :param created_at: about when it happened, in UTC.
    :param is_expiry: DynamoDB itself removed the item, because its time to live was over.
    """

    event_name: ChangeKind
    keys: Mapping[str, object]
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    sequence_number: str
    change_id: str
    created_at: datetime
    is_expiry: bool = False

    @property
    def tells_what_changed(self) -> bool:
        """Whether the table's stream keeps the images that :attr:`changed` takes."""
        return (self.before is not None or self.event_name == "INSERT") and (
            self.after is not None or self.event_name == "REMOVE"
        )

    @property
    def image(self) -> Mapping[str, object]:
        """The item as it is; of a removal as it was; where the stream keeps no such image, its key attributes."""
        kept = self.before if self.event_name == "REMOVE" else self.after
        return self.keys if kept is None else kept

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of the attributes that came, went or have another value, in alphabetical order.

        :raises ConfigurationError: the table's stream does not keep the images that it takes to tell.
        """
        if not self.tells_what_changed:
            raise ConfigurationError(
                "The table's stream does not keep both images of an item, so nobody can tell what changed: give the "
                "table stream=StreamViewType.NEW_AND_OLD_IMAGES."
            )
        before, after = self.before or {}, self.after or {}
        names = {*before, *after}
        return tuple(
            sorted(
                name
                for name in names
                if name not in before or name not in after or not _same(before[name], after[name])
            )
        )


def _same(one: object, other: object) -> bool:
    """Compare two values as DynamoDB would: to Python ``True`` and ``Decimal(1)`` are equal."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        others = cast("dict[str, object]", other)
        return one.keys() == others.keys() and all(_same(value, others[name]) for name, value in one.items())
    if isinstance(one, list):
        values = cast("list[object]", other)
        return len(one) == len(values) and all(_same(*pair) for pair in zip(one, values, strict=True))
    return one == other
