"""Problem documents for HTTP APIs, RFC 9457."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 -- RFC 9457 calls it a problem, and handlers raise it as such
    """An answer that an API handler raises: it becomes ``application/problem+json`` with this status.

    :param status: the HTTP status, 400 to 599.
    :param title: a short text, the same for each problem of this type; by default the status's own phrase.
    :param detail: what is wrong this time, for the client to read; say nothing about internals.
    :param type: a URI that identifies the kind of problem.
    :param headers: further response headers, such as ``Retry-After``.
    :param extensions: further members of the document, JSON values.

    :raises ValueError: the status is none of an error.

    ```python
    from best_practice_constructs.runtime import Problem

    problem = Problem(status=404, title="Unknown order", detail="There is no order 17.", order_id="17")
    assert problem.document()["order_id"] == "17"
    ```
    """

    def __init__(
        self,
        *,
        status: int,
        title: str | None = None,
        detail: str | None = None,
        type: str = "about:blank",
        headers: Mapping[str, str] | None = None,
        **extensions: object,
    ) -> None:
        if not 400 <= status <= 599:
            raise ValueError(f"A problem's status is 400 to 599, not {status}.")
        self.status = status
        self.title = title or _phrase(status)
        self.detail = detail
        self.type = type
        self.headers = dict(headers or {})
        self.extensions = extensions
        super().__init__(f"{status} {self.title}{f': {detail}' if detail else ''}")

    def document(self) -> dict[str, object]:
        """Return the members of the problem document."""
        document: dict[str, object] = {"type": self.type, "title": self.title, "status": self.status}
        if self.detail is not None:
            document["detail"] = self.detail
        return document | self.extensions


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Client Error" if status < 500 else "Server Error"
