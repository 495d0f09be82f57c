"""A partner on this machine, for the demo and the tests: an HTTP server that remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN_PATH = "/token"  # noqa: S105 -- a path


@dataclass(frozen=True, kw_only=True)
class ReceivedRequest:
    """What came: names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass(kw_only=True)
class Partner:
    """The partner, while it listens.

    :param url: where it listens.
    :param status: what it answers.
    """

    url: str = ""
    status: int = 200
    requests: list[ReceivedRequest] = field(default_factory=list)

    def wait_for(self, count: int, *, path: str, seconds: float = 30) -> list[ReceivedRequest]:
        """Wait until so many requests came to what begins with ``path``, and give them."""
        until = time.monotonic() + seconds
        while True:
            found = [each for each in self.requests if each.path.startswith(path)]
            if len(found) >= count or time.monotonic() > until:
                return found
            time.sleep(0.05)


@contextmanager
def listening_partner() -> Generator[Partner, None, None]:
    """Give a partner that listens on a free port of the loopback interface."""
    partner = Partner()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            partner.requests.append(
                ReceivedRequest(
                    method=self.command,
                    path=self.path,
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=self.rfile.read(length).decode(),
                )
            )
            is_token = self.path == TOKEN_PATH
            answer = json.dumps(
                {"access_token": "a-token", "token_type": "Bearer", "expires_in": 3600} if is_token else {}
            )
            self.send_response(200 if is_token else partner.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer.encode())

        do_POST = _answer  # noqa: N815 -- the base class calls it so
        do_PUT = _answer  # noqa: N815 -- the base class calls it so

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: who made it listen does."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    partner.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield partner
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
