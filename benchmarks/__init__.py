"""What the constructs cost, measured beside what they replace."""
