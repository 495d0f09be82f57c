"""An app with the example of claim checks in one stack, and with its store apart from the functions in two."""

from __future__ import annotations

import json
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent

_APP = """
import sys

sys.path.insert(0, {repository!r})

from aws_cdk import App, Stack

from best_practice_constructs import (
    ClaimCheckStore,
    EnrichedEventBus,
    IdempotentQueueConsumer,
    ServiceDefaults,
    SinglePurposeFunction,
)
from examples.claim_check.stack import SERVICE, PackingStack
from packing_events import OrderPacked

app = App()
ServiceDefaults.development(service="warehouse").apply_to(app)
PackingStack(app, "Together")

shared, code = Stack(app, "Shared"), Stack(app, "Apart")
store = ClaimCheckStore(shared, "ClaimChecks", parameter_name="/test/claim-checks", threshold_bytes=2_000)
bus = EnrichedEventBus(shared, "Bus", claim_check=store)
pack_order = SinglePurposeFunction(code, "PackOrder", entry=SERVICE, handler="pack_order.handler")
bus.add_publisher(pack_order, OrderPacked)
bus.route(OrderPacked, to=IdempotentQueueConsumer(code, "Lists", entry=SERVICE, handler="print_list.handler"))
app.synth()
"""


def write_claim_check_app(directory: Path) -> Path:
    """Write the app into a directory and return it."""
    directory.mkdir(parents=True)
    (directory / "cdk.json").write_text(json.dumps({"app": "python app.py"}))
    (directory / "app.py").write_text(_APP.format(repository=str(REPOSITORY)))
    return directory
