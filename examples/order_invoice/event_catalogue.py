"""Writes the catalogue of the system's events: ``make events``.

``events.json`` is what the next change of an event is compared with, ``events.md`` is the page that people read.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from aws_cdk import App

from best_practice_constructs import EventCatalogue, EventCatalogueError
from best_practice_constructs.events.catalogue_markdown import catalogue_markdown
from examples.order_invoice.deployment_stage import DeploymentStage
from examples.order_invoice.system import create_order_invoice_system

_HERE = Path(__file__).parent
COMMITTED = _HERE / "events.json"
PAGE = _HERE / "events.md"
_TITLE = "Events of the order/invoice system"


def current_catalogue() -> EventCatalogue:
    """Give the catalogue of the events as they are declared and routed now."""
    flags = json.loads((_HERE.parents[1] / "cdk.json").read_text("utf-8"))["context"]
    with tempfile.TemporaryDirectory() as directory:
        app = App(context={**flags, "aws:cdk:bundling-stacks": []}, outdir=directory)
        DeploymentStage.from_context({}).defaults.apply_to(app)
        create_order_invoice_system(app, prefix="order-invoice")
        return EventCatalogue.of(app)


def page_of(catalogue: EventCatalogue) -> str:
    """Write the page."""
    return catalogue_markdown(catalogue, title=_TITLE)


def main() -> int:
    """Write both files, unless a consumer could not read what changed."""
    catalogue = current_catalogue()
    if COMMITTED.is_file():
        try:
            catalogue.check_against(COMMITTED)
        except EventCatalogueError as error:
            print(error, file=sys.stderr)
            return 1
    COMMITTED.write_text(catalogue.to_json(), "utf-8")
    PAGE.write_text(page_of(catalogue), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
