"""The stream that a consumer reads: of Kinesis or of a DynamoDB table, told by what it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from constructs import Construct, IConstruct

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.consumers.stream_contract import LEAST_RETENTION
from best_practice_constructs.consumers.stream_readers import warn_of_third_reader
from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.permissions import dynamodb as dynamodb_permissions
from best_practice_constructs.permissions import kinesis as kinesis_permissions
from best_practice_constructs.permissions import kms as kms_permissions
from best_practice_constructs.permissions.permission import Permission

_SECONDS_AN_HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class ConsumedStream:
    """What a consumer has to know of its stream.

    :param arn: of the stream.
    :param is_table: whether it is the stream of a DynamoDB table.
    :param retention: seconds that it keeps its records; ``None`` for an imported stream of Kinesis.
    :param encryption_key: the customer's key, where it has one.
    """

    arn: str
    is_table: bool
    retention: int | None
    encryption_key: kms.IKey | None

    @classmethod
    def of(cls, stream: kinesis.IStream | dynamodb.ITable, *, scope: IConstruct) -> ConsumedStream:
        """Look at a stream, or at the stream of a table.

        :raises InvalidArgumentError: it is no stream, or the table has none.
        """
        # The class is asked, not the object: each property that is read crosses into the CDK's own process.
        if not hasattr(type(stream), "table_stream_arn"):
            if not _has(stream, "stream_arn"):
                raise InvalidArgumentError(
                    scope,
                    given=f"stream={_described(stream)}",
                    reason="it is no stream, and no table with one",
                    remedy="pass a stream of Kinesis or a table of DynamoDB; for a queue make an "
                    "IdempotentQueueConsumer, for a topic a TopicConsumer",
                )
            data_stream = cast("kinesis.IStream", stream)
            return cls(
                arn=data_stream.stream_arn,
                is_table=False,
                retention=_retention(data_stream),
                encryption_key=data_stream.encryption_key,
            )
        table = cast("dynamodb.ITable", stream)
        arn = table.table_stream_arn
        if arn is None:
            raise InvalidArgumentError(
                scope,
                given=f"stream={path_of(table)}, a table without a stream",
                reason="there is nothing to read",
                remedy="give the table stream=StreamViewType.NEW_AND_OLD_IMAGES; import one with its table_stream_arn",
            )
        warn_of_third_reader(scope, arn, table=path_of(table))
        return cls(arn=arn, is_table=True, retention=LEAST_RETENTION, encryption_key=table.encryption_key)

    def permissions(self) -> list[Permission]:
        """Give what reading exactly this stream takes."""
        read = dynamodb_permissions.read_stream if self.is_table else kinesis_permissions.read_stream
        permissions = [read(self.arn)]
        if self.encryption_key is not None:
            permissions.append(kms_permissions.decrypt(self.encryption_key))
        return permissions


def _has(given: object, attribute: str) -> bool:
    # Some imported resources have no class of their own in Python.
    return hasattr(type(given), attribute) or (not isinstance(given, Construct) and hasattr(given, attribute))


def _described(given: object) -> str:
    path = given.node.path if isinstance(given, Construct) else repr(given)
    return f"{path}, of type {type(given).__name__}"


def _retention(stream: kinesis.IStream) -> int | None:
    resource = stream.node.default_child
    if not isinstance(resource, kinesis.CfnStream):
        return None
    hours = resource.retention_period_hours
    if hours is None:
        return LEAST_RETENTION
    return None if is_deploy_time_value(hours) else int(hours) * _SECONDS_AN_HOUR
