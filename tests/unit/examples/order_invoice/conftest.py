"""The services' directory as an import root, as it is in Lambda."""

from __future__ import annotations

import examples.order_invoice  # noqa: F401 -- it makes the services importable  # pyright: ignore[reportUnusedImport]
