"""Who reads what comes into a topic or a queue, told in whatever order the parts of an app are made (E7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, cast

from constructs import IConstruct

from best_practice_constructs.construct_place import root_of

if TYPE_CHECKING:
    from best_practice_constructs.consumers.idempotent_queue_consumer import IdempotentQueueConsumer
    from best_practice_constructs.consumers.topic_consumer import TopicConsumer

MessageReader: TypeAlias = "IdempotentQueueConsumer | TopicConsumer"
Visit: TypeAlias = "Callable[[MessageReader], None]"

_REGISTRY = "_best_practice_constructs_message_readers"


class MessageReaders:
    """The consumers of an app's topics and queues, and what waits for them.

    :ivar allowed: the paths of the functions that may read claim checks.
    """

    def __init__(self) -> None:
        self.allowed: set[str] = set()
        self._readers: dict[str, list[MessageReader]] = {}
        self._visits: dict[str, list[Visit]] = {}

    @classmethod
    def used_in(cls, scope: IConstruct) -> MessageReaders:
        """Give the one of the app that ``scope`` belongs to; it lives as long as the app does."""
        return cast("MessageReaders", vars(root_of(scope)).setdefault(_REGISTRY, cls()))

    def tell(self, arn: str, reader: MessageReader) -> None:
        """Say that a consumer reads what comes into a topic or a queue."""
        self._readers.setdefault(arn, []).append(reader)
        for visit in self._visits.get(arn, ()):
            visit(reader)

    def visit(self, arn: str, visit: Visit) -> None:
        """Have ``visit`` called with each consumer of a topic or a queue, those that are made later too."""
        self._visits.setdefault(arn, []).append(visit)
        for reader in self._readers.get(arn, ()):
            visit(reader)
