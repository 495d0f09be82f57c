"""Alarms of the constructs."""
