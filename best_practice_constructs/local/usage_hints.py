"""The commands with which a user plays with what was deployed: calls of its REST APIs, logs of its functions."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from best_practice_constructs.local.clients import DEFAULT_ACCOUNT, ROOT_ACCESS_KEY, ROOT_SECRET_KEY
from best_practice_constructs.local.deployment import Deployment
from best_practice_constructs.local.function_log import log_group_of

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

    from best_practice_constructs.local.local_stage import LocalStage

_PARAMETER = re.compile(r"\{(\w+)\+?\}")


@dataclass(frozen=True, kw_only=True)
class ApiMethod:
    """A method of a REST API.

    :param verb: ``GET``, ``POST`` …
    :param path: such as ``"/orders/{order_id}"``.
    :param authorization: ``AWS_IAM``, ``COGNITO_USER_POOLS``, ``CUSTOM`` or ``NONE``.
    """

    verb: str
    path: str
    authorization: str


@dataclass(frozen=True, kw_only=True)
class UsageHint:
    """A command to copy.

    :param name: the construct path of what it is about.
    :param command: the command.
    """

    name: str
    command: str


def api_hints(stage: LocalStage, deployment: Deployment) -> tuple[UsageHint, ...]:
    """Return a ``curl`` command for each method of each deployed REST API, in the order of the stacks.

    :param stage: where the APIs were deployed.
    :param deployment: what was deployed.
    """
    hints = []
    for account, region, names in _places(deployment, "AWS::ApiGateway::RestApi"):
        client = stage.client("apigateway", region=region, account=account)
        for api_id, name in names.items():
            stage_names = [each.get("stageName", "") for each in client.get_stages(restApiId=api_id).get("item", [])]
            methods = sorted(_methods(client, api_id), key=lambda method: (method.path, method.verb))
            hints += [
                UsageHint(
                    name=f"{name}: {method.verb} {method.path}",
                    command=curl(method, url=stage.api_url(api_id, stage_name), region=region, account=account),
                )
                for stage_name in stage_names
                for method in methods
            ]
    return tuple(hints)


def log_hints(stage: LocalStage, deployment: Deployment) -> tuple[UsageHint, ...]:
    """Return a command that follows the log for each deployed function, in the order of the stacks.

    :param stage: where the functions were deployed.
    :param deployment: what was deployed.
    """
    hints = []
    for account, region, names in _places(deployment, "AWS::Lambda::Function"):
        client = stage.client("lambda", region=region, account=account)
        # The variables that are printed are those of the default account and the stage's region.
        key = f"AWS_ACCESS_KEY_ID={account} " if account != DEFAULT_ACCOUNT else ""
        elsewhere = f" --region {region}" if region != stage.environment_variables()["AWS_REGION"] else ""
        for function_name, name in names.items():
            group = log_group_of(client.get_function_configuration(FunctionName=function_name))
            command = f"{key}aws logs tail {shlex.quote(group)} --follow{elsewhere}"
            hints.append(UsageHint(name=name, command=command))
    return tuple(hints)


def curl(method: ApiMethod, *, url: str, region: str, account: str = DEFAULT_ACCOUNT) -> str:
    """Return the ``curl`` command that calls a method, signed where IAM authorizes it.

    Path parameters stand there in capitals, to be replaced.

    :param method: the method.
    :param url: the address of the API's stage, without a slash at its end.
    :param region: the region of the API.
    :param account: the account of the API.
    """
    path = _PARAMETER.sub(lambda parameter: parameter[1].upper(), method.path)
    parts = [signed_curl(region=region, account=account) if method.authorization == "AWS_IAM" else "curl", "-i"]
    if method.authorization in ("COGNITO_USER_POOLS", "CUSTOM"):
        parts.append("-H 'Authorization: TOKEN'")
    if method.verb not in ("GET", "ANY"):
        parts.append(f"-X {method.verb}")
    parts.append(shlex.quote(url + path))
    if method.verb in ("POST", "PUT", "PATCH"):
        parts.append("-H 'Content-Type: application/json' -d '{}'")
    return " ".join(parts)


def signed_curl(*, region: str, account: str = DEFAULT_ACCOUNT) -> str:
    """Return the beginning of a ``curl`` command whose request is signed for API Gateway.

    :param region: the region of the API.
    :param account: the account of the API.
    """
    key = ROOT_ACCESS_KEY if account == DEFAULT_ACCOUNT else account
    return f"curl --aws-sigv4 aws:amz:{region}:execute-api --user {key}:{ROOT_SECRET_KEY}"


def _places(deployment: Deployment, resource_type: str) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    for stack in deployment.stacks.values():
        yield stack.account, stack.region, stack.paths(resource_type)


def _methods(client: APIGatewayClient, api_id: str) -> Iterator[ApiMethod]:
    for page in client.get_paginator("get_resources").paginate(restApiId=api_id, embed=["methods"]):
        for resource in page["items"]:
            for verb, method in resource.get("resourceMethods", {}).items():
                # What browsers ask on their own is not for people to call.
                if verb != "OPTIONS":
                    authorization = method.get("authorizationType", "NONE")
                    yield ApiMethod(verb=verb, path=resource.get("path", "/"), authorization=authorization)
