"""Who may call a route (S3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from aws_cdk import aws_cognito as cognito


@dataclass(frozen=True, kw_only=True)
class IamAuthorization:
    """Callers sign their requests (SigV4), and IAM says who may call what: the default, closed to all by itself."""


@dataclass(frozen=True, kw_only=True)
class CognitoAuthorization:
    """Callers send a token of one of these user pools.

    :param user_pools: at least one.
    :param scopes: OAuth scopes, one of which the access token must have; without any, an identity token is taken.
    :raises ValueError: no user pool.
    """

    user_pools: Sequence[cognito.IUserPool]
    scopes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.user_pools:
            raise ValueError("CognitoAuthorization(user_pools=[]) lets nobody in; pass at least one user pool")


@dataclass(frozen=True, kw_only=True)
class NoAuthorization:
    """Everybody may call; said explicitly, with the reason that the compliance report shows.

    :param reason: why the route is open, as a sentence.
    :raises ValueError: no reason.
    """

    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError("NoAuthorization(reason='') is an open door without a reason; say why everybody may call")


Authorization = IamAuthorization | CognitoAuthorization | NoAuthorization
