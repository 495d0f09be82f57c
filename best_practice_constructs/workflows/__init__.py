"""Workflows of Step Functions, and the usual shapes of their definitions (S4)."""
