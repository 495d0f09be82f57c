"""The ARN of what a permission is given: a resource of the CDK knows its own, a text has to be one."""

from __future__ import annotations

import re

from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.errors import named

_ARN = re.compile(r"arn:[\w-]+:(?P<service>[\w-]+):[\w-]*:\w*:(?P<resource>.+)")
_WILDCARDS = frozenset("*?")
# What Secrets Manager puts behind a name, where nobody knows it: as exact as the ARN of a secret can be then.
_UNKNOWN_END = {"secretsmanager": "-??????"}
# Services whose names hold no "/", so that an ARN's words tell what it is of: a table, or its index, or its stream.
_TOLD_BY_WORDS = frozenset({"dynamodb", "kinesis"})


def arn_of(resource: object, attribute: str, *, service: str, example: str) -> str:
    """Give the ARN of a resource of the CDK, or the one that is given itself.

    :param resource: the resource or its ARN.
    :param attribute: where such resources have their ARN: ``"queue_arn"``.
    :param service: the service's part of it: ``"sqs"``.
    :param example: how such ARNs end, for the error: ``"eu-west-1:111122223333:orders"``.
    :raises ValueError: it is something else, or no ARN of one resource.
    """
    if isinstance(resource, str):
        return exact_arn(resource, service=service, example=example)
    arn = getattr(resource, attribute, None)
    if not isinstance(arn, str):
        raise ValueError(  # noqa: TRY004 -- whatever no permission can be made of is a ValueError
            f"{named(resource)} is no resource that the permission is on, for it has no {attribute}; pass one that "
            f"has, or its ARN, as in 'arn:aws:{service}:{example}'"
        )
    return arn


def exact_arn(text: str, *, service: str, example: str) -> str:
    """Give back the ARN of one resource, once it is one.

    Of a text with tokens of the CDK only wildcards are known: what else it will say is known at deployment only.

    :param text: the ARN.
    :param service: the service's part of it: ``"sqs"``.
    :param example: how such ARNs end, for the error: ``"eu-west-1:111122223333:orders"``.
    :raises ValueError: it is no ARN, that of another service or of another kind of resource, or holds a wildcard.
    """
    exact = text.removesuffix(_UNKNOWN_END.get(service, ""))
    holds_wildcard = not _WILDCARDS.isdisjoint(exact)
    if is_deploy_time_value(text) and not holds_wildcard:
        return text
    if text and ":" not in text and not holds_wildcard:
        place = example[: max(example.rfind("/"), example.rfind(":")) + 1]
        raise ValueError(
            f"{text!r} is no ARN of the service {service!r} but a name, so that the permission would allow nothing; "
            "pass the resource itself, or its ARN with your region and account, as in "
            f"'arn:aws:{service}:{place}{text}'"
        )
    found = _ARN.fullmatch(text)
    if not is_deploy_time_value(text) and (found is None or found["service"] != service):
        raise ValueError(
            f"{text!r} is no ARN of the service {service!r}, so that the permission would allow nothing; pass the "
            f"resource itself, or its ARN, as in 'arn:aws:{service}:{example}'"
        )
    if holds_wildcard:
        raise ValueError(
            f"the ARN {text!r} names more than one resource; name each resource that the code uses, or write the "
            "Permission(actions=…, resources=…) yourself"
        )
    if service in _TOLD_BY_WORDS and found is not None:
        _check_kind(text, found["resource"], service=service, example=example)
    return text


def _check_kind(text: str, resource: str, *, service: str, example: str) -> None:
    words = _words(example.split(":", maxsplit=2)[2])
    if _words(resource) != words or len(resource.split("/")) != 2 * len(words):
        kind = words[-1]
        raise ValueError(
            f"{text!r} is no ARN of a {kind}, so that the permission would allow nothing; pass the {kind}'s, as in "
            f"'arn:aws:{service}:{example}'"
        )


def _words(resource: str) -> list[str]:
    """Give what the resource of an ARN says beside its names: ``["table", "stream"]``."""
    return resource.split("/")[::2]
