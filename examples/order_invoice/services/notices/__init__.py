"""The notices service: what customers are told, in words."""
