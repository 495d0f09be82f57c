"""The smallest use of IdempotentQueueConsumer."""
