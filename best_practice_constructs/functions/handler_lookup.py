"""Find a function's handler in its entry, by the name that Lambda gets."""

from __future__ import annotations

import difflib
from pathlib import Path

from best_practice_constructs.functions.handler_kind import FoundHandler, found_handler
from best_practice_constructs.functions.module_source import ModuleSource


class UnusableHandlerError(LookupError):
    """Lambda would find no handler of that name.

    :ivar reason: why, as a clause.
    :ivar remedy: what to write instead.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{reason}; {remedy}")


def find_handler(entry: Path, handler: str) -> FoundHandler | None:
    """Find a handler, and what makes it; ``None`` where that cannot be known.

    :param entry: the directory.
    :param handler: ``"module.function"``.
    :raises UnusableHandlerError: there is no such module, or no such function in it.
    :raises SyntaxError: the module cannot be read by this Python.
    """
    name, _, function = handler.rpartition(".")
    if not name or not function.isidentifier():
        raise UnusableHandlerError(
            "it names no module and function", "write 'module.function', as in 'place_order.handler'"
        )
    if not all(name.replace("/", ".").split(".")):
        # Lambda imports what is written, whatever a file system makes of it.
        raise UnusableHandlerError(
            f"Lambda would import {name.replace('/', '.')!r}, which is no name of a module",
            "write 'module.function' or 'package.module.function', as in 'orders.place_order.handler'",
        )
    module = ModuleSource.find(entry, name)
    if module is None:
        modules = sorted(file.stem for file in entry.glob("*.py"))
        close = difflib.get_close_matches(name, modules, n=1)
        raise UnusableHandlerError(
            f"the entry has no module {name!r}; it has {', '.join(modules) or 'no module'}",
            f"write '{close[0]}.{function}'" if close else "name a module of the entry",
        )
    if function not in module.bindings and not module.is_open:
        names = module.defined_names
        close = difflib.get_close_matches(function, names, n=1)
        raise UnusableHandlerError(
            f"{module.file.name} defines no {function!r} at its top level; it defines {', '.join(names) or 'nothing'}",
            f"write '{name}.{close[0]}'" if close else "name a function of that module",
        )
    return found_handler(module, function)
