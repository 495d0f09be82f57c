"""How many read one table's stream: DynamoDB serves two at once, and throttles more (H5, L9)."""

from __future__ import annotations

from typing import cast

from aws_cdk import Annotations
from constructs import IConstruct

from best_practice_constructs.construct_place import path_of, root_of

TOO_MANY_READERS = "best-practice-constructs:third-stream-reader"

_MOST_READERS = 2
_REGISTRY = "_best_practice_constructs_stream_readers"


def warn_of_third_reader(scope: IConstruct, stream_arn: str, *, table: str) -> None:
    """Count a reader of a table's stream, and warn of each that is more than DynamoDB serves without throttling.

    :param scope: the reader.
    :param table: the table's path.
    """
    registry = cast("dict[str, list[str]]", vars(root_of(scope)).setdefault(_REGISTRY, {}))
    readers = registry.setdefault(stream_arn, [])
    readers.append(path_of(scope))
    if len(readers) > _MOST_READERS:
        Annotations.of(scope).add_warning_v2(
            TOO_MANY_READERS,
            f"{path_of(scope)} is reader {len(readers)} of the stream of {table}, beside {', '.join(readers[:-1])}: "
            f"DynamoDB serves {_MOST_READERS} at once on a shard, and throttles more, so that all of them fall behind. "
            "Let one ChangePublisher publish the changes to a bus, and route them from there to as many consumers as "
            "there are; or let one StreamConsumer do the work of two. Where not all of them are enabled, acknowledge "
            "this warning.",
        )
