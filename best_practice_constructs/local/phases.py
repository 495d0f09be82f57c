"""Shows what is being done, and how long each part took."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text


class Phases:
    """Prints one line per phase with its elapsed seconds, and a moving sign meanwhile on a terminal.

    ```python
    from rich.console import Console

    from best_practice_constructs.local.phases import Phases

    phases = Phases(console=Console())
    with phases.phase("Deploying"):
        deployed = True
    assert phases.seconds["Deploying"] >= 0
    ```

    :param console: where to.
    """

    def __init__(self, *, console: Console) -> None:
        self._console = console
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, title: str) -> Generator[None]:
        """Time what happens within, and say whether it succeeded.

        :param title: what is done.
        """
        began = time.monotonic()
        mark = "[red]✗[/red]"
        try:
            with self._console.status(Text(f"{title} …")):
                yield
            mark = "[green]✓[/green]"
        finally:
            self.seconds[title] = time.monotonic() - began
            self._console.print(f"{mark} {title} [dim]{self.seconds[title]:.1f} s[/dim]", highlight=False)
