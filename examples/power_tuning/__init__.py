"""The smallest use of PowerTuning: one function on both architectures."""
