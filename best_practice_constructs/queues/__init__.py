"""Queues that the constructs share."""
