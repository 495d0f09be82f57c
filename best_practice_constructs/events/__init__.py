"""Event buses and their routes (E3–E6)."""
