"""Compares SDK calls with roles: ``python -m best_practice_constructs.audit sdk-calls cdk.out``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

from best_practice_constructs.audit.sdk_calls.call_declaration import CallDeclarationError
from best_practice_constructs.audit.sdk_calls.template_model import Assembly, TemplateError

EXACT = 0
"""Nothing is unused, nothing is missing, all is known."""
FOUND = 1
"""Something is unused, missing, not known or not read; or a function of Python was not compared, or there was none."""
REFUSED = 2
"""Nothing was compared: there is no template, a declaration is none, or botocore is missing."""


def main(arguments: Sequence[str] | None = None, *, output: TextIO | None = None, notes: TextIO | None = None) -> int:
    """Run the command.

    :param arguments: default: those of the command line.
    :param output: where the report goes; default: standard output.
    :param notes: where troubles go; default: standard error.
    :return: 0 when each function of Python calls exactly what its role allows, 1 when one does not or was not compared,
        2 when nothing was compared.
    """
    options = _options(arguments)
    output, notes = output or sys.stdout, notes or sys.stderr
    # Its data say which operations there are.
    if find_spec("botocore") is None:
        needed = "pip install 'best-practice-constructs[runtime]'"
        print(f"This command needs botocore: install it with {needed}.", file=notes)
        return REFUSED
    from best_practice_constructs.audit.sdk_calls.comparison import compare_functions
    from best_practice_constructs.audit.sdk_calls.report import json_report, text_report

    try:
        comparisons = compare_functions(Assembly.of(options.path))
    except (TemplateError, CallDeclarationError) as error:
        print(error, file=notes)
        return REFUSED
    print(json_report(comparisons) if options.json else text_report(comparisons), file=output)
    compared = [comparison for comparison in comparisons if not comparison.is_left_out]
    return EXACT if compared and all(comparison.is_exact for comparison in compared) else FOUND


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m best_practice_constructs.audit sdk-calls",
        description="Compare the SDK calls in the code of each function with what its role allows.",
    )
    parser.add_argument(
        "path",
        metavar="PATH",
        nargs="?",
        default=Path("cdk.out"),
        type=Path,
        help="what 'cdk synth' wrote, or one template in it (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON, with each call that was found")
    return parser.parse_args(arguments)
