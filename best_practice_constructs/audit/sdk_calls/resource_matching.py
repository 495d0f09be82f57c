"""Whether what a role allows is on the resource that is called (C2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from best_practice_constructs.audit.sdk_calls.resource_names import is_one, may_be_one
from best_practice_constructs.audit.sdk_calls.role_actions import AllowedAction
from best_practice_constructs.audit.sdk_calls.service_side_actions import ServiceSideAction
from best_practice_constructs.audit.sdk_calls.template_model import Assembly, Resource, Template

# What a variable of the code may name; whatever else it refers to, such as a parameter with the name, tells nothing.
_TYPES: Mapping[str, frozenset[str]] = {
    "dynamodb": frozenset({"AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"}),
    "events": frozenset({"AWS::Events::EventBus"}),
    "firehose": frozenset({"AWS::KinesisFirehose::DeliveryStream"}),
    "kinesis": frozenset({"AWS::Kinesis::Stream"}),
    "lambda": frozenset({"AWS::Lambda::Function"}),
    "s3": frozenset({"AWS::S3::Bucket"}),
    "sns": frozenset({"AWS::SNS::Topic"}),
    "sqs": frozenset({"AWS::SQS::Queue"}),
    "states": frozenset({"AWS::StepFunctions::StateMachine"}),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class NeededAction(ServiceSideAction):
    """An action that the code takes.

    :param is_inferred: the code says on what, and no declaration.
    """

    is_inferred: bool = False


class ResourceMatching:
    """Compares what is needed with what is allowed, as far as both say on which resource.

    :param function: whose role and variables they are.
    """

    def __init__(self, assembly: Assembly, function: Resource) -> None:
        self._assembly = assembly
        self._template = function.template

    def may_be_on(self, need: ServiceSideAction, allowed: AllowedAction) -> bool:
        """Tell whether what is allowed may be on the resource that is needed."""
        if need.target is None or allowed.resource == "*":
            return True
        types = _types(need)
        needed = self._referred(self._template, need.target, types)
        given = self._referred(allowed.policy.template, allowed.resource, types)
        if needed and given:
            return bool(needed & given)
        name, resource = self._texts(need.target, allowed)
        return name is None or resource is None or may_be_one(name, resource)

    def is_on(self, need: ServiceSideAction, allowed: AllowedAction) -> bool:
        """Tell whether what is allowed is on that resource for sure, and on no pattern of several."""
        if need.target is None:
            return False
        types = _TYPES.get(need.action.partition(":")[0], frozenset())
        needed = self._referred(self._template, need.target, types)
        if needed & self._referred(allowed.policy.template, allowed.resource, types):
            return True
        name, resource = self._texts(need.target, allowed)
        return name is not None and resource is not None and is_one(name, resource)

    def _referred(self, template: Template, value: object, types: frozenset[str] | None) -> set[int]:
        found = self._assembly.targets(template, value)
        return {id(each) for each in found if types is None or each.type in types}

    def _texts(self, target: object, allowed: AllowedAction) -> tuple[str | None, str | None]:
        _, name = self._assembly.resolved(self._template, target)
        _, resource = self._assembly.resolved(allowed.policy.template, allowed.resource)
        return name if isinstance(name, str) else None, resource if isinstance(resource, str) else None


def _types(need: ServiceSideAction) -> frozenset[str] | None:
    """Give the types of resource that count; ``None`` for all."""
    is_inferred = isinstance(need, NeededAction) and need.is_inferred
    return _TYPES.get(need.action.partition(":")[0], frozenset()) if is_inferred else None
