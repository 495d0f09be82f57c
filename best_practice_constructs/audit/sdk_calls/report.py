"""Tells what a comparison found: for people, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from best_practice_constructs.audit.sdk_calls.comparison import FunctionComparison
from best_practice_constructs.audit.sdk_calls.sdk_call import CodePlace, UnknownCall

_HOW_TO_DECLARE = "declare it beside the call, as in '# sdk-calls: dynamodb:PutItem'"


def findings(comparison: FunctionComparison) -> Iterator[str]:
    """Give one line for each thing that is unused, missing, not known or not read; or that it was not compared."""
    if comparison.not_compared and not comparison.is_left_out:
        yield f"not compared, as {comparison.not_compared}"
    for unused in comparison.unused:
        wider = f", wider than the calls by {', '.join(unused.wider_by)} …" if unused.wider_by else ""
        where = f"statement {unused.statement} of {unused.policy} ({unused.path})"
        yield f"unused   {unused.action}{wider}: {where}{_unless(comparison)}"
    for missing in comparison.missing:
        for place in missing.places:
            on = f" on {missing.variable}, where the role allows it on something else" if missing.variable else ""
            only = f"; {_only_on(missing.only_on)}" if missing.only_on else ""
            yield f"missing  {missing.action}{on}: {_at(place)}{only}"
    for unknown in comparison.unknown:
        yield f"unknown  {_at(unknown.place)}; {unknown.reason}: {_how(unknown)}"
    for policy in comparison.unread_policies:
        yield f"not read {policy}: no template holds it"
    for each in comparison.unread_statements:
        yield f"not read statement {each.statement} of {each.policy} ({each.path}): {each.element} cannot be read"


def text_report(comparisons: Sequence[FunctionComparison]) -> str:
    """Write the findings, function by function, and a line that counts them."""
    lines: list[str] = []
    for comparison in comparisons:
        found = list(findings(comparison))
        if found:
            lines.append(f"{comparison.path} ({comparison.handler})")
            lines.extend(f"  {line}" for line in found)
    for comparison in comparisons:
        if comparison.is_left_out:
            lines.append(f"{comparison.path}: not compared, as {comparison.not_compared}")
    compared = [each for each in comparisons if not each.is_left_out]
    exact = sum(each.is_exact for each in compared)
    lines.append(f"{exact} of {len(compared)} functions call exactly what their roles allow.")
    return "\n".join(lines)


def json_report(comparisons: Sequence[FunctionComparison]) -> str:
    """Write all of it as JSON, with every call that was found."""
    return json.dumps([_as_json(comparison) for comparison in comparisons], indent=2)


def _as_json(comparison: FunctionComparison) -> dict[str, object]:
    return {
        "function": comparison.path,
        "handler": comparison.handler,
        "not_compared": comparison.not_compared,
        "left_out": comparison.is_left_out,
        "unused": [
            {
                "action": each.action,
                "policy": each.policy,
                "path": each.path,
                "statement": each.statement,
                "wider_by": list(each.wider_by),
            }
            for each in comparison.unused
        ],
        "missing": [{"action": each.action, "places": _places(each.places)} for each in comparison.missing],
        "unknown": [{"reason": each.reason, "places": _places([each.place])} for each in comparison.unknown],
        "calls": [{"action": each.action, "places": _places([each.place])} for each in comparison.calls],
        "policies_not_read": list(comparison.unread_policies),
        "statements_not_read": [
            {"element": each.element, "policy": each.policy, "path": each.path, "statement": each.statement}
            for each in comparison.unread_statements
        ],
    }


def _unless(comparison: FunctionComparison) -> str:
    """Say that what is unused may be needed, before somebody deletes it."""
    places = dict.fromkeys(
        f"{each.place.file}:{each.place.line}" for each in comparison.unknown if not each.is_declared
    )
    if not places:
        return ""
    calls = "the unknown call" if len(places) == 1 else "one of the unknown calls"
    return f", unless {calls} at {', '.join(places)} makes it: keep it until that is known"


def _how(unknown: UnknownCall) -> str:
    if unknown.is_declared:
        return "correct the declaration"
    return "correct the name" if unknown.is_misspelt else _HOW_TO_DECLARE


def _only_on(variable: str) -> str:
    return (
        f"the role allows it only on {variable}, for this package's runtime itself: allow it on what is called here, "
        f"or, if that is the same, declare it beside the call, as in '# sdk-calls: on {variable}'"
    )


def _places(places: Iterable[CodePlace]) -> list[dict[str, object]]:
    return [{"file": place.file, "line": place.line, "text": place.text} for place in places]


def _at(place: CodePlace) -> str:
    return f"{place.file}:{place.line}: {place.text}"
