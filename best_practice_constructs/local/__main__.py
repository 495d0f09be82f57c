"""``python -m best_practice_constructs.local``."""

from __future__ import annotations

import signal
import sys

try:
    from best_practice_constructs.local.command_line import main
except ModuleNotFoundError as error:
    if error.name not in ("boto3", "click", "platformdirs", "rich"):
        raise
    sys.exit(f"The embedded stage needs {error.name}: install it with pip install 'best-practice-constructs[local]'.")

# Without this SIGTERM would skip all that is done on the way out; the emulator ends with this process in any case.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
main(prog_name="python -m best_practice_constructs.local")
