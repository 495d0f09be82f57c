"""Numbers of invoices and credit notes: each series counts from one, without gap or repeat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Prefix = Literal["INV", "CRN"]


@dataclass(frozen=True, kw_only=True)
class Series:
    """The documents of one kind in one year (UTC), such as ``INV-2026``."""

    prefix: Prefix
    year: int

    @classmethod
    def of_invoices(cls, issued_at: datetime) -> Series:
        """Give the series of an invoice issued then."""
        return cls(prefix="INV", year=_year(issued_at))

    @classmethod
    def of_credit_notes(cls, issued_at: datetime) -> Series:
        """Give the series of a credit note issued then."""
        return cls(prefix="CRN", year=_year(issued_at))

    @property
    def name(self) -> str:
        """The key of its counter."""
        return f"{self.prefix}-{self.year}"

    def number(self, count: int) -> str:
        """Give the number of the ``count``-th document: ``INV-2026-000001``; after a million it has one digit more.

        :raises ValueError: counting starts at one.
        """
        if count < 1:
            raise ValueError(f"document {count} of {self.name} cannot be: the first is 1")
        return f"{self.name}-{count:06d}"


def series_of(number: str) -> str:
    """Give the series that a document's number belongs to."""
    return number.rpartition("-")[0]


def _year(issued_at: datetime) -> int:
    offset = issued_at.utcoffset()
    if offset is None:
        raise ValueError(f"{issued_at} has no time zone, so its year is unknown")
    return (issued_at - offset).year
