"""Which images of its items a table's stream keeps, and which an event takes."""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb
from constructs import IConstruct

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.runtime.event_images import AFTER, BEFORE

OLD_IMAGE, NEW_IMAGE = "OldImage", "NewImage"
IMAGE_OF_FIELD = {BEFORE: OLD_IMAGE, AFTER: NEW_IMAGE}
"""The image that an event's field of this name is filled from."""

_IMAGES_OF_VIEW = {
    "KEYS_ONLY": frozenset[str](),
    "NEW_IMAGE": frozenset({NEW_IMAGE}),
    "OLD_IMAGE": frozenset({OLD_IMAGE}),
    "NEW_AND_OLD_IMAGES": frozenset({OLD_IMAGE, NEW_IMAGE}),
}


def check_images(
    scope: IConstruct, table: dynamodb.ITable, *, event: type, needed: frozenset[str], keeps: str | None
) -> None:
    """Refuse a stream that does not keep the images which the event takes.

    :param needed: the images.
    :param keeps: the view type of the stream, as :func:`view_type` found it.
    :raises InvalidArgumentError: naming table, view type and event.
    """
    if keeps is None or needed <= _IMAGES_OF_VIEW[keeps]:
        return
    missing = " and ".join(sorted(needed - _IMAGES_OF_VIEW[keeps]))
    raise InvalidArgumentError(
        scope,
        given=f"the table {path_of(table)}, whose stream keeps {keeps}, for {event.__name__}",
        reason=f"the event is filled from {missing}, which would never come",
        remedy="give the table stream=StreamViewType.NEW_AND_OLD_IMAGES",
    )


def view_type(table: dynamodb.ITable) -> str | None:
    """Give the view type of the table's stream; ``None`` where it cannot be known: of a ``TableV2``, an import."""
    resource = table.node.default_child
    if not isinstance(resource, dynamodb.CfnTable):
        return None
    specification = resource.stream_specification
    if not isinstance(specification, dynamodb.CfnTable.StreamSpecificationProperty):
        return None
    found = specification.stream_view_type
    return found if found in _IMAGES_OF_VIEW else None
