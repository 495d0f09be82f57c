"""What the documents say is there is there: commands, options, links."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, document_blocks, markdown_files

# Programs of the reader's own, whose arguments are not ours to check.
PROGRAMS_OF_OTHERS = {"aws", "cd", "cdk", "curl", "git", "export", "npx", "open", "docker"}
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def _commands() -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for block in document_blocks("sh"):
        for line in block.code.replace("\\\n", " ").splitlines():
            # A line may carry a comment, variables in front, and several commands.
            for part in re.split(r"&&|\|\||;|\|", line):
                words = shlex.split(part, comments=True)
                while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                    words.pop(0)
                if words:
                    found.append((block.place, words))
    return found


COMMANDS = _commands()


@pytest.mark.parametrize(("place", "words"), COMMANDS, ids=[f"{place} {' '.join(words)}" for place, words in COMMANDS])
def test_the_command_is_there(place: str, words: list[str]) -> None:
    program, arguments = Path(words[0]).name, words[1:]
    if program == "make":
        completed = subprocess.run(
            ["make", "--dry-run", *arguments], capture_output=True, text=True, cwd=ROOT, check=False
        )
        assert completed.returncode == 0, completed.stderr
    elif program in {"python", "python3"} and arguments[:1] == ["-m"]:
        _check_module(arguments[1:])
    elif program in {"python", "python3"}:
        assert (ROOT / arguments[0]).exists(), f"{place} runs {arguments[0]}, which is not there"
    elif program in {"pip", "uv"}:
        _check_extras(arguments)
    else:
        assert program in PROGRAMS_OF_OTHERS, f"{place} runs {program}, which nobody knows"


def _check_module(arguments: list[str]) -> None:
    module = arguments[0]
    if module == "venv":
        return
    if module == "pip":
        _check_extras(arguments[1:])
        return
    subcommands = [word for word in arguments[1:2] if word.isidentifier()]
    command = [sys.executable, "-m", module, *subcommands, "--help"]
    completed = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert completed.returncode == 0, completed.stderr
    options = [word.split("=")[0] for word in arguments[1:] if word.startswith("--")]
    assert [option for option in options if option not in completed.stdout] == []


def _check_extras(arguments: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for argument in arguments:
        found = re.fullmatch(r"(?:\./)?best[-_]practice[-_]constructs(?:\[(?P<extras>[\w,-]+)\])?", argument)
        if found and found["extras"]:
            assert set(found["extras"].split(",")) <= project["optional-dependencies"].keys()


@pytest.mark.parametrize("path", markdown_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    targets = [found["target"] for found in _LINK.finditer(path.read_text("utf-8"))]
    local = [target.split("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)]
    assert [target for target in local if not (path.parent / target).exists()] == []
