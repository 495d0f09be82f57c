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
    modules: Mapping[str, str] | None = None,
    environment: Mapping[str, object] | None = None,
    of_others: tuple[str, ...] = (),
) -> CodeCalls:
    """Give the calls of ``app.handler``.

    :param modules: other modules, by their names.
    """
    files = {f"{name}.py": textwrap.dedent(text) for name, text in (modules or {}).items()}
    code = CodeFiles(
        {"app.py": textwrap.dedent(source), **files},
        of_others=of_others,
        installed=["best_practice_constructs", "aws_lambda_powertools"],
    )
    return calls_of_handler(code, "app.handler", environment=environment)


def actions_in(source: str, *, environment: Mapping[str, object] | None = None, **modules: str) -> set[str]:
    """Give the actions of ``app.handler``, of which all have to be known."""
    found = calls_in(source, modules=modules, environment=environment)
    assert found.unknown == ()
    return set(found.actions)
