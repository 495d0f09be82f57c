"""Consumers of messages: the queue, its dead letters, the function and its idempotency as one contract."""
