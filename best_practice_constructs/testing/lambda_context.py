"""Lambda's context, for tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FakeLambdaContext:
    """A context that handlers can be called with.

    :param function_name: the function's name.
    :param invoked_function_arn: the ARN that it was invoked by.
    :param memory_limit_in_mb: its memory.
    :param aws_request_id: the invocation's id.
    :param remaining_time_in_millis: what is left, always.
    """

    function_name: str = "function"
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:111122223333:function:function:live"
    memory_limit_in_mb: int = 512
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"
    remaining_time_in_millis: int = 30_000

    def get_remaining_time_in_millis(self) -> int:
        """Give the time that is left, in milliseconds."""
        return self.remaining_time_in_millis
