"""A message of a queue, as Lambda gives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict


class SqsMessage(TypedDict, total=False):
    """The parts of a message that the runtime reads; the first three are always there.

    Powertools has a class around it, ``SQSRecord``, and loads those of all other events with it, so that only a handler
    that asks for it pays for it.
    """

    messageId: str
    body: str
    attributes: Mapping[str, str]
    messageAttributes: Mapping[str, Mapping[str, str]]
