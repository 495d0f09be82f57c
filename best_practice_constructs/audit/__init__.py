"""Checks of what was synthesized: they read templates and code, and know no construct."""
