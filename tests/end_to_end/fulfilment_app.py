"""The fulfilment service of the example alone, with the bus: it has no function to bundle."""

from __future__ import annotations

import json
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent

_APP = """
import sys

sys.path.insert(0, {repository!r})

from aws_cdk import App

from best_practice_constructs import ServiceDefaults
from examples.order_invoice.stacks.fulfilment_data_stack import FulfilmentDataStack
from examples.order_invoice.stacks.fulfilment_service_stack import FulfilmentServiceStack
from examples.order_invoice.stacks.shared_stack import SharedStack

app = App()
ServiceDefaults.development(application_version="7").apply_to(app)
shared, data = SharedStack(app, "shared"), FulfilmentDataStack(app, "data")
FulfilmentServiceStack(app, "fulfilment", data=data, bus=shared.bus)
app.synth()
"""


def write_fulfilment_app(directory: Path) -> Path:
    """Write the app into a directory and return it."""
    directory.mkdir(parents=True)
    (directory / "cdk.json").write_text(json.dumps({"app": "python app.py"}))
    (directory / "app.py").write_text(_APP.format(repository=str(REPOSITORY)))
    return directory
