"""Whether two texts of a template may name one resource (C2)."""

from __future__ import annotations

from fnmatch import fnmatchcase

# Of these the name is in the ARN; of others, such as keys and secrets, a name and an ARN cannot be told apart.
_NAMED_IN_ARN = frozenset({"dynamodb", "events", "firehose", "kinesis", "lambda", "s3", "sns", "sqs"})


def may_be_one(target: str, allowed: str) -> bool:
    """Tell whether a name, an ARN or a queue's address may be of what a statement is on.

    :param target: what is called, such as ``orders``.
    :param allowed: an ARN, or a pattern of one.
    """
    if not allowed.startswith("arn:") or allowed.count(":") < _COLONS:
        return True
    if target.startswith("arn:"):
        longer, shorter = (allowed, target) if len(allowed) > len(target) else (target, allowed)
        return fnmatchcase(target, allowed) or longer.startswith((f"{shorter}/", f"{shorter}:", f"{shorter}-"))
    service, resource = allowed.split(":")[2], allowed.split(":", _COLONS)[_COLONS]
    if service not in _NAMED_IN_ARN or _has_other_name(service, target, resource):
        return True
    return fnmatchcase(target.rpartition("/")[2], _name(service, resource))


def is_one(target: str, allowed: str) -> bool:
    """Tell whether they are of one resource for sure: the ARN is of no pattern, and of what its name tells."""
    is_arn = allowed.startswith("arn:") and allowed.count(":") >= _COLONS
    is_named = is_arn and allowed.split(":")[2] in _NAMED_IN_ARN
    return is_named and not {"*", "?"} & set(allowed) and may_be_one(target, allowed)


def _has_other_name(service: str, target: str, resource: str) -> bool:
    """Tell whether it is named by something else: a function with its version, a bucket by its access point."""
    return (service == "lambda" and ":" in target) or (service == "s3" and resource.startswith("accesspoint"))


_COLONS = 5


def _name(service: str, resource: str) -> str:
    """Give the name in the last part of an ARN, such as that in ``table/orders/index/*``."""
    if service == "s3":
        return resource.partition("/")[0]
    if service in ("sns", "sqs"):
        return resource
    separator = ":" if service == "lambda" else "/"
    return [*resource.split(separator, 2), resource][1]
