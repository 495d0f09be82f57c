"""A registry of the schemas of declared events (E4)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from aws_cdk import aws_eventschemas as eventschemas
from constructs import Construct

from best_practice_constructs.construct_place import tell_place
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.event_schema import event_schema
from best_practice_constructs.runtime.event_type import EventDeclaration, EventSource
from best_practice_constructs.schemas.json_schema import UnsupportedTypeError
from best_practice_constructs.single_values import refuse_single_value

_WORD = re.compile(r"[A-Za-z0-9._]+")
_OTHER_SIGN = re.compile(r"[^A-Za-z0-9._-]")


class EventSchemaRegistry(Construct):
    """A registry in EventBridge with the schema of every event of some sources, from its class (E4).

    Creates the registry and, for the newest version of each event, a schema named ``source@DetailType``, as
    EventBridge's own discovery names them: of a detail type with spaces or signs the words are joined
    (``Order placed / by web`` is ``OrderPlacedByWeb``), and signs of a source that no schema's name has become ``-``. A
    change of the class becomes a new version of the schema.

    :param sources: whose events are described; all that are declared by then.
    :param registry_name: default: none, CloudFormation names it.
    :param description: of the registry.

    :ivar registry: the ``CfnRegistry``.
    :ivar schemas: each ``CfnSchema``, by the event's class.

    :raises InvalidArgumentError: a source without events, an event that no schema describes or names, or two events
        with one name.

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
        tell_place(self, scope=scope, id=id)
        refuse_single_value(self, "sources", sources, kind="event sources")
        self.registry = eventschemas.CfnRegistry(self, "Registry", registry_name=registry_name, description=description)
        named: dict[str, EventDeclaration] = {}
        for source in sources:
            for declaration in self._newest(source):
                self._check_name(declaration, known=named.setdefault(_schema_name(declaration), declaration))
        self.schemas: Mapping[type, eventschemas.CfnSchema] = {
            declaration.type: self._schema(declaration, name) for name, declaration in named.items()
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

    def _check_name(self, declaration: EventDeclaration, *, known: EventDeclaration) -> None:
        name = _schema_name(declaration)
        if known is not declaration:
            raise InvalidArgumentError(
                self,
                given=f"{declaration.detail_type!r} of {declaration.source!r} beside {known.detail_type!r} of "
                f"{known.source!r}",
                reason=f"both schemas would have the name {name!r}, in which words are joined and other signs are -",
                remedy="name one of them otherwise, or make a registry for each",
            )
        if name.endswith("@"):
            raise InvalidArgumentError(
                self,
                given=f"the detail type {declaration.detail_type!r}",
                reason="a schema's name is of letters, digits and . _, and it has none of them",
                remedy="name the event in such letters",
            )

    def _schema(self, declaration: EventDeclaration, name: str) -> eventschemas.CfnSchema:
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
            name,
            registry_name=self.registry.attr_registry_name,
            schema_name=name,
            type="JSONSchemaDraft4",
            description=f"Version {declaration.version}",
            content=json.dumps(schema, sort_keys=True),
        )


def _schema_name(declaration: EventDeclaration) -> str:
    words = _WORD.findall(declaration.detail_type)
    return f"{_OTHER_SIGN.sub('-', declaration.source)}@{''.join(word[0].upper() + word[1:] for word in words)}"
