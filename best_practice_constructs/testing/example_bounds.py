"""Values within the bounds of an annotated type: msgspec's ``Meta``, Pydantic's ``Field``, annotated-types."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

NumberT = TypeVar("NumberT", int, float, Decimal)


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What an annotation says of a value; ``None`` where it says nothing."""

    ge: float | Decimal | None = None
    gt: float | Decimal | None = None
    le: float | Decimal | None = None
    lt: float | Decimal | None = None
    multiple_of: float | Decimal | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None

    def number(self, usual: NumberT) -> NumberT:
        """Give the usual number, or one within the bounds."""
        kind = type(usual)
        low = self.ge if self.ge is not None else self.gt
        high = self.le if self.le is not None else self.lt
        candidates = [usual]
        if low is not None and high is not None and kind is not int:
            candidates.append(kind((Decimal(str(low)) + Decimal(str(high))) / 2))
        for end, step in ((low, 1), (high, -1)):
            if end is not None:
                whole = math.ceil(end) if step > 0 else math.floor(end)
                candidates += [kind(str(end)) if kind is not int else kind(whole), kind(whole), kind(whole + step)]
        if self.multiple_of is not None:
            factor = Decimal(str(self.multiple_of))
            candidates += [
                kind(math.floor(Decimal(str(each)) / factor + shift) * factor)
                for each in candidates
                for shift in (0, 1)
            ]
        return next((each for each in candidates if self._allows(each)), usual)

    def text(self, usual: str) -> str:
        """Give the usual text, as long as it may be."""
        length = self._length(len(usual))
        return (usual * math.ceil(max(length, 1) / len(usual)))[:length]

    @property
    def items(self) -> int:
        """How many items a list has at least, one by default."""
        return self._length(1)

    def _length(self, usual: int) -> int:
        longest = usual if self.max_length is None else min(usual, self.max_length)
        return max(self.min_length or 0, longest)

    def _allows(self, number: float | Decimal) -> bool:
        exact = Decimal(str(number))
        ends = {name: None if (end := getattr(self, name)) is None else Decimal(str(end)) for name in _ENDS}
        return (
            (ends["ge"] is None or exact >= ends["ge"])
            and (ends["gt"] is None or exact > ends["gt"])
            and (ends["le"] is None or exact <= ends["le"])
            and (ends["lt"] is None or exact < ends["lt"])
            and (ends["multiple_of"] is None or exact % ends["multiple_of"] == 0)
        )


_ENDS = ("ge", "gt", "le", "lt", "multiple_of")


def bounds_of(metadata: Iterable[object]) -> Bounds:
    """Read the bounds out of an annotation's metadata."""
    found: dict[str, object] = {}
    for each in metadata:
        for name in Bounds.__dataclass_fields__:
            value = getattr(each, name, None)
            if value is not None and not callable(value):
                found[name] = value
    return Bounds(**found)  # type: ignore[arg-type] # as the annotations have them
