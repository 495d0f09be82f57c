"""What a route may have beside its path and function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NotRequired, TypedDict

from aws_cdk import Duration
from aws_cdk import aws_apigateway as apigateway

from best_practice_constructs.api.authorization import Authorization
from best_practice_constructs.functions.provisioned_concurrency import ProvisionedConcurrencyScaling


class RouteOptions(TypedDict, total=False):
    """The options of one route of a :class:`ProvisionedApi`."""

    authorization: Authorization
    """Default: the API's."""

    provisioned_concurrency: int | None
    """Environments kept ready for this route's function, on an alias of its current version (L4)."""

    scaling: ProvisionedConcurrencyScaling | None
    """How that number follows use and schedules (L4)."""

    query: Mapping[str, bool]
    """Query parameters by name; ``True`` for those that must be there."""

    headers: Mapping[str, bool]
    """Headers by name; ``True`` for those that must be there."""

    throttling_rate_limit: float
    """Requests a second on this route; default: the stage's."""

    throttling_burst_limit: int
    """Requests at once on this route; default: the stage's."""

    cache_ttl: Duration
    """How long answers to GET are cached, 0 s to 1 h; the API needs a cache.

    The key of the cache is the path with its parameters, and the ``query`` and ``headers`` that are declared here. By
    anything else that a request holds, answers must not differ.
    """

    cached_for_all_callers: bool
    """``True`` says that the answers of this route are the same for everybody who may call it.

    The cache does not know callers: what one was answered, the next one gets. So ``cache_ttl`` needs this on a route
    that authorizes its callers.
    """


class AuthorizationOptions(TypedDict):
    """What ``add_method`` takes to authorize."""

    authorization_type: apigateway.AuthorizationType
    authorizer: NotRequired[apigateway.IAuthorizer]
    authorization_scopes: NotRequired[list[str] | None]
