"""Finds and replaces what a template says about resources that are not in it, in every notation there is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import cast

from best_practice_constructs.local.deployment import ReplacedReference

# ${Name} or ${Name.Attribute}; ${!Name} is the literal text ${Name}, and ${AWS::Region} has no match in the names.
_SUBSTITUTION = re.compile(r"\$\{(?P<name>[^!${}.][^${}.]*)(?:\.(?P<attribute>[^${}]+))?\}")


class ReferenceReplacer:
    """Rewrites values so that nothing refers to an omitted resource, and notes each change.

    :param omitted: logical ids that are not in the template any more.
    :param missing_exports: export names that no stack exports any more.
    :param stack_name: the stack, for the notes.
    :param known: what references (``"Name"``, ``"Name.Attribute"``) will mean all the same; these are no changes.
    """

    def __init__(
        self,
        *,
        omitted: frozenset[str],
        missing_exports: AbstractSet[str],
        stack_name: str,
        known: Mapping[str, str] | None = None,
    ) -> None:
        self._known = known or {}
        self.omitted = omitted
        self.replaced: list[ReplacedReference] = []
        self._missing_exports = missing_exports
        self._stack_name = stack_name

    def resource(self, logical_id: str, resource: Mapping[str, object]) -> dict[str, object]:
        """Return a resource without references to omitted ones."""
        location = f"Resources.{logical_id}"
        adapted: dict[str, object] = {}
        for key, value in resource.items():
            if key != "DependsOn":
                adapted[key] = self.value(value, location=f"{location}.{key}")
                continue
            names = [value] if isinstance(value, str) else cast("list[object]", value)
            missing = [name for name in names if name in self.omitted]
            for name in missing:
                self.note(f"{location}.DependsOn", reference=str(name), replacement=None)
            if not missing:
                adapted[key] = value
            elif len(missing) < len(names):
                adapted[key] = [name for name in names if name not in self.omitted]
        return adapted

    def note(self, location: str, *, reference: str, replacement: str | None) -> None:
        """Record a change."""
        self.replaced.append(
            ReplacedReference(
                stack_name=self._stack_name, location=location, reference=reference, replacement=replacement
            )
        )

    def value(self, value: object, *, location: str) -> object:
        """Return any part of a template without references to omitted resources.

        :param value: the part.
        :param location: where it stands, for the notes.
        """
        if isinstance(value, list):
            entries = cast("list[object]", value)
            return [self.value(entry, location=f"{location}.{index}") for index, entry in enumerate(entries)]
        if not isinstance(value, Mapping):
            return value
        mapping = cast("Mapping[str, object]", value)
        if len(mapping) == 1:
            function, argument = next(iter(mapping.items()))
            if function == "Fn::Sub":
                return {function: self._substitution(argument, location=location)}
            reference = _reference(function, argument, omitted=self.omitted, missing_exports=self._missing_exports)
            if reference:
                return self._replacement(reference, location=location)
        return {key: self.value(entry, location=f"{location}.{key}") for key, entry in mapping.items()}

    def _replacement(self, reference: str, *, location: str) -> str:
        if reference in self._known:
            return self._known[reference]
        replacement = _placeholder(reference)
        self.note(location, reference=reference, replacement=replacement)
        return replacement

    def _substitution(self, argument: object, *, location: str) -> object:
        text, variables = _substitution_parts(argument)
        if text is None:
            return argument

        def replace(match: re.Match[str]) -> str:
            if match["name"] in variables or match["name"] not in self.omitted:
                return match[0]
            return self._replacement(match[0][2:-1], location=location)

        text = _SUBSTITUTION.sub(replace, text)
        if isinstance(argument, str):
            return text
        return [text, self.value(variables, location=location)]


def find_reference(value: object, *, omitted: AbstractSet[str], missing_exports: AbstractSet[str]) -> str | None:
    """Return the first reference to an omitted resource within a value, as ``"Name"`` or ``"Name.Attribute"``."""
    if isinstance(value, list):
        for entry in cast("list[object]", value):
            found = find_reference(entry, omitted=omitted, missing_exports=missing_exports)
            if found:
                return found
        return None
    if not isinstance(value, Mapping):
        return None
    mapping = cast("Mapping[str, object]", value)
    if len(mapping) == 1:
        function, argument = next(iter(mapping.items()))
        found = _reference(function, argument, omitted=omitted, missing_exports=missing_exports)
        if found:
            return found
    return find_reference(list(mapping.values()), omitted=omitted, missing_exports=missing_exports)


def _reference(
    function: str, argument: object, *, omitted: AbstractSet[str], missing_exports: AbstractSet[str]
) -> str | None:
    if function == "Ref" and isinstance(argument, str) and argument in omitted:
        return argument
    if function == "Fn::GetAtt":
        # Both notations: ["Name", "Attribute"] (the attribute may be a Ref) and "Name.Attribute".
        parts: object = argument.split(".", 1) if isinstance(argument, str) else argument
        if isinstance(parts, list):
            name, *attribute = cast("list[object]", parts)
            if name in omitted:
                return ".".join([str(name), *(part for part in attribute if isinstance(part, str))])
    if function == "Fn::ImportValue" and isinstance(argument, str) and argument in missing_exports:
        return argument
    if function == "Fn::Sub":
        text, variables = _substitution_parts(argument)
        for match in _SUBSTITUTION.finditer(text or ""):
            if match["name"] in omitted and match["name"] not in variables:
                return match[0][2:-1]
    return None


def _substitution_parts(argument: object) -> tuple[str | None, Mapping[str, object]]:
    if isinstance(argument, str):
        return argument, {}
    if isinstance(argument, list):
        parts = cast("list[object]", argument)
        if len(parts) == 2 and isinstance(parts[0], str) and isinstance(parts[1], Mapping):
            return parts[0], cast("Mapping[str, object]", parts[1])
    return None, {}


def _placeholder(reference: str) -> str:
    """Return a text that looks like what stood there and says that it is nothing real."""
    name, _, attribute = reference.partition(".")
    if attribute.lower().endswith("arn") or "Arn" in name.rpartition(":")[2]:
        return f"arn:aws:omitted:us-east-1:000000000000:{name.replace(':', '-')}"
    return f"omitted-{name.replace(':', '-')}"
