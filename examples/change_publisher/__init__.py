"""A table's changes as events: ChangePublisher, and ChangePipe without any function.

The service's directory is an import root, as it is in Lambda: the stack takes the events from where the handler takes
them.
"""

import sys
from pathlib import Path

_SERVICE = str(Path(__file__).parent / "service")
if _SERVICE not in sys.path:
    sys.path.append(_SERVICE)
