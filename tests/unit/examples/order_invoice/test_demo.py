"""What the demo shows: whole, however narrow the terminal is, or where there is none."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from rich.console import Console

from examples.order_invoice.demo import figures_table, show_whole
from invoices.sales import Sales


@pytest.mark.parametrize("width", [20, 80, None])
def test_no_amount_is_cut(width: int | None) -> None:
    sales = Sales(
        day=date(2026, 11, 24),
        currency="EUR",
        invoices=123_456_789,
        credit_notes=123_456,
        net=Decimal("123456789012.34"),
        tax=Decimal("23456789012.34"),
        total=Decimal("146913578024.68"),
    )
    output = io.StringIO()
    show_whole(Console(file=output, width=width), figures_table([sales]))
    (row,) = [line for line in output.getvalue().splitlines() if "2026-11-24" in line]
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert cells == [
        "2026-11-24",
        "EUR",
        "123456789",
        "123456",
        "123,456,789,012.34",
        "23,456,789,012.34",
        "146,913,578,024.68",
    ]
