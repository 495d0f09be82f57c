"""Tell browsers which pages may read an API handler's answers (CORS); API Gateway itself answers the preflight only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from best_practice_constructs.runtime import environment

_ANY = "*"


@dataclass(frozen=True, kw_only=True)
class CrossOrigin:
    """Who may read the answers, as the API's construct wrote it into the environment.

    :param origins: the origins of those pages; ``*`` stands for all; empty where the API has no CORS.
    :param allows_credentials: whether they may send credentials that the browser keeps.
    :param exposed_headers: the header fields that they may read, separated by commas.
    """

    origins: frozenset[str]
    allows_credentials: bool
    exposed_headers: str

    @classmethod
    def from_environment(cls) -> CrossOrigin:
        """Read the settings; without any, no page of another origin may read an answer."""
        origins = os.environ.get(environment.CORS_ALLOW_ORIGINS, "").split(",")
        return cls(
            origins=frozenset(origin.strip() for origin in origins if origin.strip()),
            allows_credentials=os.environ.get(environment.CORS_ALLOW_CREDENTIALS) == "true",
            exposed_headers=os.environ.get(environment.CORS_EXPOSE_HEADERS, ""),
        )

    def added_to(self, headers: Mapping[str, str], *, origin: str | None) -> dict[str, str]:
        """Return the header fields of an answer with those of CORS; what the handler set itself stays.

        :param origin: the request's ``Origin``, which browsers send.
        """
        if not self.origins:
            return dict(headers)
        answered = self._varying(headers)
        own = {name.lower() for name in headers}
        if "access-control-allow-origin" not in own:
            answered |= {name: value for name, value in self._allowing(origin).items() if name.lower() not in own}
        return answered

    def _allowing(self, origin: str | None) -> dict[str, str]:
        if _ANY in self.origins:
            # Browsers refuse credentials for any origin.
            allowing = {"Access-Control-Allow-Origin": _ANY}
        elif origin in self.origins:
            allowing = {"Access-Control-Allow-Origin": origin}
            if self.allows_credentials:
                allowing["Access-Control-Allow-Credentials"] = "true"
        else:
            return {}
        if self.exposed_headers:
            allowing["Access-Control-Expose-Headers"] = self.exposed_headers
        return allowing

    def _varying(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Say that the answer depends on the origin, also to whom it is not allowed: caches may keep that one."""
        answered = dict(headers)
        if _ANY in self.origins:
            return answered
        name = next((name for name in answered if name.lower() == "vary"), "Vary")
        fields = [field.strip() for field in answered.get(name, "").split(",") if field.strip()]
        if not {"origin", "*"} & {field.lower() for field in fields}:
            answered[name] = ", ".join([*fields, "Origin"])
        return answered
