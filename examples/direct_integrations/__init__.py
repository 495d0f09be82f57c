"""The smallest use of direct integrations."""
