"""``python -m best_practice_constructs.local``."""

from __future__ import annotations

import sys

try:
    from best_practice_constructs.local.command_line import main
except ModuleNotFoundError as error:
    if error.name not in ("boto3", "click", "platformdirs", "rich"):
        raise
    sys.exit(f"The embedded stage needs {error.name}: install it with pip install 'best-practice-constructs[local]'.")

main(prog_name="python -m best_practice_constructs.local")
