"""The checks of what was synthesized: ``python -m best_practice_constructs.audit sdk-calls cdk.out``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from best_practice_constructs.audit.sdk_calls import command as sdk_calls

_CHECKS = {"sdk-calls": sdk_calls.main}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a check.

    :param arguments: its name and its own arguments; default: those of the command line.
    :return: the check's exit status: 0 nothing found, 1 something found, 2 nothing checked.
    """
    parser = argparse.ArgumentParser(
        prog="python -m best_practice_constructs.audit", description="Check what was synthesized."
    )
    parser.add_argument("check", choices=sorted(_CHECKS), help="sdk-calls: the calls of functions against their roles")
    given = list(sys.argv[1:] if arguments is None else arguments)
    # The check's own options, --help too, are the check's to read.
    options = parser.parse_args(given[:1])
    return _CHECKS[str(options.check)](given[1:])


if __name__ == "__main__":
    sys.exit(main())
