"""The attributes of a message, in the forms of SQS and SNS."""

from __future__ import annotations

from collections.abc import Mapping

from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.mapping.template_node import Node, Text
from best_practice_constructs.api.mapping.value_sources import ValueSource

MOST_ATTRIBUTES = 10
"""What a message of SQS has; SNS hands on no more to queues."""


def attribute_fields(route: DirectRoute, attributes: Mapping[str, ValueSource], *, prefix: str) -> dict[str, Node]:
    """Give the fields of a form that say the attributes, all texts.

    :param prefix: such as ``"MessageAttribute"``.
    :raises InvalidArgumentError: there are too many, or a source that the requests do not have.
    """
    if len(attributes) > MOST_ATTRIBUTES:
        raise route.refusal(
            f"{len(attributes)} attributes",
            f"a message has {MOST_ATTRIBUTES} at most",
            "put the others into the message",
        )
    fields: dict[str, Node] = {}
    for number, (name, source) in enumerate(attributes.items(), start=1):
        fields |= {
            f"{prefix}.{number}.Name": Text(name),
            f"{prefix}.{number}.Value.DataType": Text("String"),
            f"{prefix}.{number}.Value.StringValue": route.text(source),
        }
    return fields
