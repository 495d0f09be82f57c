"""Handlers as texts, and the calls that are found in them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from best_practice_constructs.audit.sdk_calls.code_files import CodeFiles
from best_practice_constructs.audit.sdk_calls.reached_code import calls_of_handler
from best_practice_constructs.audit.sdk_calls.sdk_call import CodeCalls


def calls_in(
    source: str,
    *,
    environment: Mapping[str, object] | None = None,
    of_others: tuple[str, ...] = (),
    **modules: str,
) -> CodeCalls:
    """Give the calls of ``app.handler``.

    :param modules: other modules, by their names, with ``__`` for the dots.
    """
    files = {f"{name.replace('__', '/')}.py": textwrap.dedent(text) for name, text in modules.items()}
    code = CodeFiles(
        {"app.py": textwrap.dedent(source), **files}, of_others=of_others, installed=["best_practice_constructs"]
    )
    return calls_of_handler(code, "app.handler", environment=environment)


def actions_in(source: str, *, environment: Mapping[str, object] | None = None, **modules: str) -> set[str]:
    """Give the actions of ``app.handler``, of which all have to be known."""
    found = calls_in(source, environment=environment, **modules)
    assert found.unknown == ()
    return set(found.actions)
