"""The page on permissions tells of SAM's policies what the functions do."""

from __future__ import annotations

from tests.docs.sam_policies import PAGE, table, with_table


def test_the_table_is_what_the_functions_say() -> None:
    page = PAGE.read_text("utf-8")
    assert table().count("\n") == 2 + 81
    assert with_table(page) == page
