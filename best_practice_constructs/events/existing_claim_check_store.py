"""The claim checks of another app, found in Parameter Store (C5, E7)."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from best_practice_constructs.events.claim_check_access import DEFAULT_EXPIRY, ClaimCheckAccess
from best_practice_constructs.events.reachable_bucket import ReachableBucket, bucket_in_parameter_store
from best_practice_constructs.runtime.claim_check import DEFAULT_THRESHOLD_BYTES


class ExistingClaimCheckStore(ClaimCheckAccess):
    """A :class:`ClaimCheckStore` of another app, whose publishers and consumers live here (C2, C5, E7).

    Creates nothing but a parameter of each stack that uses it: CloudFormation looks the bucket's name up at each
    deployment, and no stack exports anything.

    :param parameter_name: as the :class:`ClaimCheckStore` was given it.
    :param expires_after: as it was given; default 60 days. What is put aside from here says how long it can be read.
    :param threshold_bytes: for publishers here; default 240 KiB.
    :param encryption_key: the store's key, where it has one.

    :ivar expires_after: as given.
    :ivar threshold_bytes: as given.

    :raises InvalidArgumentError: settings that cannot work.

    ```python
    from aws_cdk import App, Stack
    from best_practice_constructs import ExistingClaimCheckStore, ExistingEventBus

    stack = Stack(App(), "Invoices")
    store = ExistingClaimCheckStore(stack, "ClaimChecks", parameter_name="/development/shop/claim-checks")
    bus = ExistingEventBus.from_parameter(stack, "Bus", parameter_name="/development/shop/bus", claim_check=store)
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        parameter_name: str,
        expires_after: Duration = DEFAULT_EXPIRY,
        threshold_bytes: int = DEFAULT_THRESHOLD_BYTES,
        encryption_key: kms.IKey | None = None,
    ) -> None:
        super().__init__(scope, id, expires_after=expires_after, threshold_bytes=threshold_bytes)
        self._parameter_name = parameter_name
        self._key_arn = encryption_key.key_arn if encryption_key is not None else None

    def _bucket_in(self, stack: Stack) -> ReachableBucket:
        found = bucket_in_parameter_store(stack, store=self, name_parameter=self._parameter_name, key_parameter=None)
        return ReachableBucket(name=found.name, arn=found.arn, key_arn=self._key_arn)
