"""Connections and API destinations, which the emulator's CloudFormation does not know, made through EventBridge.

Their names are known before they are there, and so are their ARNs: what refers to them is given those.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, cast

from best_practice_constructs.local.clients import EmulatorClients
from best_practice_constructs.local.service_calls import API_DESTINATION, CONNECTION, PlannedConnection, answer
from best_practice_constructs.local.template_references import ReferenceReplacer

if TYPE_CHECKING:
    from mypy_boto3_events.literals import ApiDestinationHttpMethodType, ConnectionAuthorizationTypeType
    from mypy_boto3_events.type_defs import (
        CreateConnectionAuthRequestParametersTypeDef,
        UpdateConnectionAuthRequestParametersTypeDef,
    )

_KINDS = {CONNECTION: "connection", API_DESTINATION: "api-destination"}
HOW_MADE: Mapping[str, str] = {
    CONNECTION: "made through EventBridge, with what its secret holds now",
    API_DESTINATION: "made through EventBridge; it is called at once, however often, and never again when that fails",
}
"""By type, what is said of it in the report."""

_MOST_REQUESTS = 300
# {{resolve:secretsmanager:ID_OR_ARN:SecretString:FIELD:STAGE:VERSION}}
_SECRET = re.compile(
    r"\{\{resolve:secretsmanager:(?P<id>arn(?::[^:}]*){6}|[^:}]+)"
    r"(?::SecretString(?::(?P<field>[^:}]*)(?::(?P<stage>[^:}]*)(?::(?P<version>[^:}]*))?)?)?)?\}\}"
)


class SecretsClient(Protocol):
    """What is needed of boto3's client of Secrets Manager."""

    def get_secret_value(self, **parameters: str) -> Mapping[str, object]:
        """Give a version of a secret."""
        ...


def with_known_destinations(
    template: Mapping[str, object], *, stack_name: str, account: str, region: str
) -> dict[str, object]:
    """Give a template that names its connections and API destinations as they will be called, in place of references.

    Those under a condition are left alone: whether they exist is known to CloudFormation only.

    :param template: the template as it was synthesized; it is not changed.
    """
    known: dict[str, str] = {}
    names: set[str] = set()
    for logical_id, untyped in _mapping(template.get("Resources")).items():
        resource = _mapping(untyped)
        kind = _KINDS.get(str(resource.get("Type")))
        if kind is None or "Condition" in resource:
            continue
        name = _name(_mapping(resource.get("Properties")), stack_name=stack_name, logical_id=logical_id)
        arn = f"arn:aws:events:{region}:{account}:{kind}/{name}"
        names.add(logical_id)
        known |= {logical_id: name, f"{logical_id}.Arn": arn, f"{logical_id}.ArnForPolicy": arn}
    if not names:
        return dict(template)
    replacer = ReferenceReplacer(
        omitted=frozenset(names), missing_exports=frozenset(), stack_name=stack_name, known=known
    )
    return {
        key: replacer.value(part, location=key) if key in ("Resources", "Outputs") else part
        for key, part in template.items()
    }


class ApiDestinationCaller:
    """Makes the connections and API destinations of one stack; every call can be repeated.

    :param clients: clients of the emulator.
    :param account: the stack's account.
    :param region: the stack's region.
    """

    def __init__(self, *, clients: EmulatorClients, account: str, region: str) -> None:
        self._events = clients.client("events", account=account, region=region)
        self._secrets = cast("SecretsClient", clients.client("secretsmanager", account=account, region=region))

    def make(self, planned: PlannedConnection, *, stack_name: str, outputs: Mapping[str, str]) -> None:
        """Make a connection or an API destination, or make it what it should be.

        :param stack_name: the stack, for names that CloudFormation would have made up.
        :param outputs: the stack's outputs, those that the plan asked for included.
        """
        properties = _mapping(answer(planned.properties, outputs))
        name = _name(properties, stack_name=stack_name, logical_id=planned.logical_id)
        if planned.resource_type == CONNECTION:
            self._make_connection(name, properties)
        else:
            self._make_destination(name, properties)

    def _make_connection(self, name: str, properties: Mapping[str, object]) -> None:
        kind = cast("ConnectionAuthorizationTypeType", properties.get("AuthorizationType", "API_KEY"))
        parameters = resolve_secrets(properties.get("AuthParameters", {}), secrets=self._secrets)
        description = str(properties.get("Description", ""))
        try:
            self._events.create_connection(
                Name=name,
                AuthorizationType=kind,
                AuthParameters=cast("CreateConnectionAuthRequestParametersTypeDef", parameters),
                Description=description,
            )
        except self._events.exceptions.ResourceAlreadyExistsException:
            self._events.update_connection(
                Name=name,
                AuthorizationType=kind,
                AuthParameters=cast("UpdateConnectionAuthRequestParametersTypeDef", parameters),
                Description=description,
            )

    def _make_destination(self, name: str, properties: Mapping[str, object]) -> None:
        connection_arn = str(properties["ConnectionArn"])
        endpoint = str(properties["InvocationEndpoint"])
        method = cast("ApiDestinationHttpMethodType", properties["HttpMethod"])
        rate = int(str(properties.get("InvocationRateLimitPerSecond", _MOST_REQUESTS)))
        try:
            self._events.create_api_destination(
                Name=name,
                ConnectionArn=connection_arn,
                InvocationEndpoint=endpoint,
                HttpMethod=method,
                InvocationRateLimitPerSecond=rate,
            )
        except self._events.exceptions.ResourceAlreadyExistsException:
            self._events.update_api_destination(
                Name=name,
                ConnectionArn=connection_arn,
                InvocationEndpoint=endpoint,
                HttpMethod=method,
                InvocationRateLimitPerSecond=rate,
            )


def resolve_secrets(value: object, *, secrets: SecretsClient) -> object:
    """Give a value with what Secrets Manager holds in the place of CloudFormation's references to it."""
    if isinstance(value, str):
        return _SECRET.sub(lambda reference: _secret_text(reference, secrets=secrets), value)
    if isinstance(value, list):
        return [resolve_secrets(each, secrets=secrets) for each in cast("list[object]", value)]
    if isinstance(value, Mapping):
        return {
            key: resolve_secrets(each, secrets=secrets) for key, each in cast("Mapping[str, object]", value).items()
        }
    return value


def _secret_text(reference: re.Match[str], *, secrets: SecretsClient) -> str:
    parameters = {"SecretId": reference["id"]}
    if reference["stage"]:
        parameters["VersionStage"] = reference["stage"]
    if reference["version"]:
        parameters["VersionId"] = reference["version"]
    text = str(secrets.get_secret_value(**parameters)["SecretString"])
    if not reference["field"]:
        return text
    found: object = _mapping(json.loads(text))[reference["field"]]
    return found if isinstance(found, str) else json.dumps(found)


def _name(properties: Mapping[str, object], *, stack_name: str, logical_id: str) -> str:
    given = properties.get("Name")
    # At most 64 characters, and one name for all deployments of the stack.
    return given if isinstance(given, str) else f"{stack_name[:24]}-{logical_id[-39:]}"


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
