"""What EventBridge calls over HTTPS and what it would change or refuse, told at construction (S6, C3)."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

from constructs import Construct

from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.permissions.resource_arn import exact_arn
from best_practice_constructs.runtime.secret_names import looks_secret

_MOST_CHARACTERS = 2048
# API reference, CreateApiDestination.
_URL = re.compile(r"((%[0-9A-Fa-f]{2}|[-()_.!~*';/?:@&=+$,A-Za-z0-9])+)([).!';/?:,])?")
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9a-zA-Z]{1,512}")
# EventBridge user guide, "Headers included in requests to API destinations": these it writes or removes itself.
_OWN_HEADERS = frozenset(
    (
        "a-im accept-charset accept-datetime accept-encoding cache-control connection content-encoding content-length "
        "content-md5 date expect forwarded from host http2-settings if-match if-modified-since if-none-match if-range "
        "if-unmodified-since max-forwards origin pragma proxy-authorization range referer te trailer transfer-encoding "
        "user-agent upgrade via warning"
    ).split()
)


def check_url(scope: Construct, url: str, *, parameter: str = "url") -> None:
    """Refuse a URL that EventBridge does not call, or that holds a secret.

    One that only the deployment knows passes.

    :param parameter: how the user named it, for the error.
    :raises InvalidArgumentError: it is not HTTPS, no URL, too long, or holds a password or a token.
    """
    if is_deploy_time_value(url):
        return
    # Without what may be secret in it.
    shown = f"{parameter}={_shown(url)!r}"
    parts = _split(url)
    if parts is None or parts.scheme.lower() != "https" or not parts.hostname:
        raise InvalidArgumentError(
            scope,
            given=shown,
            reason="EventBridge calls HTTPS only",
            remedy="write the whole URL, as in 'https://partner.example/webhooks'",
        )
    if parts.username or parts.password:
        raise InvalidArgumentError(
            scope,
            given=shown,
            reason="a user's name or password in it would be readable in the template (C3)",
            remedy="leave it out, and pass a BasicAuthorization with a secret of Secrets Manager",
        )
    for name, _ in parse_qsl(parts.query, keep_blank_values=True):
        if looks_secret(name):
            raise InvalidArgumentError(
                scope,
                given=f"{shown} with {name!r} in its query",
                reason="it looks like a secret, and would be readable in the template (C3)",
                remedy="pass it as an ApiKeyAuthorization, with a secret of Secrets Manager",
            )
    if parts.fragment or len(url) > _MOST_CHARACTERS or not _URL.fullmatch(url):
        raise InvalidArgumentError(
            scope,
            given=shown,
            reason=f"EventBridge takes up to {_MOST_CHARACTERS} characters, percent-encoded where they have another "
            "meaning, and no fragment",
            remedy="encode what is special in it, and leave out what begins with #",
        )


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def check_header_name(scope: Construct, name: str, *, given: str) -> None:
    """Refuse a header that EventBridge removes or writes itself.

    :raises InvalidArgumentError: it is such a header, or none.
    """
    if not _HEADER_NAME.fullmatch(name):
        raise InvalidArgumentError(
            scope,
            given=given,
            reason="that is no name of a header",
            remedy="write letters, digits and hyphens, as in 'x-api-key'",
        )
    if name.lower() in _OWN_HEADERS:
        raise InvalidArgumentError(
            scope,
            given=given,
            reason="EventBridge removes this header, or writes its own, so the partner would never see it",
            remedy="leave it out, or choose another name with the partner",
        )


def check_resource_configuration(scope: Construct, arn: str | None) -> None:
    """Refuse what is no resource configuration of VPC Lattice.

    :raises InvalidArgumentError: it is another ARN, or none.
    """
    if arn is None:
        return
    try:
        exact_arn(arn, service="vpc-lattice", example="eu-west-1:111122223333:resourceconfiguration/rcfg-0a1b2c3d4e")
    except ValueError:
        raise InvalidArgumentError(
            scope,
            given=f"resource_configuration_arn={arn!r}",
            reason="a private endpoint is reached by a resource configuration of VPC Lattice",
            remedy="pass its ARN, as in 'arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-…'",
        ) from None


def _shown(url: object) -> str:
    text = str(url).partition("?")[0]
    scheme, separator, rest = text.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"
