"""Roles: where each service's are, and what none of them may ever do (C2)."""
