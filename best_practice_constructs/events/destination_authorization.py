"""How EventBridge shows a partner who it is: always with what Secrets Manager holds (S6, C3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from aws_cdk import SecretValue
from aws_cdk import aws_events as events
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from best_practice_constructs.errors import InvalidArgumentError, named
from best_practice_constructs.events.destination_checks import check_header_name, check_url
from best_practice_constructs.runtime.secret_names import looks_secret

_Properties = events.CfnConnection


@dataclass(frozen=True, kw_only=True)
class ApiKeyAuthorization:
    """A key in a header.

    :param header: the header's name, such as ``"x-api-key"``; ``"Authorization"`` where the secret is all that stands
        behind it.
    :param secret: holds the key.
    :param secret_field: the field of the secret's JSON that is the key; default: the secret is the key.
    :param secret_version_id: the version of the secret; default: the current one, at each change of the connection.
    """

    header: str
    secret: secretsmanager.ISecret
    secret_field: str | None = None
    secret_version_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class BasicAuthorization:
    """A user's name and password.

    :param secret: holds both, in JSON.
    :param username_field: the field of the name; default ``"username"``, as databases' secrets have it.
    :param password_field: the field of the password; default ``"password"``.
    :param secret_version_id: the version of the secret; default: the current one, at each change of the connection.
    """

    secret: secretsmanager.ISecret
    username_field: str = "username"
    password_field: str = "password"  # noqa: S105 -- a field's name
    secret_version_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class OAuthAuthorization:
    """A token that EventBridge asks for with client credentials, keeps, and renews before it expires.

    :param url: where the token is asked for (HTTPS).
    :param client_id: who asks.
    :param secret: holds the client's secret.
    :param secret_field: the field of the secret's JSON that is it; default: the secret is it.
    :param http_method: of that request; default POST.
    :param body_parameters: of that request; default ``grant_type=client_credentials``. What is given is added to it:
        ``{"scope": "invoices:write"}``.
    :param resource_configuration_arn: of VPC Lattice, where ``url`` is private.
    :param secret_version_id: the version of the secret; default: the current one, at each change of the connection.
    """

    url: str
    client_id: str
    secret: secretsmanager.ISecret
    secret_field: str | None = None
    http_method: events.HttpMethod = events.HttpMethod.POST
    body_parameters: Mapping[str, str] = field(default_factory=dict)
    resource_configuration_arn: str | None = None
    secret_version_id: str | None = None


DestinationAuthorization: TypeAlias = ApiKeyAuthorization | BasicAuthorization | OAuthAuthorization


@dataclass(frozen=True, kw_only=True)
class ConnectionAuthorization:
    """What a connection is made with.

    :param type: as EventBridge calls it.
    :param parameters: the secrets in them are references, which CloudFormation resolves.
    """

    type: str
    parameters: events.CfnConnection.AuthParametersProperty


def connection_authorization(
    scope: Construct, authorization: DestinationAuthorization | object
) -> ConnectionAuthorization:
    """Give what a connection is made with.

    :raises InvalidArgumentError: it is none of the three, its secret is none of Secrets Manager, or a parameter looks
        like a secret.
    """
    if isinstance(authorization, ApiKeyAuthorization):
        check_header_name(scope, authorization.header, given=f"ApiKeyAuthorization(header={authorization.header!r})")
        return ConnectionAuthorization(
            type="API_KEY",
            parameters=_Properties.AuthParametersProperty(
                api_key_auth_parameters=_Properties.ApiKeyAuthParametersProperty(
                    api_key_name=authorization.header,
                    api_key_value=_reader(scope, authorization)(authorization.secret_field),
                )
            ),
        )
    if isinstance(authorization, BasicAuthorization):
        read = _reader(scope, authorization)
        return ConnectionAuthorization(
            type="BASIC",
            parameters=_Properties.AuthParametersProperty(
                basic_auth_parameters=_Properties.BasicAuthParametersProperty(
                    username=read(authorization.username_field), password=read(authorization.password_field)
                )
            ),
        )
    if isinstance(authorization, OAuthAuthorization):
        return ConnectionAuthorization(
            type="OAUTH_CLIENT_CREDENTIALS", parameters=_oauth_parameters(scope, authorization)
        )
    raise InvalidArgumentError(
        scope,
        given=f"authorization={named(authorization)}",
        reason="a connection has an API key, a user's name and password, or OAuth client credentials",
        remedy="pass ApiKeyAuthorization(header='x-api-key', secret=secret), a BasicAuthorization, an "
        "OAuthAuthorization, or a connection that is there already",
    )


def _oauth_parameters(
    scope: Construct, authorization: OAuthAuthorization
) -> events.CfnConnection.AuthParametersProperty:
    check_url(scope, authorization.url, parameter="OAuthAuthorization.url")
    for name in authorization.body_parameters:
        if looks_secret(name):
            raise InvalidArgumentError(
                scope,
                given=f"OAuthAuthorization(body_parameters={{{name!r}: …}})",
                reason="it looks like a secret, and would be readable in the template (C3)",
                remedy="put it into the secret of Secrets Manager: secret=…, secret_field=…",
            )
    body = {"grant_type": "client_credentials", **authorization.body_parameters}
    arn = authorization.resource_configuration_arn
    return _Properties.AuthParametersProperty(
        o_auth_parameters=_Properties.OAuthParametersProperty(
            authorization_endpoint=authorization.url,
            http_method=authorization.http_method.value,
            client_parameters=_Properties.ClientParametersProperty(
                client_id=authorization.client_id,
                client_secret=_reader(scope, authorization)(authorization.secret_field),
            ),
            o_auth_http_parameters=_Properties.ConnectionHttpParametersProperty(
                body_parameters=[
                    _Properties.ParameterProperty(key=key, value=value, is_value_secret=False)
                    for key, value in body.items()
                ]
            ),
        ),
        connectivity_parameters=_Properties.ConnectivityParametersProperty(
            resource_parameters=_Properties.ResourceParametersProperty(resource_configuration_arn=arn)
        )
        if arn
        else None,
    )


def _reader(scope: Construct, authorization: DestinationAuthorization) -> Callable[[str | None], str]:
    """Give what reads a field of the secret: as a reference, so that no template holds the value."""
    secret: object = authorization.secret
    arn = getattr(secret, "secret_arn", None)
    if not isinstance(arn, str):
        # Not what it is: it may be the secret itself.
        raise InvalidArgumentError(
            scope,
            given=f"a {type(secret).__name__} as secret of the {type(authorization).__name__}",
            reason="what is no secret of Secrets Manager would be readable in the template, and in whatever keeps it "
            "(C3)",
            remedy="put it into Secrets Manager, and pass aws_secretsmanager.Secret.from_secret_name_v2(…)",
        )

    def read(name: str | None) -> str:
        value = SecretValue.secrets_manager(arn, json_field=name, version_id=authorization.secret_version_id)
        # The reference, not the secret: it is CloudFormation that resolves it.
        return value.unsafe_unwrap()

    return read
