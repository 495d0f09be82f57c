"""The methods of Java's strings, maps and lists that templates call.

What is not here is refused with its name, rather than answered as Python would.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, cast

from best_practice_constructs.local.mapping_templates.java_values import JavaList, JavaMap, text_of

_GROUP = re.compile(r"\\(.)|\$(\d)", re.DOTALL)


class TemplateObject(Protocol):
    """A value with methods of its own, such as ``$util``."""

    @property
    def template_methods(self) -> Mapping[str, Callable[..., object]]:
        """Its methods by name."""
        ...

    @property
    def template_properties(self) -> Mapping[str, object]:
        """Its properties by name."""
        ...


def call_method(target: object, name: str, arguments: Sequence[object]) -> object:
    """Call a method of a template's value.

    :param target: the value.
    :param name: the method.
    :param arguments: what it is given.
    :raises ValueError: the value has no such method, or not with these arguments.
    """
    if target is None:
        # Of what is undefined everything is undefined.
        return None
    kind, methods = _methods_of(target)
    method = methods.get(name)
    if method is None:
        raise ValueError(
            f"{kind} has no method {name}() that is known here (known: {', '.join(sorted(methods)) or 'none'})."
        )
    try:
        return method(*arguments)
    except TypeError as error:
        raise ValueError(f"{name}() of {kind} does not take {_described(arguments)}.") from error


def property_of(target: object, name: str) -> object:
    """Return a property of a template's value, ``None`` when it has none."""
    if isinstance(target, Mapping):
        return cast("Mapping[str, object]", target).get(name)
    properties = getattr(target, "template_properties", None)
    if isinstance(properties, Mapping):
        return cast("Mapping[str, object]", properties).get(name)
    if name == "empty" and isinstance(target, str | list):
        return not target
    return None


def element_of(target: object, index: object) -> object:
    """Return what stands in brackets behind a value, ``None`` when there is nothing."""
    if isinstance(target, Mapping):
        return cast("Mapping[object, object]", target).get(index)
    if isinstance(target, list) and isinstance(index, int) and not isinstance(index, bool):
        values = cast("list[object]", target)
        return values[index] if -len(values) <= index < len(values) else None
    return None


def _methods_of(target: object) -> tuple[str, Mapping[str, Callable[..., object]]]:
    own = getattr(target, "template_methods", None)
    if isinstance(own, Mapping):
        return type(target).__name__, cast("Mapping[str, Callable[..., object]]", own)
    if isinstance(target, str):
        return "a string", _bound(_STRING, target)
    if isinstance(target, Mapping):
        return "a map", _bound(_MAP, target)
    if isinstance(target, list):
        return "a list", _bound(_LIST, target)
    kind = "a Boolean" if isinstance(target, bool) else "a number"
    return kind, _bound(_ANY, target)


def _bound(methods: Mapping[str, Callable[..., object]], target: object) -> dict[str, Callable[..., object]]:
    def bind(method: Callable[..., object]) -> Callable[..., object]:
        return lambda *arguments: method(target, *arguments)

    return {name: bind(method) for name, method in {**_ANY, **methods}.items()}


def _described(arguments: Sequence[object]) -> str:
    return ", ".join(type(argument).__name__ for argument in arguments) or "no arguments"


def _replace_all(text: str, pattern: str, replacement: str) -> str:
    return re.sub(pattern, _replacer(replacement), text)


def _replace_first(text: str, pattern: str, replacement: str) -> str:
    return re.sub(pattern, _replacer(replacement), text, count=1)


def _replacer(replacement: str) -> Callable[[re.Match[str]], str]:
    # Java: a backslash takes the next character as it is, and $1 is a group; Python writes both otherwise.
    if re.search(r"(?<!\\)(?:\\\\)*\\$", replacement):
        raise ValueError("Java refuses a replacement that ends with a backslash; write \\\\ for one.")

    def replace(match: re.Match[str]) -> str:
        return _GROUP.sub(
            lambda group: group[1] if group[1] is not None else (match[int(group[2])] or ""),
            replacement,
        )

    return replace


def _split(text: str, pattern: str, limit: int = 0) -> JavaList:
    pieces = re.split(pattern, text, maxsplit=max(limit - 1, 0)) if text else [""]
    if limit == 0:
        while len(pieces) > 1 and pieces[-1] == "":
            pieces.pop()
    return JavaList(pieces)


def _length(text: str) -> int:
    # Java counts UTF-16 units: a character beyond U+FFFF is two.
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _substring(text: str, start: int, end: int | None = None) -> str:
    last = _length(text) if end is None else end
    if not 0 <= start <= last <= _length(text):
        raise ValueError(f"substring({start}, {last}) is outside of a text of {_length(text)} characters.")
    units = text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * last]
    return units.decode("utf-16-le", "surrogatepass")


def _character_at(text: str, index: int) -> str:
    return _substring(text, index, index + 1)


def _get(values: list[object], index: int) -> object:
    if not 0 <= index < len(values):
        raise ValueError(f"get({index}) is outside of a list of {len(values)} entries.")
    return values[index]


def _set(values: list[object], index: int, value: object) -> object:
    before = _get(values, index)
    values[index] = value
    return before


def _add(values: list[object], value: object) -> bool:
    values.append(value)
    return True


def _add_all(values: list[object], more: Iterable[object]) -> bool:
    values.extend(more)
    return True


def _put(values: dict[str, object], key: str, value: object) -> object:
    before = values.get(key)
    values[key] = value
    return before


def _entries(values: Mapping[str, object]) -> JavaList:
    return JavaList(JavaMap(key=key, value=value) for key, value in values.items())


_ANY: Mapping[str, Callable[..., object]] = {
    "equals": lambda target, other: type(target) is type(other) and target == other,
    "toString": text_of,
}

_STRING: Mapping[str, Callable[..., object]] = {
    "charAt": _character_at,
    "concat": lambda text, other: text + text_of(other),
    "contains": lambda text, part: text_of(part) in text,
    "endsWith": lambda text, part: text.endswith(part),
    "equals": lambda text, other: isinstance(other, str) and text == other,
    "equalsIgnoreCase": lambda text, other: isinstance(other, str) and text.casefold() == other.casefold(),
    "indexOf": lambda text, part, start=0: text.find(part, start),
    "isEmpty": lambda text: text == "",
    "lastIndexOf": lambda text, part: text.rfind(part),
    "length": _length,
    "matches": lambda text, pattern: re.fullmatch(pattern, text) is not None,
    "replace": lambda text, part, other: text.replace(part, other),
    "replaceAll": _replace_all,
    "replaceFirst": _replace_first,
    "split": _split,
    "startsWith": lambda text, part: text.startswith(part),
    "substring": _substring,
    "toLowerCase": lambda text: text.lower(),
    "toUpperCase": lambda text: text.upper(),
    "trim": lambda text: text.strip("".join(map(chr, range(33)))),
}

_MAP: Mapping[str, Callable[..., object]] = {
    "containsKey": lambda values, key: key in values,
    "containsValue": lambda values, value: value in values.values(),
    "entrySet": _entries,
    "get": lambda values, key: values.get(key),
    "getOrDefault": lambda values, key, default: values.get(key, default),
    "isEmpty": lambda values: not values,
    "keySet": JavaList,
    "put": _put,
    "putAll": lambda values, more: values.update(more),
    "remove": lambda values, key: values.pop(key, None),
    "size": len,
    "values": lambda values: JavaList(values.values()),
}

_LIST: Mapping[str, Callable[..., object]] = {
    "add": _add,
    "addAll": _add_all,
    "contains": lambda values, value: value in values,
    "get": _get,
    "indexOf": lambda values, value: values.index(value) if value in values else -1,
    "isEmpty": lambda values: not values,
    "set": _set,
    "size": len,
}
