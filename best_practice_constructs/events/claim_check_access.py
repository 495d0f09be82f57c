"""Let functions put fields of large events aside, and read them, and nothing else (C2, E7)."""

from __future__ import annotations

from abc import abstractmethod

from aws_cdk import Duration, Stack
from constructs import Construct

from best_practice_constructs.compliance import acknowledge
from best_practice_constructs.construct_place import path_of, stack_of, tell_place
from best_practice_constructs.consumers.message_readers import MessageReaders
from best_practice_constructs.errors import InvalidArgumentError, named
from best_practice_constructs.events.event_function import EventFunction, function_of
from best_practice_constructs.events.reachable_bucket import ReachableBucket, resource_finding
from best_practice_constructs.events.route_environment import described, is_elsewhere, stack_environment
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction
from best_practice_constructs.permissions import kms as kms_permissions
from best_practice_constructs.permissions import s3 as s3_permissions
from best_practice_constructs.runtime import environment as names
from best_practice_constructs.runtime.claim_check import PREFIX
from best_practice_constructs.runtime.event_type import MAXIMUM_EVENT_BYTES
from best_practice_constructs.units import refuse_unitless
from best_practice_constructs.weak_identity_map import WeakIdentityMap

DEFAULT_EXPIRY = Duration.days(60)
"""An event is archived for 30 days, tried by its rule for one, waits in a queue for four, among dead letters for 14,
and, redriven, in the queue for four again: 53. The week beyond is for people."""

# The envelope, the metadata and the claim check itself take about this much.
_LEAST_THRESHOLD_BYTES = 1_024
_REASON = (
    "The objects are named by the digests of what they hold, which nobody knows beforehand; they all lie under this "
    "prefix, and only whoever has the event knows the digest, for nobody may list the bucket."
)
_stores: WeakIdentityMap[Construct, ClaimCheckAccess] = WeakIdentityMap()


class ClaimCheckAccess(Construct):
    """What :class:`ClaimCheckStore` and :class:`ExistingClaimCheckStore` have in common.

    :ivar expires_after: how long an object is kept at the least.
    :ivar threshold_bytes: the size above which an event is large.
    """

    def __init__(self, scope: Construct, id: str, *, expires_after: Duration, threshold_bytes: int) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        refuse_unitless(self, expires_after=expires_after)
        days = expires_after.to_days(integral=False)
        if days < 1 or days != int(days):
            raise self._refusal(
                f"expires_after={expires_after.to_seconds():g} s",
                "S3 keeps objects for whole days",
                "pass Duration.days(1) or another number of days, or leave it out for 60",
            )
        if not _LEAST_THRESHOLD_BYTES <= threshold_bytes <= MAXIMUM_EVENT_BYTES:
            raise self._refusal(
                f"threshold_bytes={threshold_bytes}",
                "an event's metadata and its claim check alone take about 1 KiB, and EventBridge takes 1 MiB",
                f"pass {_LEAST_THRESHOLD_BYTES} to {MAXIMUM_EVENT_BYTES}, or leave it out",
            )
        self.expires_after = expires_after
        self.threshold_bytes = threshold_bytes
        self._reached: dict[str, ReachableBucket] = {}
        self._allowed: set[tuple[str, str]] = set()

    def allow_publisher(self, function: EventFunction) -> None:
        """Let a function, or a consumer's, put fields of large events aside, and tell it where (C2).

        A bus with ``claim_check=`` calls it in ``add_publisher``; for a publisher to a topic call it yourself.

        :raises InvalidArgumentError: a function that has another store already, or one whose stack cannot find this
            one.
        """
        publisher = function_of(self, function)
        other = _stores.setdefault(publisher, self)
        if other is not self:
            raise self._refusal(
                f"the publisher {path_of(publisher)}, which has the store {path_of(other)}",
                "a function puts fields aside in one place",
                "let it publish to buses of one store",
            )
        bucket = self._allow(publisher, "write")
        if bucket is None:
            return
        publisher.add_environment(names.CLAIM_CHECK_BUCKET_NAME, bucket.name)
        publisher.add_environment(names.CLAIM_CHECK_THRESHOLD_BYTES, str(self.threshold_bytes))
        publisher.add_environment(names.CLAIM_CHECK_EXPIRES_AFTER_DAYS, f"{self.expires_after.to_days():g}")

    def allow_consumer(self, consumer: EventFunction) -> None:
        """Let a consumer, or a function, read what was put aside of events (C2).

        A bus with ``claim_check=`` calls it in ``route``; for the consumers of topics and streams call it yourself.

        :raises InvalidArgumentError: a function of a stack that cannot find this store.
        """
        self._allow(function_of(self, consumer), "read")

    @abstractmethod
    def _bucket_in(self, stack: Stack) -> ReachableBucket:
        """Give the bucket as a stack can name it."""

    def _allow(self, function: SinglePurposeFunction, what: str) -> ReachableBucket | None:
        path = path_of(function)
        if (path, what) in self._allowed:
            return None
        own, its = stack_environment(self), stack_environment(function)
        if is_elsewhere(own, its):
            raise self._refusal(
                f"the function {path} in {described(its)}, with a store in {described(own)}",
                "neither Parameter Store nor the bucket's policy reaches over accounts or regions",
                "give that account and region a bus and a store of its own, or publish small events only",
            )
        stack = stack_of(function)
        bucket = self._reached.get(path_of(stack))
        if bucket is None:
            bucket = self._reached[path_of(stack)] = self._bucket_in(stack)
        if what == "write":
            objects = s3_permissions.put_object(bucket.arn, prefix=PREFIX)
            use_of_key = kms_permissions.encrypt_objects
        else:
            objects = s3_permissions.get_object(bucket.arn, prefix=PREFIX)
            use_of_key = kms_permissions.decrypt
        function.allow(objects)
        if bucket.key_arn is not None:
            function.allow(use_of_key(bucket.key_arn))
        policy = function.role.node.try_find_child("DefaultPolicy")
        # One finding for both; a role that is imported has its policy elsewhere.
        if policy is not None and not any(allowed == path for allowed, _ in self._allowed):
            finding = resource_finding(stack, objects.resources[0])
            acknowledge(policy, reason=_REASON, findings=(f"AwsSolutions::AwsSolutions-IAM5[Resource::{finding}]",))
        self._allowed.add((path, what))
        if what == "read":
            MessageReaders.used_in(function).allowed.add(path)
        return bucket

    def _refusal(self, given: str, reason: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError(self, given=given, reason=reason, remedy=remedy)


def check_store(bus: Construct, claim_check: object) -> None:
    """Refuse what is no store for claim checks.

    :raises InvalidArgumentError: ``True``, a bucket, or anything else.
    """
    if claim_check is None or isinstance(claim_check, ClaimCheckAccess):
        return
    is_bucket = hasattr(type(claim_check), "bucket_arn")
    made = "ClaimCheckStore(self, 'ClaimChecks'" + (", bucket=…" if is_bucket else "") + ")"
    raise InvalidArgumentError(
        bus,
        given=f"claim_check={named(claim_check)}",
        reason="what is put aside needs a store, which lets publishers write and consumers read, and forgets",
        remedy=f"write claim_check={made}, or an ExistingClaimCheckStore of another app's",
    )
