"""Mapping templates of API Gateway, generated from types: what is mapped is escaped for where it lands."""
