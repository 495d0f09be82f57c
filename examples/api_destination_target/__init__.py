"""The smallest use of ApiDestinationTarget.

The service's directory is an import root, as it is in Lambda: the stack takes the event from where the publisher takes
it.
"""

import sys
from pathlib import Path

_SERVICE = str(Path(__file__).parent / "service")
if _SERVICE not in sys.path:
    sys.path.append(_SERVICE)
