"""A client of the order API, as anybody could write one: it retries with the same key, and asks where it is told to."""

from __future__ import annotations

import http.client
import json
import random
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urljoin, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

_ATTEMPTS = 8
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0


class OrderClientError(RuntimeError):
    """The API could not be reached, or its answer is none."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the API answered.

    :param status: the HTTP status.
    :param headers: by lower-case name.
    :param body: the JSON document, or an empty one.
    :param attempts: how often the request was sent until it was answered without a 5xx.
    """

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, object]
    attempts: int = 1


class OrderClient:
    """Places, reads and cancels orders over one connection; not to be shared between threads.

    :param url: of the API's stage, with or without a slash at its end.
    :param credentials: with which requests are signed, as the API's IAM authorization wants it.
    :param region: of the API.
    :param timeout: of one attempt, in seconds.
    """

    def __init__(self, url: str, *, credentials: Credentials, region: str, timeout: float = 30) -> None:
        self._base = url.rstrip("/") + "/"
        self._signer = SigV4Auth(credentials, "execute-api", region)
        parts = urlsplit(self._base)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.netloc, timeout=timeout)

    def place(self, order: Mapping[str, object], *, key: str | None = None) -> Answer:
        """Place an order; without a ``key`` it is a new one."""
        return self.send("POST", "orders", body=order, headers={"Idempotency-Key": key or str(uuid.uuid4())})

    def get(self, order_id: str) -> Answer:
        """Ask what became of an order."""
        return self.send("GET", f"orders/{order_id}")

    def cancel(self, order_id: str, *, reason: str) -> Answer:
        """Cancel an order."""
        return self.send("POST", f"orders/{order_id}/cancellation", body={"reason": reason})

    def follow(self, path: str, answer: Answer) -> Answer:
        """Ask where the answer to a request for ``path`` says, once it says so."""
        time.sleep(float(answer.headers.get("retry-after", "0")))
        return self.send("GET", urljoin(urljoin(self._base, path), answer.headers["location"]))

    def send(self, method: str, path: str, *, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request until it is answered by anything but a 5xx; every request of this API may be repeated.

        :param path: below the API's address, or a whole address.
        :param body: sent as JSON; a ``bytes`` is sent as it is.
        :raises OrderClientError: no answer after the last attempt.
        """
        url = urlsplit(urljoin(self._base, path))
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        fields = ({"Content-Type": "application/json"} if content is not None else {}) | dict(headers or {})
        reason = ""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                signed = AWSRequest(method=method, url=url.geturl(), data=content, headers=fields)
                self._signer.add_auth(signed)
                self._connection.request(method, url.path, body=content, headers=dict(signed.headers.items()))
                response = self._connection.getresponse()
                text = response.read()
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                reason = f"{type(error).__name__}: {error}"
            else:
                if response.status < 500:
                    return _answer(response, text, attempts=attempt)
                reason = f"{response.status} {text[:200].decode(errors='replace')}"
            time.sleep(random.uniform(0, min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt)))  # noqa: S311 -- jitter
        raise OrderClientError(f"{method} {path} was not answered in {_ATTEMPTS} attempts; the last one: {reason}")


def _answer(response: http.client.HTTPResponse, text: bytes, *, attempts: int) -> Answer:
    try:
        body = cast("Mapping[str, object]", json.loads(text)) if text else {}
    except ValueError as error:
        raise OrderClientError(f"the answer {response.status} is not JSON: {text[:200]!r}") from error
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(status=response.status, headers=headers, body=body, attempts=attempts)
