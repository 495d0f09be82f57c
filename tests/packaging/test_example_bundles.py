"""The bundles of the example keep to a budget."""

from __future__ import annotations

import pytest

from best_practice_constructs.testing import assert_bundle_within
from examples.order_invoice import SERVICES

HANDLERS = (
    "invoices.issue_invoice",
    "notices.write_invoice_notice",
    "orders.place_order",
    "orders.publish_order_facts",
)


@pytest.mark.slow
@pytest.mark.parametrize("module", HANDLERS)
def test_a_bundle_is_small_and_loads_nothing_heavy_before_the_first_call(module: str) -> None:
    measure = assert_bundle_within(
        SERVICES,
        handler=f"{module}.handler",
        zipped_bytes=4_500_000,
        not_imported=["pydantic", "boto3.resources", "s3transfer"],
        repeats=1,
    )
    assert ("tenacity" in measure.packages) == (module == "invoices.issue_invoice")
