"""A function that needs a processor: it counts primes."""

from __future__ import annotations


def handler(event: dict[str, int], _context: object) -> dict[str, int]:
    """Count the primes below a number."""
    below = event["below"]
    is_prime = bytearray([1]) * below
    is_prime[:2] = b"\0\0"
    for number in range(2, int(below**0.5) + 1):
        if is_prime[number]:
            is_prime[number * number :: number] = bytes(len(range(number * number, below, number)))
    return {"primes": sum(is_prime)}
