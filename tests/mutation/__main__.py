"""Tries every function of the example without each of its permissions, and writes the page of the score.

make mutants                                  # all, and docs/mutation_score.md
make mutants ARGS="IssueInvoice CountSales"   # these functions only; the page stays as it is
"""

from __future__ import annotations

import sys
import time

from tests.mutation.mutation_run import Mutant, deployed_run, run_mutants
from tests.mutation.score_document import PAGE, render


def main(functions: list[str]) -> int:
    """Run, and give the exit status: 1 when a permission is not needed, 2 when there is no such function."""
    began = time.monotonic()
    with deployed_run() as run:
        if unknown := sorted(set(functions) - set(run.functions)):
            sys.stderr.write(f"There is no function {unknown[0]}: choose of {', '.join(run.functions)}.\n")
            return 2
        mutants = run_mutants(run, functions or run.functions, tell=_tell)
        service_side = run.service_side()
    survivors = [mutant for mutant in mutants if not mutant.killed_by]
    seconds = time.monotonic() - began
    sys.stdout.write(f"{len(mutants) - len(survivors)} of {len(mutants)} permissions are needed ({seconds:.0f} s)\n")
    if not functions:
        PAGE.write_text(render(mutants, service_side), "utf-8")
    return 1 if survivors else 0


def _tell(mutant: Mutant) -> None:
    outcome = f"{mutant.killed_by}: {mutant.reason}" if mutant.killed_by else "NOT NEEDED"
    told = " (refused, says the log)" if mutant.is_told_by_log else ""
    sys.stdout.write(f"{mutant.function} without {mutant.action} on {mutant.on}: {outcome[:160]}{told}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
