"""The order/invoice system: an order service and an invoice service that share events only.

As the example of this library.

The services' directory is an import root of its own, as it is in Lambda: the stacks take the event types from where the
handlers take them.
"""

from __future__ import annotations

import sys
from pathlib import Path

SERVICES = Path(__file__).parent / "services"
"""The sources, an import root, and the entry of every function: each bundle holds what its handler reaches of it."""

if str(SERVICES) not in sys.path:
    sys.path.append(str(SERVICES))
