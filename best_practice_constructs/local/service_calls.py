"""What CloudFormation in the emulator drops although its services can do it, planned as calls of those services.

``AWS::ApiGateway::RequestValidator`` (given an id, never made), ``TimeToLiveSpecification`` of tables,
``AWS::Events::Archive``, ``AWS::Events::Connection`` and ``AWS::Events::ApiDestination`` are made up for after the
stack is there. Values that only the stack knows (references to its resources) are asked for with outputs that are added
to its template.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import cast

from best_practice_constructs.local.template_references import find_reference

_OUTPUT_PREFIX = "LocalStageValue"
_REQUEST_VALIDATOR = "AWS::ApiGateway::RequestValidator"
_METHOD = "AWS::ApiGateway::Method"
_TABLES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
_ARCHIVE = "AWS::Events::Archive"
CONNECTION = "AWS::Events::Connection"
API_DESTINATION = "AWS::Events::ApiDestination"


@dataclass(frozen=True, kw_only=True)
class PlannedArchive:
    """An archive of an event bus; the values may hold :class:`OutputValue`."""

    logical_id: str
    properties: object


@dataclass(frozen=True, kw_only=True)
class PlannedConnection:
    """A connection to an HTTP API, or such an API as a target; the values may hold :class:`OutputValue`."""

    logical_id: str
    resource_type: str
    properties: object


@dataclass(frozen=True, kw_only=True)
class PlannedTimeToLive:
    """The expiry of a table's items."""

    logical_id: str
    table_name: object
    attribute_name: object


@dataclass(frozen=True, kw_only=True)
class PlannedValidator:
    """A request validator, with the methods (REST API, resource, HTTP method) that use it."""

    logical_id: str
    rest_api_id: object
    name: str
    validates_body: bool
    validates_parameters: bool
    methods: tuple[tuple[object, str], ...]


@dataclass(frozen=True, kw_only=True)
class OutputValue:
    """A value that the stack tells in an output.

    :param key: the output's key.
    """

    key: str


@dataclass(frozen=True, kw_only=True)
class ServiceCalls:
    """What is to be done through the services once a stack is there.

    :param archives: archives to make.
    :param connections: connections to make, and then the API destinations that use them.
    :param times_to_live: expiries to switch on.
    :param validators: request validators to make and to hand to methods.
    :param outputs: outputs to add to the template, which tell the values that the calls need.
    """

    archives: tuple[PlannedArchive, ...]
    connections: tuple[PlannedConnection, ...]
    times_to_live: tuple[PlannedTimeToLive, ...]
    validators: tuple[PlannedValidator, ...]
    outputs: Mapping[str, object]


def plan_service_calls(template: Mapping[str, object], *, omitted: AbstractSet[str]) -> ServiceCalls:
    """Plan the calls for a template, as it was synthesized.

    Resources under a condition are left alone: whether they exist is known to CloudFormation only. So are those that
    refer to a resource that was left out.

    :param template: the template, before anything was left out of it.
    :param omitted: the logical ids that were left out of it.
    """
    questions = _Questions()
    by_type: dict[str, list[tuple[str, Mapping[str, object]]]] = {}
    for logical_id, untyped in _mapping(template.get("Resources")).items():
        resource = _mapping(untyped)
        missing = find_reference(resource.get("Properties"), omitted=omitted, missing_exports=frozenset())
        if "Condition" not in resource and not missing:
            entry = (logical_id, _mapping(resource.get("Properties")))
            by_type.setdefault(str(resource.get("Type")), []).append(entry)
    archives = [
        PlannedArchive(logical_id=logical_id, properties=questions.ask(properties))
        for logical_id, properties in by_type.get(_ARCHIVE, [])
    ]
    connections = [
        PlannedConnection(logical_id=logical_id, resource_type=resource_type, properties=questions.ask(properties))
        for resource_type in (CONNECTION, API_DESTINATION)
        for logical_id, properties in by_type.get(resource_type, [])
    ]
    times_to_live = [
        PlannedTimeToLive(
            logical_id=logical_id,
            table_name=questions.ask({"Ref": logical_id}),
            attribute_name=_mapping(properties["TimeToLiveSpecification"]).get("AttributeName"),
        )
        for table in _TABLES
        for logical_id, properties in by_type.get(table, [])
        if _mapping(properties.get("TimeToLiveSpecification")).get("Enabled")
    ]
    methods: dict[str, list[tuple[object, str]]] = {}
    for _, properties in by_type.get(_METHOD, []):
        validator = _mapping(properties.get("RequestValidatorId")).get("Ref")
        if isinstance(validator, str):
            method = (questions.ask(properties.get("ResourceId")), str(properties.get("HttpMethod")))
            methods.setdefault(validator, []).append(method)
    validators = [
        PlannedValidator(
            logical_id=logical_id,
            rest_api_id=questions.ask(properties.get("RestApiId")),
            name=str(properties.get("Name") or logical_id),
            validates_body=bool(properties.get("ValidateRequestBody")),
            validates_parameters=bool(properties.get("ValidateRequestParameters")),
            methods=tuple(methods.get(logical_id, [])),
        )
        for logical_id, properties in by_type.get(_REQUEST_VALIDATOR, [])
    ]
    return ServiceCalls(
        archives=tuple(archives),
        connections=tuple(connections),
        times_to_live=tuple(times_to_live),
        validators=tuple(validators),
        outputs=questions.outputs,
    )


def answer(value: object, outputs: Mapping[str, str]) -> object:
    """Return a planned value with what the stack told.

    :param value: any planned value.
    :param outputs: the outputs of the stack.
    """
    if isinstance(value, OutputValue):
        return outputs[value.key]
    if isinstance(value, list):
        return [answer(entry, outputs) for entry in cast("list[object]", value)]
    if isinstance(value, Mapping):
        return {key: answer(entry, outputs) for key, entry in cast("Mapping[str, object]", value).items()}
    return value


def without_answers(outputs: Mapping[str, str]) -> dict[str, str]:
    """Return the outputs that the app itself declares."""
    return {key: value for key, value in outputs.items() if not key.startswith(_OUTPUT_PREFIX)}


class _Questions:
    def __init__(self) -> None:
        self.outputs: dict[str, object] = {}
        self._keys: dict[str, str] = {}

    def ask(self, value: object) -> object:
        if isinstance(value, list):
            return [self.ask(entry) for entry in cast("list[object]", value)]
        if not isinstance(value, Mapping):
            return value
        mapping = cast("Mapping[str, object]", value)
        function = next(iter(mapping)) if len(mapping) == 1 else ""
        if function != "Ref" and not function.startswith("Fn::"):
            return {key: self.ask(entry) for key, entry in mapping.items()}
        text = json.dumps(mapping, sort_keys=True)
        if text not in self._keys:
            self._keys[text] = f"{_OUTPUT_PREFIX}{len(self._keys)}"
            self.outputs[self._keys[text]] = {"Value": mapping}
        return OutputValue(key=self._keys[text])


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
