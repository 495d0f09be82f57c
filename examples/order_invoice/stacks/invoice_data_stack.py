"""What the invoice service must not lose (C7)."""

from __future__ import annotations

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from best_practice_constructs import ServiceDefaults
from best_practice_constructs.compliance import acknowledge
from examples.order_invoice.stacks.fact_table import create_fact_table, create_series_table


class InvoiceDataStack(Stack):
    """The invoice service's data.

    :ivar invoices: facts about invoices: issued, credited, prevented by a cancellation.
    :ivar series: the last count of each series of numbers.
    :ivar documents: the readable invoices and credit notes.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, description="Order/invoice system: the data of the invoice service")
        self.invoices = create_fact_table(self, "Invoices")
        self.series = create_series_table(self, "Series")
        access_logs = _create_bucket(self, "DocumentsAccessLogs", access_logs=None)
        acknowledge(
            access_logs,
            reason="This bucket holds the access logs; logging the access to them would never end.",
            findings=("AwsSolutions::AwsSolutions-S1",),
        )
        self.documents = _create_bucket(self, "Documents", access_logs=access_logs)


def _create_bucket(scope: Construct, id: str, *, access_logs: s3.Bucket | None) -> s3.Bucket:
    removal_policy = ServiceDefaults.of(scope).removal_policy
    return s3.Bucket(
        scope,
        id,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        # An invoice that was written over can still be shown as it was sent.
        versioned=access_logs is not None and removal_policy == RemovalPolicy.RETAIN,
        server_access_logs_bucket=access_logs,
        removal_policy=removal_policy,
    )
