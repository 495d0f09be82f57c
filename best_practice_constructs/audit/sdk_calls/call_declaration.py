"""What a comment says of the calls of the code beside it, where reading the code cannot tell (C2)."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from best_practice_constructs.audit.sdk_calls.declared_actions import right_actions

_MARK = re.compile(r"#\s*sdk-calls\s*:(?P<text>.*)")
# What is meant as one, and would be read by nobody.
_MISSPELT = re.compile(
    r"#\s*sdk[-_]?calls?\s*(?:[:=]|\s(?:none\b|on\s+[A-Z]|if\s+[A-Z]|[\w-]+:[A-Z]))(?P<text>.*)", re.IGNORECASE
)
_MENTIONED = re.compile(r"sdk[-_]?call", re.IGNORECASE)
_CLAUSE = re.compile(
    r"(?P<actions>none|[\w-]+:\w+(?:\s*,\s*[\w-]+:\w+)*)?"
    r"(?:\s*\bon\s+(?P<variable>\w+))?"
    r"(?:\s*\bif\s+(?:(?P<allowed>allowed)|(?P<condition>\w+)(?:=(?P<value>\S+))?))?",
    re.ASCII,
)
_NO_CODE = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT})
_CLOSING = frozenset({")", "]", "}"})


class CallDeclarationError(ValueError):
    """A comment begins as a declaration and is none, or is about nothing; the message says how one is written."""


@dataclass(frozen=True, kw_only=True)
class CallDeclaration:
    """``# sdk-calls: dynamodb:GetItem on TABLE_NAME if CACHE=table -- why``: each part may be left out.

    :param actions: what the code beside it calls, and nothing else; ``None`` where the code itself tells.
    :param variable: the variable of the function's environment that names the resource of the calls.
    :param condition: the variable of the environment without which the code does not run.
    :param value: what that variable has to be.
    :param is_optional: the code calls it only where another part of the system allows it.
    """

    line: int
    actions: tuple[str, ...] | None = None
    variable: str | None = None
    condition: str | None = None
    value: str | None = None
    is_optional: bool = False

    def holds(self, environment: Mapping[str, object]) -> bool:
        """Tell whether the code beside it runs in an environment; what is known at deployment alone may be anything."""
        if self.condition is None:
            return True
        found = environment.get(self.condition)
        return found is not None and (self.value is None or not isinstance(found, str) or found == self.value)


def call_declarations(source: str, *, file: str) -> dict[int, CallDeclaration]:
    """Read the declarations of a module, by the line that each is about; none of one that does not parse.

    A comment on a line of its own is about the next line with code in it, or about its own where its block ends there.

    :raises CallDeclarationError: a comment begins as a declaration and is none, or two are about one line.
    """
    if not _MENTIONED.search(source):
        return {}
    found: dict[int, CallDeclaration] = {}
    alone: list[tuple[tokenize.TokenInfo, CallDeclaration]] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                _check_mark(token, file=file)
            if token.type == tokenize.COMMENT and (matched := _MARK.match(token.string)):
                declaration = _declaration(matched["text"], line=token.start[0], file=file)
                if token.line[: token.start[1]].strip():
                    _keep(found, token.start[0], declaration, file=file)
                else:
                    alone.append((token, declaration))
            elif token.type not in _NO_CODE:
                _keep_alone(found, alone, token, file=file)
                alone.clear()
    except (tokenize.TokenError, SyntaxError):
        return {}
    return found


def _keep_alone(
    found: dict[int, CallDeclaration],
    alone: Iterable[tuple[tokenize.TokenInfo, CallDeclaration]],
    code: tokenize.TokenInfo,
    *,
    file: str,
) -> None:
    for comment, declaration in alone:
        is_after_block = not code.line[: code.start[1]].strip() and code.start[1] < comment.start[1]
        is_in_brackets = code.string in _CLOSING
        is_of_it = code.type != tokenize.ENDMARKER and (is_in_brackets or not is_after_block)
        _keep(found, code.start[0] if is_of_it else comment.start[0], declaration, file=file)


def _keep(found: dict[int, CallDeclaration], line: int, declaration: CallDeclaration, *, file: str) -> None:
    if line in found:
        raise CallDeclarationError(
            f"{file}:{declaration.line}: line {line} has two declarations, of line {found[line].line} too; write one "
            "with all the actions"
        )
    found[line] = declaration


def _check_mark(comment: tokenize.TokenInfo, *, file: str) -> None:
    if not _MARK.match(comment.string) and _MISSPELT.match(comment.string):
        raise CallDeclarationError(
            f"{file}:{comment.start[0]}: {comment.string!r} is no declaration, and nobody would read it; write "
            "'# sdk-calls: ', as in '# sdk-calls: dynamodb:PutItem'"
        )


def _check_actions(actions: Iterable[str], *, line: int, file: str) -> None:
    for action in actions:
        if right := right_actions(action):
            raise CallDeclarationError(
                f"{file}:{line}: {action!r} is no action of IAM, so that no role could allow it; write "
                f"'# sdk-calls: {', '.join(right)}'"
            )


def _declaration(text: str, *, line: int, file: str) -> CallDeclaration:
    clause = _CLAUSE.fullmatch(text.partition("--")[0].strip())
    if clause is None or not clause[0]:
        raise CallDeclarationError(
            f"{file}:{line}: '# sdk-calls:{text}' declares nothing that can be understood; write the actions, "
            "'# sdk-calls: dynamodb:PutItem, dynamodb:GetItem', or none, and where it depends on the environment "
            "'on TABLE_NAME', 'if CACHE=table'"
        )
    actions = clause["actions"]
    listed = () if actions == "none" else tuple(each.strip() for each in (actions or "").split(","))
    _check_actions(listed, line=line, file=file)
    return CallDeclaration(
        line=line,
        actions=listed if actions else None,
        variable=clause["variable"],
        condition=clause["condition"],
        value=clause["value"],
        is_optional=clause["allowed"] is not None,
    )
