"""The call that API Gateway makes for a route, and what it answers: what each direct integration gives (S1)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.problem_answers import Failures
from best_practice_constructs.api.mapping.template_node import Node
from best_practice_constructs.api.mapping.value_sources import ValueSource
from best_practice_constructs.permissions.permission import Permission


@dataclass(frozen=True, kw_only=True)
class ServiceAnswer:
    """What the caller is answered when the service did what it was asked.

    :param status: the HTTP status.
    :param template: the body.
    :param headers: response headers that are always the same, such as ``Retry-After``.
    :param overridden_headers: the names of those that the template sets.
    :param content_type: of the body.
    """

    status: int
    template: Node
    headers: Mapping[str, str] = field(default_factory=dict)
    overridden_headers: tuple[str, ...] = ()
    content_type: str = "application/json"


@dataclass(frozen=True, kw_only=True)
class ServiceCall:
    """A call of one action on one resource.

    :param service: as API Gateway names it, such as ``"dynamodb"``.
    :param action: such as ``"GetItem"``; or ``path``, below the service's address.
    :param http_method: of the call.
    :param region: of the resource; default: the API's.
    :param parameters: what the call takes beside its body: ``integration.request.…`` by what it is set to.
    :param template: the body of the call.
    :param permissions: what the role of the route is allowed: this call, and the key it needs.
    :param sources: the sources that the templates map.
    :param optional_parameters: parameters of the method that may be missing.
    :param answer: when it went well.
    :param failures: when it did not.
    """

    service: str
    action: str | None = None
    path: str | None = None
    http_method: str = "POST"
    region: str | None = None
    parameters: Mapping[str, str]
    template: Node
    permissions: Sequence[Permission]
    sources: Sequence[ValueSource]
    answer: ServiceAnswer
    failures: Failures
    optional_parameters: Sequence[str] = ()


class DirectIntegration(ABC):
    """What a route of a :class:`ProvisionedApi` calls instead of a function (S1)."""

    @abstractmethod
    def call(self, route: DirectRoute) -> ServiceCall:
        """Give the call for a route.

        :raises InvalidArgumentError: it cannot work on this route.
        """
