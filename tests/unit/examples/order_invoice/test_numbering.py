from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.numbering import Series, series_of


def test_invoices_and_credit_notes_of_a_year_are_two_series() -> None:
    moment = datetime(2026, 6, 1, tzinfo=UTC)
    assert Series.of_invoices(moment).name == "INV-2026"
    assert Series.of_credit_notes(moment).name == "CRN-2026"


def test_the_year_is_that_of_utc() -> None:
    new_year_in_tokyo = datetime(2027, 1, 1, 8, 0, tzinfo=timezone(timedelta(hours=9)))
    assert Series.of_invoices(new_year_in_tokyo).year == 2026


def test_a_moment_without_time_zone_has_no_year() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Series.of_invoices(datetime(2026, 1, 1))  # noqa: DTZ001 -- that is what is refused


def test_numbers_are_readable_and_start_at_one() -> None:
    assert Series(prefix="INV", year=2026).number(1) == "INV-2026-000001"
    with pytest.raises(ValueError, match="the first is 1"):
        Series(prefix="INV", year=2026).number(0)


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_no_two_counts_share_a_number_and_each_names_its_series(one: int, other: int) -> None:
    series = Series(prefix="CRN", year=2026)
    assert (series.number(one) == series.number(other)) == (one == other)
    assert series_of(series.number(one)) == series.name
