"""Prints every acknowledgement, to be compared with the list and then written down.

``python -m tests.compliance.list_acknowledgements > tests/compliance/acknowledgements.json``
"""

from __future__ import annotations

import dataclasses
import json
import sys
import tempfile
from pathlib import Path

from tests.compliance.report import REQUIRED_PACKS, check
from tests.compliance.subjects import constructs_app, example_app


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        apps = {
            "constructs": constructs_app(directory / "constructs"),
            "example": example_app(directory / "example"),
            "example-provisioned": example_app(directory / "example-provisioned", provisioned_concurrency=2),
        }
        found = {
            name: [
                dataclasses.asdict(made)
                for made in check(app, packs=REQUIRED_PACKS, directory=directory / name).acknowledgements
            ]
            for name, app in apps.items()
        }
    json.dump(found, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
