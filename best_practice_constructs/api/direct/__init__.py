"""Routes of an API straight to a service, without a function between (S1)."""
