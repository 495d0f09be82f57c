"""Functions: one purpose, one role, one log group each (S2)."""
