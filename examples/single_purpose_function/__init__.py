"""The smallest use of SinglePurposeFunction."""
