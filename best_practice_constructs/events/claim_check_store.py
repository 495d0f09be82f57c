"""A store for the large fields of events: a bucket that forgets (C2, C5, E7, H6)."""

from __future__ import annotations

from collections.abc import Callable

from aws_cdk import Annotations, Duration, RemovalPolicy, Stack, Stage
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from best_practice_constructs.compliance import acknowledge
from best_practice_constructs.construct_place import path_of, stack_of
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.durations import duration_of
from best_practice_constructs.events.claim_check_access import DEFAULT_EXPIRY, ClaimCheckAccess
from best_practice_constructs.events.reachable_bucket import ReachableBucket, bucket_arn, bucket_in_parameter_store
from best_practice_constructs.runtime.claim_check import DEFAULT_THRESHOLD_BYTES, PREFIX

_UNKNOWN_LIFECYCLE = "best-practice-constructs:imported-bucket-lifecycle"


class ClaimCheckStore(ClaimCheckAccess):
    """A private bucket where publishers put the large fields of large events aside, for their consumers (C2, E7, H6).

    Creates the bucket: encrypted (SSE-S3), TLS only, no public access, owner enforced; its objects expire after 60
    days. Given to a bus as ``claim_check``, it lets the bus's publishers write and the consumers of its routes read,
    exactly that. Which fields may be put aside the author of an event says: ``@orders.event(claim_check=("lines",))``.

    :param expires_after: whole days, default 60: an event that waited in the archive (30 days), in a queue and among
        dead letters (14 days) still finds its fields (H6). A bus whose archive is kept longer warns.
    :param threshold_bytes: the size above which fields are put aside, 1,024 to 1,048,576; default 240 KiB. What a
        carrier takes is the limit at any rate: 256 KiB for a topic.
    :param bucket: a bucket of yours, of the same stack or imported. Its objects below ``claim-checks/`` get the expiry;
        an imported one must have it.
    :param encryption_key: a key of yours for the objects at rest.
    :param server_access_logs_bucket: a bucket of yours for the bucket's access log; default: none is written.
    :param server_access_logs_prefix: how its keys begin.
    :param removal_policy: of the bucket; default: the service's. With ``DESTROY`` it has to be empty first.
    :param parameter_name: publishes the bucket's name in Parameter Store under this name, such as
        ``"/development/shop/claim-checks"`` (C5): functions of other stacks find it there, and need it; stacks of other
        apps take an :class:`ExistingClaimCheckStore`.
    :param customize: called with the ``aws_s3.Bucket`` at last, for all that has no parameter here.

    :ivar bucket: the ``aws_s3.IBucket``.
    :ivar encryption_key: the key, or ``None``.
    :ivar parameter: the ``aws_ssm.StringParameter`` with the bucket's name, or ``None``.
    :ivar key_parameter: the one with the key's ARN (``parameter_name`` and ``/key``), or ``None``.
    :ivar expires_after: as given.
    :ivar threshold_bytes: as given.

    :raises InvalidArgumentError: settings that cannot work.

    Sources: EventBridge user guide, *Calculating PutEvents event entry size*; S3 user guide, *Expiring objects*; talk
    8:18.

    ```python
    from aws_cdk import App, Stack
    from best_practice_constructs import ClaimCheckStore, EnrichedEventBus, EventSource, IdempotentQueueConsumer

    orders = EventSource("com.example.orders")


    @orders.event(claim_check=("lines",))
    class OrderPlaced:
        order_id: str
        lines: list[str]


    stack = Stack(App(), "Orders")
    bus = EnrichedEventBus(stack, "Bus", claim_check=ClaimCheckStore(stack, "ClaimChecks"))
    service = "examples/claim_check/service"
    bus.route(OrderPlaced, to=IdempotentQueueConsumer(stack, "Lists", entry=service, handler="print_list.handler"))
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        expires_after: Duration = DEFAULT_EXPIRY,
        threshold_bytes: int = DEFAULT_THRESHOLD_BYTES,
        bucket: s3.IBucket | None = None,
        encryption_key: kms.IKey | None = None,
        server_access_logs_bucket: s3.IBucket | None = None,
        server_access_logs_prefix: str | None = None,
        removal_policy: RemovalPolicy | None = None,
        parameter_name: str | None = None,
        customize: Callable[[s3.Bucket], object] | None = None,
    ) -> None:
        super().__init__(scope, id, expires_after=expires_after, threshold_bytes=threshold_bytes)
        self._check_logs(server_access_logs_bucket, server_access_logs_prefix)
        if bucket is not None:
            self._check_brought(
                encryption_key=encryption_key,
                server_access_logs_bucket=server_access_logs_bucket,
                removal_policy=removal_policy,
                customize=customize,
            )
            self._check_stack(bucket)
            self._expire(bucket)
            encryption_key = bucket.encryption_key
        self._own_stack = stack_of(self)
        self._parameter_name = parameter_name
        self.encryption_key = encryption_key
        self.bucket: s3.IBucket = bucket or self._create_bucket(
            server_access_logs_bucket=server_access_logs_bucket,
            server_access_logs_prefix=server_access_logs_prefix,
            removal_policy=removal_policy or ServiceDefaults.used_in(self).removal_policy,
            customize=customize,
        )
        self.parameter: ssm.StringParameter | None = None
        self.key_parameter: ssm.StringParameter | None = None
        if parameter_name is not None:
            self.parameter = ssm.StringParameter(
                self, "Name", parameter_name=parameter_name, string_value=self.bucket.bucket_name
            )
            if encryption_key is not None:
                self.key_parameter = ssm.StringParameter(
                    self, "Key", parameter_name=f"{parameter_name}/key", string_value=encryption_key.key_arn
                )

    def _create_bucket(
        self,
        *,
        server_access_logs_bucket: s3.IBucket | None,
        server_access_logs_prefix: str | None,
        removal_policy: RemovalPolicy,
        customize: Callable[[s3.Bucket], object] | None,
    ) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS if self.encryption_key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=self.encryption_key,
            # One call of KMS for many objects.
            bucket_key_enabled=True if self.encryption_key else None,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            lifecycle_rules=[s3.LifecycleRule(prefix=PREFIX, expiration=self.expires_after)],
            server_access_logs_bucket=server_access_logs_bucket,
            server_access_logs_prefix=server_access_logs_prefix,
            removal_policy=removal_policy,
        )
        if customize is not None:
            customize(bucket)
        if server_access_logs_bucket is None:
            acknowledge(
                bucket,
                reason="The objects are parts of events, read and written only by functions that were allowed to, and "
                "expire; the functions' logs tell of each event. Pass server_access_logs_bucket for S3's log beside.",
                findings=("AwsSolutions::AwsSolutions-S1",),
            )
        return bucket

    def _bucket_in(self, stack: Stack) -> ReachableBucket:
        name = self.bucket.bucket_name
        key_arn = self.encryption_key.key_arn if self.encryption_key else None
        if path_of(stack) == path_of(self._own_stack):
            return ReachableBucket(name=name, arn=self.bucket.bucket_arn, key_arn=key_arn)
        if not is_deploy_time_value(name) and not is_deploy_time_value(key_arn):
            # An imported bucket has the same name everywhere.
            return ReachableBucket(name=name, arn=bucket_arn(name), key_arn=key_arn)
        if self._parameter_name is None:
            raise self._refusal(
                f"a function of the stack {path_of(stack)}",
                "it would need a reference into this stack, which then could not be changed while the other is there "
                "(C5)",
                "give the store parameter_name='/development/shop/claim-checks' or such, where other stacks find it",
            )
        if _path(Stage.of(stack)) == _path(Stage.of(self)):
            # The parameter has to be there before.
            stack.add_stack_dependency(self._own_stack)
        return bucket_in_parameter_store(
            stack,
            store=self,
            name_parameter=self._parameter_name,
            key_parameter=f"{self._parameter_name}/key" if key_arn is not None else None,
        )

    def _expire(self, bucket: s3.IBucket) -> None:
        if isinstance(bucket, s3.Bucket):
            # A version that is not the current one any more nobody reads.
            bucket.add_lifecycle_rule(
                prefix=PREFIX, expiration=self.expires_after, noncurrent_version_expiration=duration_of(86400)
            )
            return
        Annotations.of(self).add_warning_v2(
            _UNKNOWN_LIFECYCLE,
            f"{path_of(self)} puts fields of events into the imported bucket {path_of(bucket)}, whose lifecycle "
            f"cannot be changed from here. See to it that its objects below {PREFIX} expire after "
            f"{self.expires_after.to_days():g} days, else they stay for ever; then acknowledge this warning.",
        )

    def _check_brought(self, **given: object) -> None:
        for name, value in given.items():
            if value is not None:
                raise self._refusal(
                    f"{name} with bucket", "the bucket is there already, and says it itself", "leave one of them out"
                )

    def _check_stack(self, bucket: s3.IBucket) -> None:
        if is_deploy_time_value(bucket.bucket_name) and path_of(stack_of(bucket)) != path_of(stack_of(self)):
            raise self._refusal(
                f"the bucket {path_of(bucket)} of another stack",
                "it would need a reference into that stack, which then could not change while this one is there (C5)",
                "make the store in the bucket's stack, with parameter_name=, where functions of this one find it",
            )

    def _check_logs(self, bucket: s3.IBucket | None, prefix: str | None) -> None:
        if prefix is not None and bucket is None:
            raise self._refusal(
                f"server_access_logs_prefix={prefix!r} without server_access_logs_bucket",
                "S3 would write the log into the bucket itself, among the objects",
                "pass server_access_logs_bucket=, another bucket",
            )


def _path(stage: Stage | None) -> str | None:
    return stage.node.path if stage is not None else None
