"""How the routes of an API authorize their callers (S3)."""

from __future__ import annotations

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from best_practice_constructs.api.authorization import (
    Authorization,
    CognitoAuthorization,
    IamAuthorization,
    NoAuthorization,
)
from best_practice_constructs.api.deployed_changes import redeploy_on_change
from best_practice_constructs.api.route_options import AuthorizationOptions
from best_practice_constructs.compliance import acknowledge
from best_practice_constructs.errors import InvalidArgumentError


class ApiAuthorizers:
    """The authorizers of one API, one for each set of user pools.

    :param scope: the construct that they are made in.
    :param rest_api: the API.

    :ivar cognito: the authorizers so far.
    """

    def __init__(self, scope: Construct, rest_api: apigateway.RestApi) -> None:
        self.cognito: list[apigateway.CognitoUserPoolsAuthorizer] = []
        self._scope = scope
        self._rest_api = rest_api
        self._authorizations: list[CognitoAuthorization] = []

    def options(self, authorization: Authorization) -> AuthorizationOptions:
        """Give what a method takes, with the authorizer made when it is first needed."""
        if isinstance(authorization, IamAuthorization):
            return {"authorization_type": apigateway.AuthorizationType.IAM}
        if isinstance(authorization, NoAuthorization):
            return {"authorization_type": apigateway.AuthorizationType.NONE}
        given: object = authorization
        if not isinstance(given, CognitoAuthorization):
            raise InvalidArgumentError(
                self._scope,
                given=f"authorization={given!r}",
                reason="it says neither who may call nor that everybody may (S3)",
                remedy="pass IamAuthorization(), CognitoAuthorization(user_pools=[…]) or NoAuthorization(reason='…')",
            )
        return {
            "authorization_type": apigateway.AuthorizationType.COGNITO,
            "authorizer": self._authorizer(authorization),
            "authorization_scopes": list(authorization.scopes) or None,
        }

    def _authorizer(self, authorization: CognitoAuthorization) -> apigateway.CognitoUserPoolsAuthorizer:
        user_pools = list(authorization.user_pools)
        for known, authorizer in zip(self._authorizations, self.cognito, strict=True):
            # The scopes are the methods'.
            if list(known.user_pools) == user_pools:
                return authorizer
        authorizer = apigateway.CognitoUserPoolsAuthorizer(
            self._scope, f"Cognito{len(self.cognito) or ''}", cognito_user_pools=user_pools
        )
        # aws-cdk-lib does so under a feature flag only.
        arns = [user_pool.user_pool_arn for user_pool in user_pools]
        redeploy_on_change(self._rest_api, authorizer, authorizer=authorizer.node.id, user_pools=arns)
        self._authorizations.append(authorization)
        self.cognito.append(authorizer)
        return authorizer


def acknowledge_authorization(method: apigateway.Method, authorization: Authorization) -> None:
    """Say in the compliance report why a method has no user pool."""
    cognito = "AwsSolutions::AwsSolutions-COG4"
    if isinstance(authorization, IamAuthorization):
        acknowledge(method, reason="Callers sign their requests, and IAM authorizes them.", findings=(cognito,))
    elif isinstance(authorization, NoAuthorization):
        acknowledge(method, reason=authorization.reason, findings=(cognito, "AwsSolutions::AwsSolutions-APIG4"))
