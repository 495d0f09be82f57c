"""What the role of a workflow must be allowed, derived from what its tasks call and on what (C2, S4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

from best_practice_constructs.permissions import dynamodb, events, lambda_, s3, sns, sqs, stepfunctions
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.workflows.definition_states import StateAt
from best_practice_constructs.workflows.key_permissions import key_permissions
from best_practice_constructs.workflows.nested_execution_permissions import wait_for_execution
from best_practice_constructs.workflows.substitutions import only_placeholder, resource_substituted
from best_practice_constructs.workflows.task_integration import TaskIntegration, task_integration

if TYPE_CHECKING:
    from aws_cdk import aws_dynamodb, aws_events, aws_lambda, aws_s3, aws_sns, aws_sqs, aws_stepfunctions


class UnknownPermissionsError(ValueError):
    """What a state needs cannot be derived; the message says why."""


class TaskArguments:
    """What a task is given, and which resources of the app that means.

    :param state: the state.
    :param value: its arguments.
    :param substitutions: what each placeholder stands for.
    """

    def __init__(self, state: StateAt, value: object, substitutions: Mapping[str, object]) -> None:
        self._state = state
        self._value = value
        self._substitutions = substitutions

    def get(self, name: str) -> object:
        """Give an argument, ``None`` where there is none.

        :raises UnknownPermissionsError: an expression makes all of them.
        """
        if self._value is not None and not isinstance(self._value, dict):
            raise UnknownPermissionsError("an expression makes its arguments, and only the execution knows them")
        arguments = cast("Mapping[str, object]", self._value or {})
        if f"{name}.$" in arguments:
            raise UnknownPermissionsError(f"{name} is an expression, and only the execution knows what it is")
        return arguments.get(name)

    def resource(self, name: str) -> object:
        """Give the resource that an argument names."""
        return self.substituted(self.get(name), name)

    def substituted(self, value: object, name: str) -> object:
        """Give the resource that a value stands for, which is a placeholder and nothing else.

        :raises UnknownPermissionsError: it is something else.
        """
        placeholder = only_placeholder(value)
        if placeholder is None:
            raise UnknownPermissionsError(
                f"{name} is {value!r}, which says no resource of the app: a placeholder would, as in "
                f'"{name}": "${{{name}}}"'
                if value is not None
                else f"it has no {name}"
            )
        resource = resource_substituted(self._substitutions[placeholder])
        if isinstance(resource, str):
            raise UnknownPermissionsError(f"{name} is the text {resource!r}, which says no resource of the app")
        return resource

    def parts(self, name: str) -> Sequence[TaskArguments]:
        """Give the objects of a list as arguments of their own.

        :raises UnknownPermissionsError: it is no list that is written out.
        """
        value = self.get(name)
        if not isinstance(value, list):
            raise UnknownPermissionsError(f"{name} is no list that is written out")
        return [TaskArguments(self._state, part, self._substitutions) for part in cast("list[object]", value)]

    def inside(self, name: str) -> TaskArguments:
        """Give what an argument holds as arguments of their own."""
        return TaskArguments(self._state, self.get(name), self._substitutions)


_Rule: TypeAlias = Callable[[TaskArguments], Iterable[Permission]]


def _on_table(operation: Callable[..., Permission], *, of_index: bool = False) -> _Rule:
    def derive(arguments: TaskArguments) -> Iterable[Permission]:
        table = cast("aws_dynamodb.ITable", arguments.resource("TableName"))
        index = arguments.get("IndexName") if of_index else None
        if index is not None and (not isinstance(index, str) or "{%" in index or "${" in index):
            raise UnknownPermissionsError("IndexName is no name that is written out")
        yield operation(table, index_name=index) if of_index else operation(table)
        yield from key_permissions(table)

    return derive


_IN_TRANSACTIONS = {
    "Put": dynamodb.put_item,
    "Update": dynamodb.update_item,
    "Delete": dynamodb.delete_item,
    "ConditionCheck": dynamodb.condition_check_item,
    "Get": dynamodb.get_item,
}


def _transaction(arguments: TaskArguments) -> Iterable[Permission]:
    for item in arguments.parts("TransactItems"):
        kinds = [kind for kind in _IN_TRANSACTIONS if item.get(kind) is not None]
        if len(kinds) != 1:
            raise UnknownPermissionsError(f"an item of TransactItems is none of {', '.join(_IN_TRANSACTIONS)}")
        yield from _on_table(_IN_TRANSACTIONS[kinds[0]])(item.inside(kinds[0]))


def _put_events(arguments: TaskArguments) -> Iterable[Permission]:
    for entry in arguments.parts("Entries"):
        bus = cast("aws_events.IEventBus", entry.resource("EventBusName"))
        source, detail_type = (_written(entry.get(name)) for name in ("Source", "DetailType"))
        yield events.put_events(
            bus, source=source, detail_types=[detail_type] if source is not None and detail_type is not None else None
        )


def _written(value: object) -> str | None:
    """Give a text that says itself, and is neither an expression nor has a placeholder."""
    return value if isinstance(value, str) and "{%" not in value and "${" not in value else None


def _send_message(arguments: TaskArguments) -> Iterable[Permission]:
    queue = cast("aws_sqs.IQueue", arguments.resource("QueueUrl"))
    return [sqs.send_message(queue), *key_permissions(queue)]


def _publish(arguments: TaskArguments) -> Iterable[Permission]:
    topic = cast("aws_sns.ITopic", arguments.resource("TopicArn"))
    return [sns.publish(topic), *key_permissions(topic)]


def _invoke(arguments: TaskArguments) -> Iterable[Permission]:
    return [lambda_.invoke_function(cast("aws_lambda.IFunction", arguments.resource("FunctionName")))]


def _start(arguments: TaskArguments) -> Iterable[Permission]:
    return [stepfunctions.start_execution(_state_machine(arguments))]


def _start_sync(arguments: TaskArguments) -> Iterable[Permission]:
    return [stepfunctions.start_sync_execution(_state_machine(arguments))]


def _state_machine(arguments: TaskArguments) -> aws_stepfunctions.IStateMachine:
    return cast("aws_stepfunctions.IStateMachine", arguments.resource("StateMachineArn"))


def _on_objects(operation: Callable[..., Permission], prefix_in: str) -> _Rule:
    def derive(arguments: TaskArguments) -> Iterable[Permission]:
        bucket = cast("aws_s3.IBucket", arguments.resource("Bucket"))
        # What an expression makes may be any key.
        prefix = _written(arguments.get(prefix_in)) if prefix_in else None
        yield operation(bucket, prefix=prefix or "")
        yield from key_permissions(bucket)

    return derive


_OF_DYNAMODB: dict[str, _Rule] = {
    "getItem": _on_table(dynamodb.get_item),
    "putItem": _on_table(dynamodb.put_item),
    "updateItem": _on_table(dynamodb.update_item),
    "deleteItem": _on_table(dynamodb.delete_item),
}
_RULES: dict[str, _Rule] = {
    **{f"dynamodb:{operation}": rule for operation, rule in _OF_DYNAMODB.items()},
    **{f"aws-sdk:dynamodb:{operation}": rule for operation, rule in _OF_DYNAMODB.items()},
    "aws-sdk:dynamodb:query": _on_table(dynamodb.query, of_index=True),
    "aws-sdk:dynamodb:scan": _on_table(dynamodb.scan, of_index=True),
    "aws-sdk:dynamodb:transactGetItems": _transaction,
    "aws-sdk:dynamodb:transactWriteItems": _transaction,
    "events:putEvents": _put_events,
    "aws-sdk:eventbridge:putEvents": _put_events,
    "lambda:invoke": _invoke,
    "aws-sdk:lambda:invoke": _invoke,
    "sns:publish": _publish,
    "aws-sdk:sns:publish": _publish,
    "sqs:sendMessage": _send_message,
    "aws-sdk:sqs:sendMessage": _send_message,
    "states:startExecution": _start,
    "aws-sdk:sfn:startExecution": _start,
    "aws-sdk:sfn:startSyncExecution": _start_sync,
    "s3:getObject": _on_objects(s3.get_object, "Key"),
    "s3:listObjectsV2": _on_objects(s3.list_objects, "Prefix"),
    "s3:putObject": _on_objects(s3.put_object, "Prefix"),
    "aws-sdk:s3:getObject": _on_objects(s3.get_object, ""),
    "aws-sdk:s3:putObject": _on_objects(s3.put_object, ""),
    "aws-sdk:s3:deleteObject": _on_objects(s3.delete_object, ""),
    "aws-sdk:s3:listObjectsV2": _on_objects(s3.list_objects, "Prefix"),
}


def task_permissions(
    state: StateAt, integration: TaskIntegration | None, substitutions: Mapping[str, object]
) -> list[Permission]:
    """Give what a task must be allowed.

    :raises UnknownPermissionsError: it cannot be derived: the integration is not known here, or only the execution
        knows on what the task works.
    """
    resource = state.state.get("Resource")
    placeholder = only_placeholder(resource)
    if placeholder is not None:
        called = TaskArguments(state, {}, substitutions).substituted(resource, "Resource")
        if integration is not None and integration.service == "lambda":
            return [lambda_.invoke_function(cast("aws_lambda.IFunction", called))]
        # A worker asks for the tasks of an activity: it, and not the workflow, is allowed something.
        return []
    if integration is None:
        raise UnknownPermissionsError(f"its resource {resource!r} is no integration of Step Functions")
    if integration.waits_for == "worker":
        return []
    permissions = _derived(str(integration), TaskArguments(state, state.arguments, substitutions))
    if integration.waits_for == "job":
        arguments = TaskArguments(state, state.arguments, substitutions)
        if str(integration) != "states:startExecution":
            raise UnknownPermissionsError(f"what waiting for a job of {integration} takes is not known here")
        permissions += wait_for_execution(_state_machine(arguments))
    return permissions


def map_permissions(state: StateAt, substitutions: Mapping[str, object]) -> list[Permission]:
    """Give what a distributed map must be allowed to read its items and write its results.

    :raises UnknownPermissionsError: it cannot be derived.
    """
    permissions: list[Permission] = []
    for part in ("ItemReader", "ResultWriter"):
        value = state.state.get(part)
        if not isinstance(value, dict):
            continue
        description = cast("Mapping[str, object]", value)
        given = description.get("Arguments", description.get("Parameters"))
        integration = task_integration(str(description.get("Resource")))
        if integration is None:
            raise UnknownPermissionsError(f"the resource of its {part} is no integration of Step Functions")
        permissions += _derived(str(integration), TaskArguments(state, given, substitutions))
    return permissions


def _derived(integration: str, arguments: TaskArguments) -> list[Permission]:
    rule = _RULES.get(integration)
    if rule is None:
        raise UnknownPermissionsError(f"what {integration} takes is not known here")
    return list(rule(arguments))
