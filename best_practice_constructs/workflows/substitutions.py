"""The named substitutions of a definition: ``${OrdersTable}`` stands for a resource of the app, or for a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol, TypeAlias, cast

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import IConstruct

from best_practice_constructs.errors import InvalidArgumentError, named
from best_practice_constructs.functions.invocation_model import InvocationModel
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction
from best_practice_constructs.workflows.definition_states import texts_in

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z]\w*)\}")
_NAME = re.compile(r"[A-Za-z]\w*")


class HasEventBus(Protocol):
    """A bus of this library."""

    @property
    def event_bus(self) -> events.IEventBus:
        """The bus itself."""
        ...


class HasStateMachine(Protocol):
    """A workflow of this library."""

    state_machine: stepfunctions.StateMachine


Substituted: TypeAlias = (
    str
    | dynamodb.ITable
    | events.IEventBus
    | HasEventBus
    | lambda_.IFunction
    | SinglePurposeFunction
    | s3.IBucket
    | sns.ITopic
    | sqs.IQueue
    | stepfunctions.IActivity
    | stepfunctions.IStateMachine
    | HasStateMachine
)
"""What a substitution may stand for."""

# By the attribute that each kind has, what Step Functions is given of it.
_WRITTEN = {
    "table_arn": "table_name",
    "event_bus_arn": "event_bus_name",
    "function_arn": "function_arn",
    "bucket_arn": "bucket_name",
    "topic_arn": "topic_arn",
    "queue_arn": "queue_url",
    "state_machine_arn": "state_machine_arn",
    "activity_arn": "activity_arn",
}


def placeholders_in(value: object) -> set[str]:
    """Give the names of all substitutions that a value asks for."""
    return {name for _, text in texts_in(value) for name in _PLACEHOLDER.findall(text)}


def only_placeholder(value: object) -> str | None:
    """Give the name of the substitution that a text is, and nothing else; ``None`` where it is not one."""
    found = _PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else None


def resource_substituted(value: object) -> object:
    """Give the resource of the CDK that a substitution stands for, of a construct of this library the inner one."""
    if isinstance(value, SinglePurposeFunction):
        return value.invocation_target
    for inner in ("event_bus", "state_machine"):
        if hasattr(type(value), inner) or inner in getattr(value, "__dict__", {}):
            return getattr(value, inner)
    return value


def check_substitutions(scope: IConstruct, definition: object, given: Mapping[str, object]) -> None:
    """See to it that every placeholder has its substitution, every substitution its placeholder, each a known kind.

    :raises InvalidArgumentError: it says which one lacks the other.
    """
    asked = placeholders_in(definition)
    for name, value in given.items():
        if not _NAME.fullmatch(name):
            raise InvalidArgumentError(
                scope,
                given=f"the substitution {name!r}",
                reason="a placeholder is a word of letters, digits and _",
                remedy="name it as in ${OrdersTable}",
            )
        if not isinstance(value, str) and _written_attribute(resource_substituted(value)) is None:
            raise InvalidArgumentError(
                scope,
                given=f"the substitution {name}={named(value)}",
                reason="Step Functions has no use for it",
                remedy="pass a table, bus, function, bucket, topic, queue, activity or state machine, or a text",
            )
    for name in sorted(asked - given.keys()):
        raise InvalidArgumentError(
            scope,
            given=f"a definition with ${{{name}}}",
            reason="no substitution has that name, and Step Functions would take the placeholder for a text",
            remedy=f"pass substitutions={{'{name}': …}}",
        )
    for name in sorted(given.keys() - asked):
        raise InvalidArgumentError(
            scope,
            given=f"the substitution {name!r}",
            reason="the definition does not ask for it",
            remedy=f"write ${{{name}}} in the definition, or leave it out",
        )


def substitution_texts(given: Mapping[str, object]) -> dict[str, str]:
    """Give what each substitution says: a table's name, a queue's address, the ARN of a function or topic."""
    texts: dict[str, str] = {}
    for name, value in given.items():
        if isinstance(value, str):
            texts[name] = value
            continue
        if isinstance(value, SinglePurposeFunction):
            value.invoked_by(InvocationModel.SYNCHRONOUS)
        resource = resource_substituted(value)
        texts[name] = cast("str", getattr(resource, _written_attribute(resource) or ""))
    return texts


def _written_attribute(resource: object) -> str | None:
    for known, written in _WRITTEN.items():
        # By the class where there is one: reading the attribute would ask the CDK for its value.
        if hasattr(type(resource), known) or (not isinstance(resource, str) and known in dir(resource)):
            return written
    return None
