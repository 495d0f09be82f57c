"""REST APIs over functions (E1, S3, L4)."""
