"""The page that says which scenario needs which permission: docs/mutation_score.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from tests.mutation.mutation_run import Mutant, ServiceSidePermission

PAGE = Path(__file__).parents[2] / "docs" / "mutation_score.md"

_HEAD = """\
# Mutation score

Written by `make mutants`. The order/invoice system is deployed to the embedded stage, which checks each call of a
handler against its role. Then one permission at a time, one action on one resource, is taken from a function's role,
and the function does what it does when all goes well and when it does not, until a scenario fails: an effect is
missing in a table, in the bucket or on the bus, a message comes again, or a dead letter is not there. The scenario has
to fail a second time, and to pass with the whole role afterwards: what fails once is no proof and ends the run. Before
and after, all scenarios pass with the whole role. The scenarios are made for this purpose, one function each
(`tests/mutation/scenarios.py`); it is not the end-to-end suite that runs for each mutant. A permission without which
all scenarios pass is not needed, or not proven: it goes, or gets its scenario. Each function is invoked with what its
source gives it, while the sources themselves are off, so that nobody else has the effect.
[Permissions](permissions.md) tells more.

"""

_SERVICE_SIDE = """\

## What no mutant can show

Lambda itself does the following with the functions' roles, and the emulator does not check it. These statements, and
all others by which services let each other in, are asserted one by one in `tests/compliance/service_grants.py`.

| action | on | functions |
|---|---|---|
"""


def render(mutants: Sequence[Mutant], service_side: Sequence[ServiceSidePermission]) -> str:
    """Give the page's text."""
    killed = sum(bool(mutant.killed_by) for mutant in mutants)
    score = f"**{killed} of {len(mutants)} permissions are needed: {100 * killed / len(mutants):.0f} %.**\n\n"
    return _HEAD + score + "".join(_table(mutants)) + _SERVICE_SIDE + "".join(_service_side(service_side))


def listed_permissions(page: str) -> list[tuple[str, str]]:
    """Read the function and the action of each mutant on the page."""
    return re.findall(r"^\| `(\w+)` \| `([\w-]+:\w+)` \| `", page.partition("## What no mutant")[0], re.MULTILINE)


def _table(mutants: Sequence[Mutant]) -> Iterator[str]:
    yield "| function | without | on | fails |\n|---|---|---|---|\n"
    for mutant in sorted(mutants):
        outcome = f"{mutant.killed_by}: {_first_words(mutant.reason)}" if mutant.killed_by else "**nothing**"
        yield f"| `{mutant.function}` | `{mutant.action}` | `{mutant.on}` | {outcome} |\n"


def _first_words(reason: str) -> str:
    """Leave out what differs from run to run."""
    return re.split(r": \{|[0-9a-f]{8}-[0-9a-f]{4}|\(", reason.replace("|", "/"), maxsplit=1)[0].strip()


def _service_side(permissions: Sequence[ServiceSidePermission]) -> Iterator[str]:
    def kind(permission: ServiceSidePermission) -> tuple[str, str]:
        # Each function has a log group and a queue of its own.
        own = re.sub(r"^.*/(LogGroup|Queue)\b.*$", r"its own \1", permission.on)
        return permission.action, own

    for (action, on), group in groupby(sorted(permissions, key=kind), key=kind):
        functions = ", ".join(sorted({f"`{each}`" for each in map(attrgetter("function"), group)}))
        yield f"| `{action}` | `{on}` | {functions} |\n"
