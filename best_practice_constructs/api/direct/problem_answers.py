"""What the callers of a direct route are told when the service refuses: problem documents without internals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from best_practice_constructs.api.mapping.escaping import json_string
from best_practice_constructs.api.mapping.json_pieces import json_object, json_text
from best_practice_constructs.api.mapping.template_node import Assign, Choice, Node, Text, Value, joined
from best_practice_constructs.api.problem_responses import MEDIA_TYPE

_RETRY_AFTER_SECONDS = 1


@dataclass(frozen=True, kw_only=True)
class ProblemAnswer:
    """A problem document (RFC 9457).

    :param status: the HTTP status.
    :param title: the same for each problem of its kind.
    :param detail: what the caller can do.
    :param may_be_repeated: whether ``Retry-After`` is said.
    """

    status: int
    title: str
    detail: str
    may_be_repeated: bool = False

    def document(self) -> Node:
        """Give the document."""
        return json_object(
            {
                "type": json_text("about:blank"),
                "title": json_text(self.title),
                "status": Text(str(self.status)),
                "detail": json_text(self.detail),
                "instance": json_string(joined("urn:request:", Value("context.requestId"))),
            }
        )

    def answer(self) -> Node:
        """Give the document, and make it the answer whatever else was to be."""
        retry = Assign(override("Retry-After"), f'"{_RETRY_AFTER_SECONDS}"') if self.may_be_repeated else Text("")
        return joined(
            Assign("context.responseOverride.status", str(self.status)),
            Assign(override("Content-Type"), json.dumps(MEDIA_TYPE)),
            retry,
            self.document(),
        )


def override(header: str) -> str:
    """Give the variable by which a template sets a header of the response."""
    return f"context.responseOverride.header.{header}"


THROTTLED = ProblemAnswer(
    status=429,
    title="Too Many Requests",
    detail="There are too many requests at the moment. Send it again later.",
    may_be_repeated=True,
)
BAD_VALUE = ProblemAnswer(
    status=400,
    title="Bad Request",
    detail="The request holds a value that cannot be taken, such as an empty key, a text for a number, or too much.",
)
CONFLICT = ProblemAnswer(
    status=409, title="Conflict", detail="What is there already, or has changed since, does not allow it."
)
NOT_FOUND = ProblemAnswer(status=404, title="Not Found", detail="There is no such thing, or it is not yours.")
UNAVAILABLE = ProblemAnswer(
    status=503,
    title="Service Unavailable",
    detail="It could not be done at the moment. Nothing is promised: send it again later.",
    may_be_repeated=True,
)
FAILED = ProblemAnswer(
    status=500,
    title="Internal Server Error",
    detail="The request could not be handled.",
)


@dataclass(frozen=True, kw_only=True)
class Failures:
    """What a service says when it refuses, and what the caller is told.

    :param code: the expression of the error's code, given ``answer``, the service's answer.
    :param by_code: what is told by a part of the code.
    """

    code: str
    by_code: Mapping[str, ProblemAnswer | Node] = field(default_factory=dict)

    def template(self) -> Node:
        """Give what answers a refusal; one that is not known is ours, and tells nothing."""
        parts: dict[ProblemAnswer | Node, list[str]] = {}
        for part, answer in self.by_code.items():
            parts.setdefault(answer, []).append(part)
        chain: Node = FAILED.answer()
        for answer, codes in reversed(list(parts.items())):
            condition = " || ".join(f"$errorCode.contains({json.dumps(code)})" for code in codes)
            chain = Choice(condition, answer.answer() if isinstance(answer, ProblemAnswer) else answer, chain)
        return joined(Assign("answer", "$input.path('$')"), Assign("errorCode", f'"$!{{{self.code}}}"'), chain)
