"""What can be wrong with a mapping template."""

from __future__ import annotations

from best_practice_constructs.local.errors import LocalStageError


class MappingTemplateError(LocalStageError):
    """A mapping template cannot be read, or fails with an input; API Gateway answers 500 then.

    :param name: the template, as a reader of the message knows it.
    :param reason: what is wrong.
    """

    def __init__(self, *, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f"{name}: {reason}")
