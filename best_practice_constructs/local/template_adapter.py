"""Turns a template into one that the emulator takes, and tells what that changed. Dictionaries in, dictionaries out.

A resource is left out when the emulator does not know its type, refuses it, or when one of its own properties *is* a
reference to a resource that is left out (it is then part of that one, as a schema is of its registry). A reference
that stands deeper (in an environment variable, a policy statement, a list of actions) becomes a placeholder text; an
entry of ``DependsOn`` and an output that need a missing resource are dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import cast

from best_practice_constructs.local.deployment import IgnoredProperty, OmittedResource, ReplacedReference
from best_practice_constructs.local.emulator_gaps import IGNORED, REFUSED, EmulatorGap
from best_practice_constructs.local.template_references import ReferenceReplacer, find_reference

_PATH_METADATA = "aws:cdk:path"


@dataclass(frozen=True, kw_only=True)
class AdaptedTemplate:
    """A template that the emulator takes.

    :param template: the template.
    :param omitted: the resources that are no longer in it.
    :param replaced: the references to them that were replaced or dropped.
    :param ignored: the properties that are in it, but without effect.
    :param dropped_exports: the names under which dropped outputs were exported to other stacks.
    """

    template: dict[str, object]
    omitted: tuple[OmittedResource, ...] = ()
    replaced: tuple[ReplacedReference, ...] = ()
    ignored: tuple[IgnoredProperty, ...] = ()
    dropped_exports: frozenset[str] = frozenset()


def adapt_template(
    template: Mapping[str, object],
    *,
    stack_name: str,
    supported_types: AbstractSet[str],
    missing_exports: AbstractSet[str] = frozenset(),
    drop_outputs: bool = True,
) -> AdaptedTemplate:
    """Leave out of a template what the emulator cannot run.

    :param template: a CloudFormation template; it is not changed.
    :param stack_name: the stack's name, for the report.
    :param supported_types: the types that the emulator can create.
    :param missing_exports: export names of other stacks that were dropped there.
    :param drop_outputs: whether outputs that need an omitted resource are dropped; else (a nested stack, whose parent
        asks for them) they tell a placeholder.
    """
    resources = _mapping(template.get("Resources"))
    omitted = _omitted_resources(
        resources, stack_name=stack_name, supported_types=supported_types, missing_exports=missing_exports
    )
    replacer = ReferenceReplacer(omitted=frozenset(omitted), missing_exports=missing_exports, stack_name=stack_name)
    kept = {name: resource for name, resource in resources.items() if name not in omitted}
    adapted = dict(template)
    adapted["Resources"] = {
        name: replacer.resource(name, _mapping(resource)) if isinstance(resource, Mapping) else resource
        for name, resource in kept.items()
    }
    dropped_exports: set[str] = set()
    if isinstance(template.get("Outputs"), Mapping):
        outputs: dict[str, object] = {}
        for name, output in _mapping(template["Outputs"]).items():
            reference = find_reference(output, omitted=replacer.omitted, missing_exports=missing_exports)
            if reference is None or not drop_outputs:
                outputs[name] = replacer.value(output, location=f"Outputs.{name}")
                continue
            replacer.note(f"Outputs.{name}", reference=reference, replacement=None)
            export = _mapping(_mapping(output).get("Export")).get("Name")
            if isinstance(export, str):
                dropped_exports.add(export)
        adapted["Outputs"] = outputs
    return AdaptedTemplate(
        template=adapted,
        omitted=tuple(omitted.values()),
        replaced=tuple(replacer.replaced),
        ignored=tuple(_ignored_properties(kept, stack_name=stack_name)),
        dropped_exports=frozenset(dropped_exports),
    )


def resource_paths(template: Mapping[str, object]) -> dict[str, str]:
    """Return the logical id of each resource by construct path, as far as the template tells paths."""
    paths = {}
    for logical_id, resource in _mapping(template.get("Resources")).items():
        path = _mapping(_mapping(resource).get("Metadata")).get(_PATH_METADATA)
        if isinstance(path, str):
            paths[path] = logical_id
    return paths


def _omitted_resources(
    resources: Mapping[str, object],
    *,
    stack_name: str,
    supported_types: AbstractSet[str],
    missing_exports: AbstractSet[str],
) -> dict[str, OmittedResource]:
    reasons: dict[str, str] = {}
    for logical_id, resource in resources.items():
        reason = _unrunnable(_mapping(resource), supported_types=supported_types)
        if reason:
            reasons[logical_id] = reason
    grown = True
    while grown:
        grown = False
        for logical_id, resource in resources.items():
            if logical_id in reasons:
                continue
            missing = _missing_owner(_mapping(resource), omitted=reasons.keys(), missing_exports=missing_exports)
            if missing:
                reasons[logical_id] = f"it belongs to {missing}, which was left out"
                grown = True
    return {
        logical_id: OmittedResource(
            stack_name=stack_name,
            logical_id=logical_id,
            resource_type=str(_mapping(resource).get("Type")),
            path=_path(logical_id, _mapping(resource)),
            reason=reasons[logical_id],
        )
        for logical_id, resource in resources.items()
        if logical_id in reasons
    }


def _unrunnable(resource: Mapping[str, object], *, supported_types: AbstractSet[str]) -> str | None:
    resource_type = str(resource.get("Type"))
    if resource_type not in supported_types and not resource_type.startswith("Custom::"):
        return "the emulator does not know this type"
    return next((gap.effect for gap in REFUSED if _applies(gap, resource)), None)


def _missing_owner(
    resource: Mapping[str, object], *, omitted: AbstractSet[str], missing_exports: AbstractSet[str]
) -> str | None:
    for value in _mapping(resource.get("Properties")).values():
        if isinstance(value, Mapping) and len(_mapping(value)) == 1:
            (function, argument) = next(iter(_mapping(value).items()))
            if function in ("Ref", "Fn::GetAtt", "Fn::ImportValue"):
                found = find_reference({function: argument}, omitted=omitted, missing_exports=missing_exports)
                if found:
                    return found
    return None


def _ignored_properties(resources: Mapping[str, object], *, stack_name: str) -> Iterator[IgnoredProperty]:
    for logical_id, untyped in resources.items():
        resource = _mapping(untyped)
        for gap in IGNORED:
            if _applies(gap, resource):
                yield IgnoredProperty(
                    stack_name=stack_name,
                    logical_id=logical_id,
                    resource_type=gap.resource_type,
                    path=_path(logical_id, resource),
                    property_path=gap.property_path,
                    effect=gap.effect,
                )


def _applies(gap: EmulatorGap, resource: Mapping[str, object]) -> bool:
    if resource.get("Type") != gap.resource_type:
        return False
    return all(_has(resource.get("Properties"), path.split(".")) for path in (gap.property_path, gap.beside) if path)


def _has(value: object, path: list[str]) -> bool:
    if not path:
        return True
    if isinstance(value, list):
        return any(_has(entry, path) for entry in cast("list[object]", value))
    return path[0] in _mapping(value) and _has(_mapping(value)[path[0]], path[1:])


def _path(logical_id: str, resource: Mapping[str, object]) -> str:
    return str(_mapping(resource.get("Metadata")).get(_PATH_METADATA, logical_id))


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
