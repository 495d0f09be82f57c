"""Answers of services, as API Gateway gets them: those of the query protocol as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

from best_practice_constructs.local.mapping_templates.java_values import json_text

_QUERY_SERVICES = frozenset({"email", "iam", "monitoring", "sns", "sqs", "sts"})


@dataclass(frozen=True, kw_only=True)
class ServiceAnswer:
    """What a service answered.

    :param status: the status.
    :param header: the headers.
    :param body: the body.
    """

    status: int
    header: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


def answer_as_json(answer: ServiceAnswer, *, service: str) -> ServiceAnswer:
    """Return an answer with its XML turned into JSON, which API Gateway asks services of the query protocol for.

    :param answer: the answer.
    :param service: the service as API Gateway calls it; answers of others stay as they are.
    """
    if service not in _QUERY_SERVICES or not answer.body.lstrip().startswith(b"<"):
        return answer
    try:
        # The emulator on this machine wrote it.
        root = ElementTree.fromstring(answer.body)  # noqa: S314 -- no foreign XML
    except ElementTree.ParseError:
        return answer
    content = _content(root)
    # An error's document has the error's parts at its top.
    document = content if _name(root) == "ErrorResponse" else {_name(root): content}
    return ServiceAnswer(status=answer.status, header=answer.header, body=json_text(document).encode())


def as_the_service_denies(answer: ServiceAnswer) -> ServiceAnswer:
    """Return a refusal with the status that services of the JSON protocol give it; the emulator's is 403 for all."""
    if answer.status == 403 and b"AccessDeniedException" in answer.body:
        return ServiceAnswer(status=400, header=answer.header, body=answer.body)
    return answer


def refusal(answer: ServiceAnswer) -> str:
    """Return what a service said of a missing permission, nothing of other answers."""
    text = answer.body.decode("utf-8", "replace")
    denied = answer.status in (400, 403) and ("AccessDenied" in text or "AuthorizationError" in text)
    return f"the service refused the call: {text}" if denied else ""


def _content(element: ElementTree.Element) -> object:
    children = list(element)
    if not children:
        return element.text or ""
    if all(_name(child) in ("member", "entry") for child in children):
        return [_content(child) for child in children]
    return {_name(child): _content(child) for child in children}


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
