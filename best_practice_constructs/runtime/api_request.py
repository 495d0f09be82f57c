"""The request that an API handler gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

BodyT = TypeVar("BodyT")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who calls, as the API's authorizer found it.

    :param kind: ``iam``, ``cognito`` or ``custom`` (an own authorizer).
    :param identity: what names the caller for good: the ARN of the IAM user or role session, Cognito's ``sub``, the
        authorizer's principal id.
    :param claims: the token's claims, or what an own authorizer gave; empty for IAM.
    """

    kind: Literal["iam", "cognito", "custom"]
    identity: str
    claims: Mapping[str, str]


class Headers(Mapping[str, str]):
    """Header fields by their name, in whatever case it is written."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = {name.lower(): value for name, value in fields.items()}

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Headers({self._fields!r})"


@dataclass(frozen=True, kw_only=True)
class ApiRequest(Generic[BodyT]):
    """A request to the API, its body already of the type that the handler declares.

    :param body: the body, ``None`` where the handler declares no type.
    :param path_parameters: the values of the path's ``{parameters}``, as API Gateway gives them.
    :param query_parameters: the query's parameters; of a repeated one, the last value.
    :param headers: the header fields, by name in any case; a repeated field is joined by ``", "``.
    :param caller: who calls, ``None`` where the method has no authorization.
    :param request_id: API Gateway's id of the request.
    :param method: ``GET``, ``POST`` …
    :param path: the path that was called, with the stage where the API's own address was used.
    """

    body: BodyT
    path_parameters: Mapping[str, str]
    query_parameters: Mapping[str, str]
    headers: Mapping[str, str]
    caller: Caller | None
    request_id: str
    method: str
    path: str
