"""What values look like as JSON: the schemas of API models and events."""
