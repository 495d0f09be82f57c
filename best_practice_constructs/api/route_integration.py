"""What a route calls, as its method takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam


@dataclass(frozen=True, kw_only=True)
class RouteIntegration:
    """The integration of a route, and what its method has to declare for it.

    :param integration: calls the function or the service.
    :param request_parameters: the parameters of the method, and whether each must be there.
    :param method_responses: what the method answers; ``None`` for a function, which answers by itself.
    :param role: with which the gateway calls a service.
    """

    integration: apigateway.Integration
    request_parameters: Mapping[str, bool]
    method_responses: Sequence[apigateway.MethodResponse] | None = None
    role: iam.Role | None = None
