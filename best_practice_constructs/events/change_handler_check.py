"""What a change publisher's handler publishes, held against what its construct says (E4)."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

from constructs import Construct

from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.functions.handler_kind import FoundHandler, check_handler_of_consumer
from best_practice_constructs.functions.handler_lookup import UnusableHandlerError, find_handler
from best_practice_constructs.functions.module_source import ModuleSource, find_object
from best_practice_constructs.runtime.event_type import event_declaration


def check_change_handler(scope: Construct, events: Collection[type], *, entry: str | None, handler: str) -> None:
    """Refuse a handler that publishes other events than the construct says, or none, as far as its source tells.

    Handlers that are made from a class publish that class, and functions what their annotation says that they return.

    :param events: what the construct says that it publishes.
    :raises InvalidArgumentError: the catalogue would be wrong, and routes would wait for what never comes.
    """
    found = _found_handler(entry, handler)
    if found is None:
        return
    check_handler_of_consumer(scope, found.kind, handler=handler)
    said = [event.__name__ for event in events]
    written = f"events=[{', '.join(said)}] for handler={handler!r}"
    if isinstance(found.definition, ast.Call):
        published = _class_of_call(found, found.definition)
        if published is not None and said != [published]:
            raise InvalidArgumentError(
                scope,
                given=f"{written}, which is change_publisher({published}),",
                reason=f"it publishes {published} and nothing else: the catalogue would be wrong, and who waits for "
                f"{_others(said, published)} would wait for ever (E4)",
                remedy=f"write events=[{published}], or have the handler made of what events says",
            )
        return
    for published in _returned_classes(found, found.definition):
        if published not in said:
            raise InvalidArgumentError(
                scope,
                given=f"{written}, which returns {published}",
                reason="it publishes an event that the catalogue would not know (E4)",
                remedy=f"write events=[{', '.join((*said, published))}], or have the handler return what events says",
            )


def _found_handler(entry: str | None, handler: str) -> FoundHandler | None:
    if entry is None:
        return None
    try:
        return find_handler(Path(entry), handler)
    except (UnusableHandlerError, SyntaxError):
        # The function's own checks say so.
        return None


def _others(said: Collection[str], published: str) -> str:
    return ", ".join(name for name in said if name != published) or "others"


def _class_of_call(found: FoundHandler, call: ast.Call) -> str | None:
    return _declared_name(found.module, call.args[0]) if len(call.args) == 1 else None


def _returned_classes(found: FoundHandler, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for node in _parts(function.returns):
        if isinstance(node, ast.Name | ast.Attribute):
            name = _declared_name(found.module, node)
            if name is not None:
                yield name


def _parts(annotation: ast.expr | None) -> Iterator[ast.AST]:
    for node in ast.walk(annotation) if annotation is not None else ():
        yield node
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                yield from ast.walk(ast.parse(node.value, mode="eval"))
            except SyntaxError:
                continue


def _declared_name(module: ModuleSource, expression: ast.expr) -> str | None:
    """Give the name of a declared event's class; ``None`` of what is none, or cannot be known."""
    found = find_object(module, expression)
    if isinstance(found, type):
        return found.__name__ if _is_declared(found) else None
    definition = found[1] if found is not None else None
    if not isinstance(definition, ast.ClassDef) or not any(map(_declares, definition.decorator_list)):
        return None
    return definition.name


def _is_declared(found: type) -> bool:
    try:
        event_declaration(found)
    except (TypeError, ValueError, LookupError):
        return False
    return True


def _declares(decorator: ast.expr) -> bool:
    """Tell whether a decorator is ``@orders.event``, with arguments or without."""
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(function, ast.Attribute) and function.attr == "event"
