"""Which variables of the environment name the resource of a call, where the code says so plainly (C2)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from best_practice_constructs.audit.sdk_calls.call_arguments import keyword_arguments
from best_practice_constructs.audit.sdk_calls.code_scope import Scope
from best_practice_constructs.audit.sdk_calls.code_value import Resource
from best_practice_constructs.audit.sdk_calls.plain_origins import NotPlainError, Origin, PlainOrigins
from best_practice_constructs.audit.sdk_calls.value_inference import ValueInference

_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "dynamodb": ("TableName",),
    "firehose": ("DeliveryStreamName",),
    "kinesis": ("StreamARN", "StreamName"),
    "lambda": ("FunctionName",),
    "s3": ("Bucket",),
    "sns": ("TopicArn", "TargetArn"),
    "sqs": ("QueueUrl",),
    "stepfunctions": ("stateMachineArn",),
}
# Of what boto3 adds to clients, which take it by position too.
_POSITIONS: Mapping[str, int] = {
    "download_file": 0,
    "download_fileobj": 0,
    "generate_presigned_post": 0,
    "upload_file": 1,
    "upload_fileobj": 1,
}
# What is listed holds the resource, or has it as its keys.
_ENTRIES = {("events", "put_events"): ("Entries", "EventBusName")}
_KEYS = {("dynamodb", "batch_get_item"): "RequestItems", ("dynamodb", "batch_write_item"): "RequestItems"}
# These are on two resources, or on what the parameter does not name.
_LEFT_OUT = frozenset({("s3", "copy"), ("s3", "copy_object"), ("s3", "upload_part_copy")})
# The types of boto3's resources that are made with what names them, and the parameter.
_MADE_WITH = {("dynamodb", "Table"): "name", ("s3", "Bucket"): "name", ("sns", "Topic"): "arn", ("sqs", "Queue"): "url"}


class CallResources:
    """Tells on what the calls of one function's code are.

    :param inference: says what expressions may be.
    :param environment: the variables that the code runs with.
    """

    def __init__(self, inference: ValueInference, environment: Mapping[str, object]) -> None:
        self._inference = inference
        self._origins = PlainOrigins(inference, environment)

    def of_client(self, service: str, method: str, call: ast.Call, scope: Scope) -> frozenset[str]:
        """Give the variables that name what a client's call is on: each of several; none where it cannot be told."""
        if (service, method) in _LEFT_OUT:
            return frozenset()
        given = dict(keyword_arguments(call))
        try:
            if (service, method) in _ENTRIES:
                listed, name = _ENTRIES[service, method]
                return self._union(list(self._entries(given[listed], name, scope)))
            if (service, method) in _KEYS:
                return self._union(list(self._keys(given[_KEYS[service, method]], scope)))
            named = [given[name] for name in _PARAMETERS.get(service, ()) if name in given]
            if not named and method in _POSITIONS:
                named = call.args[_POSITIONS[method] : _POSITIONS[method] + 1]
            return self._union([Origin(expression=each, scope=scope) for each in named])
        except (NotPlainError, KeyError):
            return frozenset()

    def of_resource(self, resource: Resource, method: str, expression: ast.expr, scope: Scope) -> frozenset[str]:
        """Give the variables that name what an object such as ``Table(name)``, of which a method is called, is."""
        parameter = _MADE_WITH.get((resource.service, resource.name or ""))
        if parameter is None or (resource.service, method) in _LEFT_OUT:
            return frozenset()
        try:
            made = self._origins.of(Origin(expression=expression, scope=scope))
            return self._union([self._made_with(each, resource, parameter) for each in made])
        except NotPlainError:
            return frozenset()

    def of_item(self, item: ast.expr, scope: Scope) -> frozenset[str]:
        """Give the variables that name the table of an item of a transaction."""
        try:
            return self._union(list(self._of_key(Origin(expression=item, scope=scope), "TableName")))
        except NotPlainError:
            return frozenset()

    def _union(self, origins: list[Origin]) -> frozenset[str]:
        return frozenset().union(*map(self._origins.variables, origins))

    def _made_with(self, origin: Origin, resource: Resource, parameter: str) -> Origin:
        node = origin.expression
        if (
            not isinstance(node, ast.Call)
            or not isinstance(node.func, ast.Attribute)
            or node.func.attr != resource.name
            or self._inference.values(node.func.value, origin.scope) != frozenset({Resource(resource.service, None)})
        ):
            raise NotPlainError
        given = [*node.args[:1], *(value for name, value in keyword_arguments(node) if name == parameter)]
        if not given:
            raise NotPlainError
        return Origin(expression=given[0], scope=origin.scope, given=origin.given)

    def _entries(self, listed: ast.expr, name: str, scope: Scope) -> Iterator[Origin]:
        for origin in self._origins.of(Origin(expression=listed, scope=scope)):
            if not isinstance(origin.expression, ast.List | ast.Tuple):
                raise NotPlainError
            for entry in origin.expression.elts:
                yield from self._of_key(Origin(expression=entry, scope=origin.scope, given=origin.given), name)

    def _of_key(self, origin: Origin, name: str) -> Iterator[Origin]:
        for each in self._origins.of(origin):
            if not isinstance(each.expression, ast.Dict):
                raise NotPlainError
            pairs = zip(each.expression.keys, each.expression.values, strict=True)
            values = [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == name]
            if len(values) != 1 or None in each.expression.keys:
                raise NotPlainError
            yield Origin(expression=values[0], scope=each.scope, given=each.given)

    def _keys(self, items: ast.expr, scope: Scope) -> Iterator[Origin]:
        for each in self._origins.of(Origin(expression=items, scope=scope)):
            if not isinstance(each.expression, ast.Dict):
                raise NotPlainError
            for key in each.expression.keys:
                if key is None:
                    raise NotPlainError
                yield Origin(expression=key, scope=each.scope, given=each.given)
