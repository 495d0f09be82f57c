"""A registry of the schemas of declared events (E4)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from aws_cdk import aws_eventschemas as eventschemas
from constructs import Construct

from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.event_schema import event_schema
from best_practice_constructs.runtime.event_type import EventDeclaration, EventSource
from best_practice_constructs.schemas.json_schema import UnsupportedTypeError


class EventSchemaRegistry(Construct):
    """A registry in EventBridge with the schema of every event of some sources, from its class (E4).

    Creates the registry and, for the newest version of each event, a schema named ``source@DetailType``, as
    EventBridge's own discovery names them. A change of the class becomes a new version of the schema.

    :param sources: whose events are described; all that are declared by then.
    :param registry_name: default: none, CloudFormation names it.
    :param description: of the registry.

    :ivar registry: the ``CfnRegistry``.
    :ivar schemas: each ``CfnSchema``, by the event's class.

    :raises InvalidArgumentError: a source without events, or an event that no schema describes.

    Sources: EventBridge user guide, *Schema registries*; talk 7:14.

    ```python
    from aws_cdk import App, Stack
    from best_practice_constructs import EventSchemaRegistry, EventSource

    orders = EventSource("com.example.orders")


    @orders.event
    class OrderPlaced:
        order_id: str


    registry = EventSchemaRegistry(Stack(App(), "Events"), "Schemas", sources=[orders])
    assert registry.schemas[OrderPlaced].schema_name == "com.example.orders@OrderPlaced"
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        sources: Sequence[EventSource],
        registry_name: str | None = None,
        description: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.registry = eventschemas.CfnRegistry(self, "Registry", registry_name=registry_name, description=description)
        self.schemas: Mapping[type, eventschemas.CfnSchema] = {
            declaration.type: self._schema(declaration) for source in sources for declaration in self._newest(source)
        }

    def _newest(self, source: EventSource) -> Sequence[EventDeclaration]:
        newest: dict[str, EventDeclaration] = {}
        for declaration in source.events:
            known = newest.get(declaration.detail_type)
            if known is None or known.version < declaration.version:
                newest[declaration.detail_type] = declaration
        if not newest:
            raise InvalidArgumentError(
                self,
                given=f"the source {source.name!r}",
                reason="no event of it is declared yet",
                remedy="import the module that declares its events before",
            )
        return list(newest.values())

    def _schema(self, declaration: EventDeclaration) -> eventschemas.CfnSchema:
        try:
            schema = event_schema(declaration)
        except UnsupportedTypeError as error:
            raise InvalidArgumentError(
                self,
                given=f"the event {declaration.detail_type}",
                reason=f"no schema describes it: {error}",
                remedy="write its fields as str, int, float, bool, Decimal, datetime, enums, lists and dataclasses",
            ) from error
        return eventschemas.CfnSchema(
            self,
            declaration.detail_type,
            registry_name=self.registry.attr_registry_name,
            schema_name=f"{declaration.source}@{declaration.detail_type}",
            type="JSONSchemaDraft4",
            description=f"Version {declaration.version}",
            content=json.dumps(schema, sort_keys=True),
        )
