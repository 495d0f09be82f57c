"""How a function is invoked (L1)."""

from __future__ import annotations

from enum import Enum


class InvocationModel(Enum):
    """How a function is invoked, which decides who retries and where failures go (L1).

    Source: Lambda developer guide, *Invoking functions*; talk 15:11.
    """

    SYNCHRONOUS = "synchronous"
    """The caller waits and retries: API Gateway, a workflow, another SDK call."""

    ASYNCHRONOUS = "asynchronous"
    """Lambda queues the event, retries it, and sends what still fails to the on-failure destination: EventBridge, SNS,
    S3."""

    POLLED = "polled"
    """An event source mapping reads batches and keeps what failed: SQS, Kinesis, DynamoDB streams."""
