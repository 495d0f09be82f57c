"""The environment variables of the invoice service; the stack sets them."""

from __future__ import annotations

INVOICES_TABLE_NAME = "INVOICES_TABLE_NAME"
SERIES_TABLE_NAME = "SERIES_TABLE_NAME"
DOCUMENTS_BUCKET_NAME = "DOCUMENTS_BUCKET_NAME"
