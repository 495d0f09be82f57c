"""What a deployment into the embedded stage did, and what it left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class StackChange(StrEnum):
    """What happened to a stack."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class OmittedResource:
    """A resource that the emulator cannot run and that was left out of the deployed template.

    :param stack_name: the stack it belongs to.
    :param logical_id: its logical id in the template.
    :param resource_type: its CloudFormation type, such as ``"AWS::Events::Archive"``.
    :param path: its construct path, or its logical id where the template does not tell the path.
    :param reason: why it was left out.
    """

    stack_name: str
    logical_id: str
    resource_type: str
    path: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SuppliedResource:
    """A resource or property that CloudFormation in the emulator drops, and that was made through its service instead.

    :param stack_name: the stack it belongs to.
    :param logical_id: its logical id in the template.
    :param resource_type: its CloudFormation type.
    :param path: its construct path.
    :param how: what was done.
    """

    stack_name: str
    logical_id: str
    resource_type: str
    path: str
    how: str


@dataclass(frozen=True, kw_only=True)
class ReplacedReference:
    """A place of the template that pointed at an omitted resource, and what stands there now.

    :param stack_name: the stack it belongs to.
    :param location: where in the template: ``"Resources.Alarm.Properties.AlarmActions.0"``.
    :param reference: what was written there: ``"Ref Archive"`` or ``"Archive.Arn"``.
    :param replacement: what stands there now, or ``None`` when the entry was dropped.
    """

    stack_name: str
    location: str
    reference: str
    replacement: str | None


@dataclass(frozen=True, kw_only=True)
class IgnoredProperty:
    """A property that the emulator stores but does not act on, so the stage behaves differently from AWS there.

    :param stack_name: the stack it belongs to.
    :param logical_id: the resource that has the property.
    :param resource_type: its CloudFormation type.
    :param path: its construct path.
    :param property_path: the property, such as ``"Targets.DeadLetterConfig"``.
    :param effect: what does not happen on the embedded stage.
    """

    stack_name: str
    logical_id: str
    resource_type: str
    path: str
    property_path: str
    effect: str


@dataclass(frozen=True, kw_only=True)
class StackResult:
    """One stack after its deployment.

    :param stack_name: its name in CloudFormation.
    :param change: whether it was created, updated or already as wanted.
    :param account: the account it lives in on the emulator.
    :param region: the region it lives in on the emulator.
    :param outputs: its outputs by key.
    :param resources: the physical id of each resource by logical id.
    :param resource_paths: the logical id of each resource by construct path.
    :param seconds: how long it took.
    :param resource_types: the CloudFormation type of each resource by logical id.
    """

    stack_name: str
    change: StackChange
    account: str
    region: str
    outputs: Mapping[str, str]
    resources: Mapping[str, str]
    resource_paths: Mapping[str, str]
    seconds: float
    resource_types: Mapping[str, str] = field(default_factory=dict)

    def physical_id(self, logical_id_or_path: str) -> str:
        """Return the physical id of a resource, given its logical id, its construct path or that path's end.

        :param logical_id_or_path: ``"OrdersQueue1A2B"``, ``"Stack/Orders/Queue/Resource"`` or ``"Orders/Queue"``
            (``/Resource`` may be left out).
        :raises KeyError: no resource, or more than one, fits.
        """
        if logical_id_or_path in self.resources:
            return self.resources[logical_id_or_path]
        wanted = "/" + logical_id_or_path.strip("/").removesuffix("/Resource")
        fitting = {
            logical_id
            for path, logical_id in self.resource_paths.items()
            if ("/" + path.removesuffix("/Resource")).endswith(wanted) and logical_id in self.resources
        }
        if len(fitting) != 1:
            found = ", ".join(sorted(fitting)) or "none"
            raise KeyError(
                f"{logical_id_or_path!r} should name one resource of stack {self.stack_name}; found: {found}"
            )
        return self.resources[fitting.pop()]

    def paths(self, resource_type: str) -> dict[str, str]:
        """Return the construct path of each resource of a type by its physical id, without ``/Resource`` at the end.

        :param resource_type: such as ``"AWS::Lambda::Function"``.
        """
        return {
            self.resources[logical_id]: path.removesuffix("/Resource")
            for path, logical_id in self.resource_paths.items()
            if self.resource_types.get(logical_id) == resource_type and logical_id in self.resources
        }


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What :meth:`LocalStage.deploy` did.

    :param stacks: the deployed stacks by name, in the order of their deployment.
    :param omitted: every resource that was left out, because the emulator does not know its type.
    :param supplied: what was made through services because CloudFormation in the emulator drops it.
    :param replaced: every reference to an omitted resource, and what stands in its place.
    :param ignored: every property that the emulator is known to ignore.
    :param seconds: how long the whole deployment took.
    """

    stacks: Mapping[str, StackResult]
    omitted: tuple[OmittedResource, ...] = ()
    supplied: tuple[SuppliedResource, ...] = ()
    replaced: tuple[ReplacedReference, ...] = ()
    ignored: tuple[IgnoredProperty, ...] = ()
    seconds: float = 0.0
    outputs: Mapping[str, Mapping[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "outputs", {name: stack.outputs for name, stack in self.stacks.items()})
