"""Sends a service's call to the emulator, signed with the role that the integration names."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote

from best_practice_constructs.local.clients import DEFAULT_ACCOUNT, ROOT_ACCESS_KEY, ROOT_SECRET_KEY, EmulatorClients
from best_practice_constructs.local.gateway.service_answer import ServiceAnswer, answer_as_json, as_the_service_denies
from best_practice_constructs.local.gateway.service_call import ServiceCall

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from botocore.httpsession import URLLib3Session

_PRINCIPAL = "apigateway.amazonaws.com"
_SIGNING_NAMES = {"email": "ses"}
_SESSION_SECONDS = 3600
_RENEWED_BEFORE = 300
_CALLER_S_OWN = "arn:aws:iam::*:user/*"


class IntegrationRoleError(Exception):
    """API Gateway cannot assume the role of an integration."""


class IntegrationTimeoutError(Exception):
    """The service did not answer, or not in time."""


@dataclass(frozen=True, kw_only=True)
class _RoleSession:
    credentials: Credentials
    ends: float


class ServiceClient:
    """Calls services of one emulator.

    :param endpoint_url: the emulator's address.
    """

    def __init__(self, *, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        self._clients = EmulatorClients(endpoint_url=endpoint_url)
        self._sessions: dict[str, _RoleSession] = {}
        self._connections: dict[int, URLLib3Session] = {}
        self._lock = threading.Lock()

    def call(self, call: ServiceCall, *, role: str, account: str, timeout: float) -> ServiceAnswer:
        """Sign a call and send it.

        :param call: the call.
        :param role: the ARN of the role to assume; empty for API Gateway's own right, which a resource's policy grants.
        :param account: the account of the API.
        :param timeout: seconds to wait.
        :raises IntegrationRoleError: the role cannot be assumed.
        :raises IntegrationTimeoutError: the emulator does not answer in time.
        """
        from botocore.auth import S3SigV4Auth, SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.exceptions import BotoCoreError

        url = f"{self._endpoint_url}{call.path}" + (f"?{call.query}" if call.query else "")
        request = AWSRequest(method=call.method, url=url, data=call.body, headers=dict(call.header))
        if call.service == "s3":
            # S3 signs whether the body is signed.
            request.context["payload_signing_enabled"] = True
        signer = S3SigV4Auth if call.service == "s3" else SigV4Auth
        signing_name = _SIGNING_NAMES.get(call.service, call.service.rpartition(".")[2])
        signer(self._credentials(role, account=account), signing_name, call.region).add_auth(request)
        try:
            response = self._session(timeout).send(request.prepare())
        except BotoCoreError as error:
            raise IntegrationTimeoutError(str(error)) from error
        answer = ServiceAnswer(
            status=response.status_code, header=dict(response.headers.items()), body=response.content
        )
        if "x-amz-target" in call.header:
            answer = as_the_service_denies(answer)
        return answer_as_json(answer, service=call.service)

    def _session(self, timeout: float) -> URLLib3Session:
        from botocore.httpsession import URLLib3Session

        seconds = max(1, round(timeout))
        with self._lock:
            if seconds not in self._connections:
                # A proxy of the user's environment cannot reach this machine's loopback interface.
                self._connections[seconds] = URLLib3Session(proxies={}, timeout=seconds, max_pool_connections=50)
            return self._connections[seconds]

    def _credentials(self, role: str, *, account: str) -> Credentials:
        from botocore.credentials import Credentials

        if role == _CALLER_S_OWN:
            raise IntegrationRoleError("the embedded stage cannot call services with the caller's own credentials.")
        if not role:
            return Credentials(ROOT_ACCESS_KEY if account == DEFAULT_ACCOUNT else account, ROOT_SECRET_KEY)
        with self._lock:
            session = self._sessions.get(role)
        if session is None or session.ends < time.monotonic() + _RENEWED_BEFORE:
            session = self._assume(role, account=account)
            with self._lock:
                self._sessions[role] = session
        return session.credentials

    def _assume(self, role: str, *, account: str) -> _RoleSession:
        from botocore.credentials import Credentials
        from botocore.exceptions import ClientError

        role_account = role.split(":")[4] if role.count(":") >= 5 else account
        name = role.rpartition("/")[2]
        try:
            found = self._clients.client("iam", account=role_account).get_role(RoleName=name)["Role"]  # type: ignore[attr-defined] # boto3's types of IAM are not installed
            trusted = trusts_api_gateway(found["AssumeRolePolicyDocument"])
        except ClientError as error:
            raise IntegrationRoleError(f"the role {role} does not exist.") from error
        if not trusted:
            raise IntegrationRoleError(f"the role {role} does not trust {_PRINCIPAL}.")
        try:
            made = self._clients.client("sts", account=role_account).assume_role(  # type: ignore[attr-defined] # as above
                RoleArn=role, RoleSessionName="api-gateway", DurationSeconds=_SESSION_SECONDS
            )["Credentials"]
        except ClientError as error:
            raise IntegrationRoleError(f"the role {role} cannot be assumed: {error}") from error
        return _RoleSession(
            credentials=Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]),
            ends=time.monotonic() + _SESSION_SECONDS,
        )


def trusts_api_gateway(document: object) -> bool:
    """Tell whether a role may be assumed by API Gateway.

    :param document: the role's trust policy, as an object or as IAM writes it.
    """
    policy: object = json.loads(unquote(document)) if isinstance(document, str) else document
    statements = cast("Mapping[str, object]", policy).get("Statement", [])
    for untyped in statements if isinstance(statements, list) else [statements]:
        statement = cast("Mapping[str, object]", untyped)
        principal = statement.get("Principal")
        services = cast("Mapping[str, object]", principal).get("Service") if isinstance(principal, Mapping) else None
        if statement.get("Effect") == "Allow" and _PRINCIPAL in (
            services if isinstance(services, list) else [services]
        ):
            return True
    return False
