"""Clients of AWS services, each created once, when it is first asked for (L2).

They come from botocore: importing boto3 beside it costs time at each cold start and gives a client nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast, overload

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

    from best_practice_constructs.runtime.client_session import ClientSession

_clients: dict[str, BaseClient] = {}
_single_attempt_clients: dict[str, BaseClient] = {}
_sessions: list[ClientSession] = []
_ATTEMPTS = 4


@overload
def client(service: Literal["dynamodb"]) -> DynamoDBClient: ...
@overload
def client(service: Literal["events"]) -> EventBridgeClient: ...
@overload
def client(service: Literal["s3"]) -> S3Client: ...
@overload
def client(service: Literal["sqs"]) -> SQSClient: ...
@overload
def client(service: Literal["ssm"]) -> SSMClient: ...
@overload
def client(service: str) -> BaseClient: ...
def client(service: str) -> object:
    """Return the client of a service, always the same one; it retries, and gives up hanging connections early.

    :param service: the service's name in botocore: ``dynamodb``, ``events``, ``s3``, ``sqs`` …
    """
    if service not in _clients:
        _clients[service] = _created(service, attempts=_ATTEMPTS)
    return _clients[service]


@overload
def single_attempt_client(service: Literal["events"]) -> EventBridgeClient: ...
@overload
def single_attempt_client(service: str) -> BaseClient: ...
def single_attempt_client(service: str) -> object:
    """Return the client of a service for callers that retry themselves: it makes one attempt a call.

    Two that retry would multiply their attempts, and botocore does not look at the time that the invocation has left.
    """
    if service not in _single_attempt_clients:
        _single_attempt_clients[service] = _created(service, attempts=1)
    return _single_attempt_clients[service]


def _created(service: str, *, attempts: int) -> BaseClient:
    from botocore.config import Config

    from best_practice_constructs.runtime.client_session import ClientSession

    # A connection that hangs must fail while the function still has time to try again; 60 s, the default, is the
    # whole life of most functions.
    config = Config(
        connect_timeout=2,
        read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": attempts},
        tcp_keepalive=True,
    )
    if not _sessions:
        _sessions.append(ClientSession())
    return _sessions[0].create_client(service, config=config)


def use(service: str, instance: object) -> None:
    """Put ``instance`` in the place of a service's client, for tests: a stubbed client, for example."""
    _clients[service] = _single_attempt_clients[service] = cast("BaseClient", instance)


def forget() -> None:
    """Forget all clients, so that the next ones are created from the environment as it is then."""
    _clients.clear()
    _single_attempt_clients.clear()
    _sessions.clear()
