"""The smallest use of AsyncFunctionConsumer."""
