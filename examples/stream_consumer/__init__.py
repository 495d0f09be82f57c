"""The smallest use of StreamConsumer."""
