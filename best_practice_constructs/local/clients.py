"""boto3 clients of the embedded stage: its endpoint, dummy credentials, never the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast, overload

from best_practice_constructs.local.errors import LocalStageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.client import BaseClient
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient

ROOT_ACCESS_KEY = "test"
ROOT_SECRET_KEY = "test"  # noqa: S105 -- the emulator's own dummy, published with it
DEFAULT_ACCOUNT = "000000000000"
DEFAULT_REGION = "us-east-1"


class EmulatorClients:
    """Makes and keeps the boto3 clients of one emulator.

    :param endpoint_url: the emulator's address.
    :param region: the region of clients that are not given one.
    """

    def __init__(self, *, endpoint_url: str, region: str = DEFAULT_REGION) -> None:
        self._endpoint_url = endpoint_url
        self._region = region
        self._clients: dict[tuple[str, str, str], BaseClient] = {}

    @overload
    def client(
        self, service: Literal["apigateway"], *, region: str | None = ..., account: str | None = ...
    ) -> APIGatewayClient: ...
    @overload
    def client(
        self, service: Literal["cloudformation"], *, region: str | None = ..., account: str | None = ...
    ) -> CloudFormationClient: ...
    @overload
    def client(
        self, service: Literal["dynamodb"], *, region: str | None = ..., account: str | None = ...
    ) -> DynamoDBClient: ...
    @overload
    def client(
        self, service: Literal["events"], *, region: str | None = ..., account: str | None = ...
    ) -> EventBridgeClient: ...
    @overload
    def client(
        self, service: Literal["lambda"], *, region: str | None = ..., account: str | None = ...
    ) -> LambdaClient: ...
    @overload
    def client(
        self, service: Literal["logs"], *, region: str | None = ..., account: str | None = ...
    ) -> CloudWatchLogsClient: ...
    @overload
    def client(self, service: Literal["s3"], *, region: str | None = ..., account: str | None = ...) -> S3Client: ...
    @overload
    def client(self, service: Literal["sqs"], *, region: str | None = ..., account: str | None = ...) -> SQSClient: ...
    @overload
    def client(self, service: Literal["ssm"], *, region: str | None = ..., account: str | None = ...) -> SSMClient: ...
    @overload
    def client(
        self, service: Literal["stepfunctions"], *, region: str | None = ..., account: str | None = ...
    ) -> SFNClient: ...
    @overload
    def client(self, service: str, *, region: str | None = ..., account: str | None = ...) -> BaseClient: ...

    def client(self, service: str, *, region: str | None = None, account: str | None = None) -> object:
        """Return a client of ``service``, made once per service, region and account.

        :param service: boto3's name of the service, such as ``"sqs"``.
        :param region: another region than the stage's.
        :param account: another account than the emulator's default one; the emulator takes a twelve-digit access key
            as the root user of that account.
        """
        try:
            import boto3
            from botocore.config import Config
        except ImportError as error:
            raise LocalStageError(
                "The embedded stage needs boto3: install it with pip install 'best-practice-constructs[local]'."
            ) from error
        key = (service, region or self._region, account or DEFAULT_ACCOUNT)
        if key not in self._clients:
            # A session of its own: boto3's default session is neither thread-safe nor free of the user's profile.
            session = boto3.session.Session(
                aws_access_key_id=ROOT_ACCESS_KEY if account in (None, DEFAULT_ACCOUNT) else account,
                aws_secret_access_key=ROOT_SECRET_KEY,
                region_name=region or self._region,
            )
            make = cast("Callable[..., BaseClient]", session.client)
            self._clients[key] = make(
                service,
                endpoint_url=self._endpoint_url,
                config=Config(
                    s3={"addressing_style": "path"},
                    retries={"max_attempts": 2},
                    max_pool_connections=50,
                    # A proxy of the user's environment cannot reach this machine's loopback interface.
                    proxies={},
                ),
            )
        return self._clients[key]
