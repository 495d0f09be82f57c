"""What a rule needs to send into each kind of target: its ARN, a policy or a role, its own parameters (E5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias, cast

from aws_cdk import ArnFormat
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct, IConstruct

from best_practice_constructs.construct_place import path_of, stack_of
from best_practice_constructs.consumers.async_function_consumer import AsyncFunctionConsumer
from best_practice_constructs.consumers.idempotent_queue_consumer import IdempotentQueueConsumer
from best_practice_constructs.consumers.stream_consumer import StreamConsumer
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.api_destination_target import ApiDestinationTarget
from best_practice_constructs.events.event_bus_entrance import let_route_in
from best_practice_constructs.events.event_delivery import check_encryption, let_events_send
from best_practice_constructs.functions.invocation_model import InvocationModel
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction
from best_practice_constructs.permissions import events as events_permissions
from best_practice_constructs.permissions import kms as kms_permissions
from best_practice_constructs.permissions import sns as sns_permissions
from best_practice_constructs.permissions import stepfunctions as stepfunctions_permissions
from best_practice_constructs.permissions.permission import Permission

_LOG_WRITERS = ("events.amazonaws.com", "delivery.logs.amazonaws.com")


class StartedByEvents(IConstruct, Protocol):
    """What events start: a workflow of this library, or its starter."""

    @property
    def event_target(self) -> stepfunctions.IStateMachine:
        """The state machine that gets the events."""
        ...


RouteTarget: TypeAlias = (
    IdempotentQueueConsumer
    | AsyncFunctionConsumer
    | SinglePurposeFunction
    | ApiDestinationTarget
    | sqs.IQueue
    | sns.ITopic
    | StartedByEvents
    | stepfunctions.IStateMachine
    | events.IEventBus
    | events.IApiDestination
    | logs.ILogGroup
)


@dataclass(frozen=True, kw_only=True)
class TargetBinding:
    """How a rule reaches its target.

    :param arn: of the target.
    :param permissions: what a role of the rule must be allowed; none where the target's own policy says who may send.
    :param allow: writes that policy, given the construct of the route and the rule's ARN.
    """

    arn: str
    permissions: tuple[Permission, ...] = ()
    allow: Callable[[Construct, str], Construct | None] = lambda _route, _rule_arn: None


def bind_target(
    route: Construct,
    target: RouteTarget,
    *,
    pattern: Mapping[str, object],
    message_group_id: str | None,
    policy_holder: logs.ILogGroup | None,
) -> TargetBinding:
    """Find out how a rule reaches ``target``.

    :param pattern: of the events: more than those are not let into another account.
    :param policy_holder: the log group whose resource policy takes the statement for a log group too; a region has
        room for ten policies.
    :raises InvalidArgumentError: EventBridge cannot send into it.
    """
    receiver = receiver_of(target)
    if message_group_id and not has_attribute(receiver, "queue_arn"):
        raise InvalidArgumentError(
            route,
            given=f"message_group_id={message_group_id!r} for a target that is no queue",
            reason="only FIFO queues have groups",
            remedy="leave message_group_id out",
        )
    if isinstance(receiver, SinglePurposeFunction):
        return _function(receiver)
    if has_attribute(receiver, "queue_arn"):
        return _queue(route, cast("sqs.IQueue", receiver), message_group_id)
    if has_attribute(receiver, "topic_arn"):
        return _topic(route, cast("sns.ITopic", receiver))
    if has_attribute(receiver, "state_machine_arn"):
        arn = cast("stepfunctions.IStateMachine", receiver).state_machine_arn
        return TargetBinding(arn=arn, permissions=(stepfunctions_permissions.start_execution(arn),))
    if is_bus(receiver):
        return _bus(cast("events.IEventBus", receiver), pattern)
    if has_attribute(receiver, "api_destination_arn"):
        arn = cast("events.IApiDestination", receiver).api_destination_arn
        return TargetBinding(arn=arn, permissions=(events_permissions.invoke_api_destination(arn),))
    if has_attribute(receiver, "log_group_arn"):
        return _log_group(route, cast("logs.ILogGroup", receiver), policy_holder)
    raise _unknown_target(route, receiver)


def _unknown_target(route: Construct, target: IConstruct) -> InvalidArgumentError:
    reason = "a route knows no such target"
    remedy = (
        "pass an IdempotentQueueConsumer or an AsyncFunctionConsumer whose handler does that, a SinglePurposeFunction, "
        "an ApiDestinationTarget, a queue, a topic, a state machine, a bus or a log group"
    )
    if has_attribute(target, "function_arn"):
        reason = "a function that is invoked asynchronously needs retries and a destination for its failures (H3)"
        remedy = "make it a SinglePurposeFunction or an AsyncFunctionConsumer, and pass that"
    elif hasattr(target, "subscription"):
        reason = "it consumes what its topic gets"
        remedy = "route the event to the topic: to=consumer.topic"
    elif isinstance(target, StreamConsumer) or hasattr(target, "bus"):
        reason = "it reads a stream, and no events of a bus"
        remedy = (
            "make an IdempotentQueueConsumer whose handler is decorated with runtime.queue_consumer, or an "
            "AsyncFunctionConsumer with runtime.async_event_consumer, and route to that"
        )
    elif hasattr(target, "rest_api"):
        reason = "an API answers requests, and gets no events"
        remedy = "route to what should happen: an IdempotentQueueConsumer, or another target"
    return InvalidArgumentError(
        route, given=f"to={path_of(target)}, of type {type(target).__name__}", reason=reason, remedy=remedy
    )


def is_bus(receiver: object) -> bool:
    """Tell whether what gets the events is a bus."""
    return has_attribute(receiver, "event_bus_arn")


def receiver_of(target: RouteTarget) -> IConstruct:
    """Give the resource that gets the events of a route to ``target``."""
    if isinstance(target, IdempotentQueueConsumer):
        return target.queue
    if isinstance(target, ApiDestinationTarget):
        return target.destination
    if isinstance(target, AsyncFunctionConsumer):
        return target.function
    if hasattr(type(target), "event_target"):
        return cast("StartedByEvents", target).event_target
    return target


def has_attribute(target: object, attribute: str) -> bool:
    """Tell what a target is by an attribute that its kind has, such as ``topic_arn``."""
    # By the class where there is one: reading the attribute would ask the CDK for its value. Some imported resources
    # have no class of their own in Python.
    return hasattr(type(target), attribute) or (not isinstance(target, Construct) and hasattr(target, attribute))


def _function(function: SinglePurposeFunction) -> TargetBinding:
    arn = function.invocation_target.function_arn

    def allow(route: Construct, rule_arn: str) -> Construct:
        function.invoked_by(InvocationModel.ASYNCHRONOUS)
        return lambda_.CfnPermission(
            route,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=arn,
            principal="events.amazonaws.com",
            source_arn=rule_arn,
        )

    return TargetBinding(arn=arn, allow=allow)


def _queue(route: Construct, queue: sqs.IQueue, message_group_id: str | None) -> TargetBinding:
    check_encryption(route, queue)
    is_fifo = queue.fifo
    if is_fifo and not message_group_id:
        raise InvalidArgumentError(
            route,
            given="a FIFO queue without message_group_id",
            reason="SQS refuses a message without a group on a FIFO queue",
            remedy="pass message_group_id='…', the group of all events of this route",
        )
    if is_fifo and not _deduplicates(queue):
        raise InvalidArgumentError(
            route,
            given=f"the FIFO queue {path_of(queue)} without content-based deduplication",
            reason="EventBridge sends no deduplication id, and SQS would refuse every event",
            remedy="make the queue with content_based_deduplication=True",
        )
    if not is_fifo and message_group_id:
        raise InvalidArgumentError(
            route,
            given=f"message_group_id={message_group_id!r} for a standard queue",
            reason="only FIFO queues have groups",
            remedy="leave message_group_id out, or make the queue FIFO",
        )

    def allow(route: Construct, rule_arn: str) -> None:
        let_events_send(route, queue, source_arn=rule_arn)

    return TargetBinding(arn=queue.queue_arn, allow=allow)


def _deduplicates(queue: sqs.IQueue) -> bool:
    """Tell whether a queue of the app deduplicates by content; of an imported one nothing is known."""
    resource = queue.node.default_child
    return not isinstance(resource, sqs.CfnQueue) or bool(resource.content_based_deduplication)


def _topic(route: Construct, topic: sns.ITopic) -> TargetBinding:
    if topic.fifo:
        raise InvalidArgumentError(
            route,
            given=f"the FIFO topic {path_of(topic)}",
            reason="EventBridge sends to standard topics only",
            remedy="route to a FIFO queue, with message_group_id",
        )
    permissions = [sns_permissions.publish(topic)]
    if topic.master_key is not None:
        # SNS encrypts with the right of whoever publishes.
        permissions.append(kms_permissions.encrypt_messages(topic.master_key))
    return TargetBinding(arn=topic.topic_arn, permissions=tuple(permissions))


def _bus(bus: events.IEventBus, pattern: Mapping[str, object]) -> TargetBinding:
    arn = bus.event_bus_arn

    def allow(route: Construct, _rule_arn: str) -> None:
        let_route_in(route, bus, pattern=pattern)

    return TargetBinding(arn=arn, permissions=(events_permissions.put_events(arn),), allow=allow)


def _log_group(route: Construct, log_group: logs.ILogGroup, policy_holder: logs.ILogGroup | None) -> TargetBinding:
    def allow(_route: Construct, rule_arn: str) -> None:
        # Elsewhere, the bus's stack would need to know of a rule that needs to know of the bus.
        is_shared = policy_holder is not None and stack_of(policy_holder) is stack_of(log_group)
        holder = policy_holder if policy_holder is not None and is_shared else log_group
        # As AWS documents it: streams are made without saying for which rule, and only this one writes into them.
        for action, conditions in (
            ("logs:CreateLogStream", None),
            ("logs:PutLogEvents", {"ArnEquals": {"aws:SourceArn": rule_arn}}),
        ):
            holder.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal(principal) for principal in _LOG_WRITERS],
                    actions=[action],
                    resources=[log_group.log_group_arn],
                    conditions=conditions,
                )
            )

    # Without the ":*" at the end that permissions want.
    arn = stack_of(route).format_arn(
        service="logs",
        resource="log-group",
        resource_name=log_group.log_group_name,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return TargetBinding(arn=arn, allow=allow)
