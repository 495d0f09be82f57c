"""One route of an API."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam

from best_practice_constructs.api.direct.service_call import DirectIntegration
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction


@dataclass(frozen=True, kw_only=True)
class ApiRoute:
    """One method at one path.

    :ivar http_method: such as ``"POST"``.
    :ivar path: such as ``"/orders/{order_id}"``.
    :ivar target: what handles it: a function, or what calls a service directly.
    :ivar method: the ``aws_apigateway.Method``.
    :ivar role: with which the gateway calls the service; ``None`` for a function, which says itself who may call.
    """

    http_method: str
    path: str
    target: SinglePurposeFunction | DirectIntegration
    method: apigateway.Method
    role: iam.Role | None = None

    @property
    def function(self) -> SinglePurposeFunction | None:
        """The function that handles it, if one does."""
        return self.target if isinstance(self.target, SinglePurposeFunction) else None
