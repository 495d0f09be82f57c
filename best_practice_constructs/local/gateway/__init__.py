"""Runs the ``AWS`` integrations of REST APIs on the embedded stage, with their deployed templates; for tests."""
