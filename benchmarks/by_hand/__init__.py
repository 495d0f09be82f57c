"""What a careful user writes without this library."""
