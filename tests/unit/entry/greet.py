"""A handler for tests that look at templates."""


def handler(event: object, context: object) -> object:
    """Give the event back."""
    return event
