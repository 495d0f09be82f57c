"""What goes into a function's package, and how it is made, without Docker (L3, L7)."""
