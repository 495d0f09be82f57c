"""Which changes of a table a stream's consumer is given, as a value instead of a pattern in a text (L9)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TypeAlias, cast, get_args

from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.runtime.change import ChangeKind

AttributeValues: TypeAlias = "str | int | bool | Collection[str] | Collection[int]"
"""A value of an attribute, or several: any of them matches."""

_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
_MISSING = {"INSERT": "before", "REMOVE": "after"}
_IMAGES = {"keys": "Keys", "before": "OldImage", "after": "NewImage"}


@dataclass(frozen=True, kw_only=True)
class ChangeFilter:
    """The changes of a table that a :class:`StreamConsumer` is given; the others do not even invoke its function (L9).

    Everything that is asked for must be so. The attributes have their values, where DynamoDB's own filters have types
    and texts: ``17`` is ``{"N": ["17"]}`` there.

    :param event_names: ``INSERT``, ``MODIFY``, ``REMOVE``: any of them; default: whatever happened.
    :param keys: key attributes by name: a text, a whole number, or several of one type, any of which matches.
    :param before: attributes of the item as it was; the table's stream must keep old images.
    :param after: attributes of the item as it is, texts, whole numbers or ``True`` and ``False``; the table's stream
        must keep new images.

    :raises InvalidArgumentError: nothing is asked for, a name that DynamoDB does not have, a value that no filter can
        match exactly, or an empty list, which matches nothing.

    Source: Lambda developer guide, *Using event filtering with a DynamoDB event source*.

    ```python
    from best_practice_constructs import ChangeFilter

    issued = ChangeFilter(event_names=["INSERT"], keys={"fact": ["INVOICE", "CREDIT_NOTE"]})
    assert issued.pattern() == {
        "eventName": ["INSERT"],
        "dynamodb": {"Keys": {"fact": {"S": ["INVOICE", "CREDIT_NOTE"]}}},
    }
    ```
    """

    event_names: Collection[ChangeKind] = _KINDS
    keys: Mapping[str, AttributeValues] = field(default_factory=dict)
    before: Mapping[str, AttributeValues] = field(default_factory=dict)
    after: Mapping[str, AttributeValues] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.event_names, str) or not self.event_names or set(self.event_names) - set(_KINDS):
            raise _refusal(
                f"event_names={self.event_names!r}",
                f"DynamoDB tells of {', '.join(_KINDS)}",
                "list those that are wanted, or leave event_names out for all",
            )
        for kind, image in _MISSING.items():
            if set(self.event_names) == {kind} and getattr(self, image):
                raise _refusal(
                    f"{image}={getattr(self, image)!r} of {kind} alone",
                    f"the record of that kind has no such image ({_IMAGES[image]}), and would never match",
                    f"name another kind of event_names, or leave {image} out",
                )
        if not self.pattern():
            raise _refusal(
                "a filter that asks for nothing",
                "it lets everything through",
                "name event_names, keys, before or after, or leave the filter out",
            )

    def pattern(self) -> dict[str, object]:
        """Give the pattern as Lambda's event source mapping takes it."""
        pattern: dict[str, object] = {}
        if set(self.event_names) != set(_KINDS):
            pattern["eventName"] = [kind for kind in _KINDS if kind in self.event_names]
        if images := dict(self._images()):
            pattern["dynamodb"] = images
        return pattern

    def _images(self) -> Iterator[tuple[str, dict[str, object]]]:
        for name, image in _IMAGES.items():
            attributes = cast("Mapping[str, AttributeValues]", getattr(self, name))
            if attributes:
                yield image, {attribute: _typed(attribute, values) for attribute, values in attributes.items()}


def _typed(attribute: str, given: AttributeValues) -> dict[str, list[str] | list[bool]]:
    is_list = isinstance(given, Collection) and not isinstance(given, str | bytes)
    values: list[object] = list(cast("Collection[object]", given)) if is_list else [given]
    if isinstance(given, AbstractSet):
        # A set has another order in each process, and the template must not.
        values.sort(key=repr)
    types = {type(value) for value in values}
    if types == {str}:
        return {"S": cast("list[str]", values)}
    if types == {bool}:
        return {"BOOL": cast("list[bool]", values)}
    if types == {int}:
        # DynamoDB tells numbers as texts.
        return {"N": [str(value) for value in values]}
    if not values:
        raise _refusal(f"{attribute}={given!r}", "it matches nothing, ever", "list a value, or leave the attribute out")
    raise _refusal(
        f"{attribute}={given!r}",
        "event filters compare texts, whole numbers, True and False, all of one type",
        "ask for the rest in the handler",
    )


def _refusal(given: str, reason: str, remedy: str) -> InvalidArgumentError:
    return InvalidArgumentError("a ChangeFilter", given=given, reason=reason, remedy=remedy)
