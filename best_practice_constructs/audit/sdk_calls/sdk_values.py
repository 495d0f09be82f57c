"""What boto3, botocore and their type stubs give: sessions, clients, resources (L2)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from best_practice_constructs.audit.sdk_calls.code_value import (
    UNKNOWN,
    Client,
    Collection,
    External,
    Member,
    Resource,
    Session,
    Text,
    Value,
)
from best_practice_constructs.audit.sdk_calls.container_values import CONTAINER
from best_practice_constructs.audit.sdk_calls.service_model import is_service, resource_type

_SESSIONS = frozenset(
    {
        "aioboto3.Session",
        "aiobotocore.session.get_session",
        "boto3.Session",
        "boto3.session.Session",
        "botocore.session.Session",
        "botocore.session.get_session",
    }
)
_STUBS = re.compile(r"(?:mypy|types)_(?:aio)?boto(?:3|core)_(?P<service>\w+?)(?:\.\w+)?\.(?P<name>\w+)")
_CHAINED = frozenset({"all", "filter", "limit", "page_size"})
ANSWER = External("an answer of AWS")


def annotated_value(name: str) -> Value:
    """Give what is annotated with a name of a module that is not read, such as one of boto3's stubs."""
    if name == "botocore.client.BaseClient":
        return Client(None)
    stub = _STUBS.fullmatch(name)
    if stub is None:
        return UNKNOWN
    service, kind = stub["service"].replace("_", "-"), stub["name"]
    if not is_service(service):
        return UNKNOWN
    if kind.endswith("Client"):
        return Client(service)
    if kind.endswith("ServiceResource"):
        return Resource(service, None)
    return Resource(service, kind) if resource_type(service, kind).is_known else ANSWER


def attribute_of(value: Client | Session | Resource | Collection | Member, name: str) -> Value:
    """Give the attribute of something of the SDK."""
    if isinstance(value, Member):
        # As in table.meta.client.
        is_client = value.name == "meta" and name == "client" and isinstance(value.owner, Resource)
        return Client(value.owner.service) if is_client and isinstance(value.owner, Resource) else ANSWER
    if isinstance(value, Collection):
        if name in _CHAINED or value.name is None:
            return Member(value, name)
        return attribute_of(Resource(value.service, value.name, value.is_loaded), name)
    if isinstance(value, Resource):
        kind = resource_type(value.service, value.name)
        if (found := kind.attribute(name)) is not None:
            return Resource(value.service, found)
        if (listed := kind.collection(name)) is not None:
            return Collection(value.service, *listed)
    return Member(value, name)


def called_value(value: External | Member | Resource, services: Iterable[Value]) -> set[Value]:
    """Give what a call of something of the SDK gives.

    :param services: what its first argument, the service's name, may be.
    """
    if isinstance(value, Resource):
        return {value}
    if isinstance(value, External):
        if value.name in _SESSIONS:
            return {Session()}
        if value.name == "boto3.client":
            return set(_clients(services))
        return set(_resources(services)) if value.name == "boto3.resource" else {UNKNOWN}
    if isinstance(value.owner, Session):
        if value.name in ("client", "create_client"):
            return set(_clients(services))
        return set(_resources(services)) if value.name == "resource" else {UNKNOWN}
    if isinstance(value.owner, Collection) and value.name in _CHAINED:
        return {value.owner}
    return _answered(value.owner, value.name) if isinstance(value.owner, Resource) else {ANSWER}


def _answered(resource: Resource, action: str) -> set[Value]:
    returned = resource_type(resource.service, resource.name).returned(action)
    if returned is None:
        return {ANSWER}
    kind, path = returned
    # Of several, a list.
    return {Resource(resource.service, kind, bool(path)), *([CONTAINER] if "[]" in path else [])}


def _clients(services: Iterable[Value]) -> Iterable[Value]:
    found = [Client(service.text) for service in services if isinstance(service, Text)]
    return found or [Client(None)]


def _resources(services: Iterable[Value]) -> Iterable[Value]:
    found = [Resource(service.text, None) for service in services if isinstance(service, Text)]
    return found or [Client(None)]
