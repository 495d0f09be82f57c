"""Compares the SDK calls of a function's code with what its role allows (C2)."""
