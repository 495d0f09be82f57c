"""Readings of synthesized templates, for assertions about meaning."""
