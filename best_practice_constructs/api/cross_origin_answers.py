"""What the answers to pages of other origins say (CORS): of the routed functions, and of the gateway itself (S3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction
from best_practice_constructs.runtime import environment
from best_practice_constructs.weak_identity_map import WeakIdentityMap

EXPOSED_HEADERS = ("Location", "Retry-After")
"""What pages may read where the options say nothing: where the accepted work will be found, and when to ask for it."""


@dataclass(frozen=True, kw_only=True)
class CrossOriginAnswers:
    """What answers beside the preflight say; that one is aws-cdk-lib's.

    :param allow_origins: the origins whose pages may read the answers, or ``*`` alone.
    :param allow_credentials: whether they may send credentials that the browser keeps.
    :param expose_headers: the header fields that they may read.
    """

    allow_origins: tuple[str, ...]
    allow_credentials: bool
    expose_headers: tuple[str, ...]

    @classmethod
    def of(cls, cors: apigateway.CorsOptions) -> CrossOriginAnswers:
        """Take from the options of the preflight what the other answers say too."""
        exposed = cors.expose_headers
        # Sorted: the order means nothing, and two APIs may write it differently.
        return cls(
            allow_origins=tuple(sorted(set(cors.allow_origins))),
            allow_credentials=bool(cors.allow_credentials),
            expose_headers=tuple(sorted(EXPOSED_HEADERS if exposed is None else exposed)),
        )

    @property
    def depend_on_origin(self) -> bool:
        """Whether the answer to one origin is not that to another."""
        return self.allow_origins != ("*",)

    def environment(self) -> Mapping[str, str]:
        """Give the variables by which the runtime's ``api_handler`` knows all this."""
        variables = {environment.CORS_ALLOW_ORIGINS: ",".join(self.allow_origins)}
        if self.allow_credentials:
            variables[environment.CORS_ALLOW_CREDENTIALS] = "true"
        if self.expose_headers:
            variables[environment.CORS_EXPOSE_HEADERS] = ",".join(self.expose_headers)
        return variables

    def gateway_headers(self) -> Mapping[str, str]:
        """Give the header fields of the gateway's own answers, in the gateway's quotes.

        One origin is written as it is. Of several the gateway cannot choose, so it gives back whichever asks. That is
        harmless: its own answers say that a request failed, and hold no data; what functions answer is given to the
        allowed origins only.
        """
        headers: dict[str, str] = {}
        if len(self.allow_origins) == 1:
            headers["Access-Control-Allow-Origin"] = f"'{self.allow_origins[0]}'"
        else:
            headers["Access-Control-Allow-Origin"] = "method.request.header.Origin"
            headers["Vary"] = "'Origin'"
        if self.allow_credentials:
            headers["Access-Control-Allow-Credentials"] = "'true'"
        if self.expose_headers:
            headers["Access-Control-Expose-Headers"] = f"'{','.join(self.expose_headers)}'"
        return headers


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What a function was told, and by which API."""

    api: str
    answers: CrossOriginAnswers | None


_told: WeakIdentityMap[SinglePurposeFunction, _Told] = WeakIdentityMap()


def tell_function(
    api: Construct, function: SinglePurposeFunction, answers: CrossOriginAnswers | None, *, given: str
) -> None:
    """Let a function know by its environment what its answers say.

    :param given: the route, for the error.
    :raises InvalidArgumentError: another API told it otherwise: it has one environment for both.
    """
    known = _told.get(function)
    if known is None:
        for name, value in (answers.environment() if answers else {}).items():
            function.add_environment(name, value)
        _told[function] = _Told(api=path_of(api), answers=answers)
    elif known.answers != answers:
        raise InvalidArgumentError(
            api,
            given=f"{given} to {path_of(function)}, which {known.api} routes to with other "
            "default_cors_preflight_options",
            reason="the function sets the header fields of CORS by its environment, which is one for both APIs, and "
            "one of them would let in the pages of the other",
            remedy="give both APIs the same origins, credentials and exposed headers, or each a function of its own",
        )
