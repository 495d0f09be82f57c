"""The ARN of what a permission is given: a resource of the CDK knows its own, a text has to be one."""

from __future__ import annotations

import re

from best_practice_constructs.deploy_time_values import is_deploy_time_value

_ARN = re.compile(r"arn:[\w-]+:(?P<service>[\w-]+):[\w-]*:\w*:.+")


def exact_arn(text: str, *, service: str, example: str) -> str:
    """Give back the ARN of one resource, once it is one.

    A text with tokens of the CDK passes: what it will say is known at deployment only.

    :param text: the ARN.
    :param service: the service's part of it: ``"sqs"``.
    :param example: how such ARNs end, for the error: ``"eu-west-1:111122223333:orders"``.
    :raises ValueError: it is no ARN, that of another service, or holds a wildcard.
    """
    if is_deploy_time_value(text):
        return text
    if text and ":" not in text and "*" not in text:
        place = example[: max(example.rfind("/"), example.rfind(":")) + 1]
        raise ValueError(
            f"{text!r} is no ARN of the service {service!r} but a name, so that the permission would allow nothing; "
            "pass the resource itself, or its ARN with your region and account, as in "
            f"'arn:aws:{service}:{place}{text}'"
        )
    found = _ARN.fullmatch(text)
    if found is None or found["service"] != service:
        raise ValueError(
            f"{text!r} is no ARN of the service {service!r}, so that the permission would allow nothing; pass the "
            f"resource itself, or its ARN, as in 'arn:aws:{service}:{example}'"
        )
    if "*" in text:
        raise ValueError(
            f"the ARN {text!r} names more than one resource; name each resource that the code uses, or write the "
            "Permission(actions=…, resources=…) yourself"
        )
    return text
