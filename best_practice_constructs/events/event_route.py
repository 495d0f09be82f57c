"""One route of a bus: a rule, its target, and what happens when the target cannot be reached (H1, H6)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.construct_place import path_of, tell_place
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.durations import whole_seconds
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.api_destination_target import ApiDestinationTarget
from best_practice_constructs.events.delivery_alarms import create_failed_deliveries_alarm, create_retries_alarm
from best_practice_constructs.events.event_delivery import check_dead_letter_queue, let_events_send
from best_practice_constructs.events.route_target import RouteTarget, TargetBinding, bind_target
from best_practice_constructs.observability.dead_letters_alarm import create_dead_letters_alarm
from best_practice_constructs.observability.redrive_command import redrive_command
from best_practice_constructs.operations.command_names import REPLAY_ARCHIVE
from best_practice_constructs.policy_document import policy_document
from best_practice_constructs.queues.dead_letter_queue import create_dead_letter_queue
from best_practice_constructs.roles.service_role import create_service_role
from best_practice_constructs.runtime.event_type import EventDeclaration


class EventRoute(Construct):
    """A rule with one target, retries and a dead-letter queue of its own (E5, H1, H6).

    Made by ``EnrichedEventBus.route``.

    It lives below its target, so that the stack of the bus knows nothing of its consumers (S5); below its bus where the
    target is a bus of another account or region.

    :ivar event_bus: whose events are routed.
    :ivar event: what was declared of the event; ``None`` for a pattern.
    :ivar pattern: what the rule matches.
    :ivar target: where the events go.
    :ivar rule: the ``CfnRule``.
    :ivar dead_letter_queue: events that could not be delivered, with ``ERROR_CODE`` and ``ERROR_MESSAGE`` in the
        message attributes.
    :ivar role: may do just this to the target (workflows, topics, buses, API destinations); ``None`` where the target's
        own policy lets the rule send.
    :ivar permission: lets the rule invoke a function; ``None`` for other targets.
    :ivar dead_letters_alarm: goes off at the first of them; ``None`` for a queue of yours.
    :ivar failed_deliveries_alarm: goes off when a request to an :class:`ApiDestinationTarget` was given up; ``None``
        for other targets.
    :ivar retries_alarm: goes off when requests to one are tried again in three minutes of fifteen; ``None`` for other
        targets.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        event_bus: events.IEventBus,
        event: EventDeclaration | None,
        pattern: Mapping[str, object],
        target: RouteTarget,
        dead_letter_queue: sqs.IQueue | None,
        retry_attempts: int,
        max_event_age: Duration,
        message_group_id: str | None,
        input_path: str | None,
        input_transformer: events.CfnRule.InputTransformerProperty | None,
        http_parameters: events.CfnRule.HttpParametersProperty | None,
        policy_holder: logs.ILogGroup | None,
        role_path: str | None,
        permissions_boundary: iam.IManagedPolicy | None,
        enabled: bool,
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        self.event_bus = event_bus
        self.event = event
        self.pattern = pattern
        self.target = target
        binding = bind_target(
            self, target, pattern=pattern, message_group_id=message_group_id, policy_holder=policy_holder
        )
        if dead_letter_queue is not None:
            check_dead_letter_queue(self, dead_letter_queue)
            if dead_letter_queue is getattr(target, "queue", target):
                raise InvalidArgumentError(
                    self,
                    given="the target itself as dead_letter_queue",
                    reason="what cannot be delivered to it cannot be delivered to it",
                    remedy="pass another queue, or leave it out: one is made",
                )
        self.dead_letters_alarm: cloudwatch.Alarm | None = None
        self.dead_letter_queue: sqs.IQueue = dead_letter_queue or self._create_dead_letter_queue()
        self.role = self._create_role(binding, role_path=role_path, permissions_boundary=permissions_boundary)
        self.rule = events.CfnRule(
            self,
            "Rule",
            event_bus_name=event_bus.event_bus_name,
            event_pattern=dict(pattern),
            state="ENABLED" if enabled else "DISABLED",
            targets=[
                events.CfnRule.TargetProperty(
                    id="Target",
                    arn=binding.arn,
                    role_arn=self.role.role_arn if self.role else None,
                    input_path=input_path,
                    input_transformer=input_transformer,
                    http_parameters=http_parameters,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self.dead_letter_queue.queue_arn),
                    retry_policy=events.CfnRule.RetryPolicyProperty(
                        maximum_retry_attempts=retry_attempts,
                        maximum_event_age_in_seconds=whole_seconds(max_event_age),
                    ),
                    sqs_parameters=events.CfnRule.SqsParametersProperty(message_group_id=message_group_id)
                    if message_group_id
                    else None,
                )
            ],
        )
        if _holds_null(pattern):
            # The CDK drops what is null, and the pattern would match nothing.
            self.rule.add_property_override("EventPattern", json.dumps(pattern, sort_keys=True))
        rule_arn = self.rule.attr_arn
        let_events_send(self, self.dead_letter_queue, source_arn=rule_arn)
        self.permission = binding.allow(self, rule_arn)
        self.failed_deliveries_alarm: cloudwatch.Alarm | None = None
        self.retries_alarm: cloudwatch.Alarm | None = None
        if isinstance(target, ApiDestinationTarget):
            defaults = ServiceDefaults.used_in(self)
            self.failed_deliveries_alarm = create_failed_deliveries_alarm(
                self, "FailedDeliveriesAlarm", rule=self.rule, event_bus=event_bus, defaults=defaults
            )
            self.retries_alarm = create_retries_alarm(
                self, "RetriesAlarm", rule=self.rule, event_bus=event_bus, defaults=defaults
            )

    def _create_role(
        self, binding: TargetBinding, *, role_path: str | None, permissions_boundary: iam.IManagedPolicy | None
    ) -> iam.Role | None:
        if not binding.permissions:
            if role_path is not None or permissions_boundary is not None:
                raise InvalidArgumentError(
                    self,
                    given="role_path or permissions_boundary for a route without a role",
                    reason="the target's own policy lets the rule send into it",
                    remedy="leave it out",
                )
            return None
        return create_service_role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "events.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    # As EventBridge's page on the confused deputy has it. Not by name: the rule is made after its role.
                    "ArnLike": {
                        "aws:SourceArn": f"arn:{Aws.PARTITION}:events:{Aws.REGION}:{Aws.ACCOUNT_ID}:rule/*",
                    },
                },
            ),
            defaults=ServiceDefaults.used_in(self),
            role_path=role_path,
            permissions_boundary=permissions_boundary,
            inline_policies={"Send": policy_document(binding.permissions)},
        )

    def _create_dead_letter_queue(self) -> sqs.Queue:
        defaults = ServiceDefaults.used_in(self)
        queue = create_dead_letter_queue(self, "DeadLetters", removal_policy=defaults.removal_policy)
        self.dead_letters_alarm = create_dead_letters_alarm(
            self,
            "DeadLettersAlarm",
            queue=queue,
            description=f"EventBridge could not deliver events of {path_of(self)}. {self._what_to_do(queue)}",
            defaults=defaults,
        )
        return queue

    def _what_to_do(self, queue: sqs.Queue) -> str:
        if isinstance(self.target, ApiDestinationTarget):
            return (
                "Why (the partner's answer, or none) is shown by: "
                f"{redrive_command(queue)}. When the partner takes them again, replay the archive over that time, to "
                f"this one rule: {REPLAY_ARCHIVE}; then delete the dead letters."
            )
        return (
            f"Why (often the target's policy) is shown by: {redrive_command(queue)}. Mend it, then send them to the "
            "target with --move."
        )


def _holds_null(part: object) -> bool:
    if isinstance(part, Mapping):
        return any(map(_holds_null, part.values()))
    return part is None or (isinstance(part, list) and any(map(_holds_null, part)))
