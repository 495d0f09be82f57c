"""What the invoice service must not lose (C7)."""

from __future__ import annotations

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from best_practice_constructs import ServiceDefaults
from examples.order_invoice.stacks.fact_table import (
    create_counted_facts_table,
    create_fact_table,
    create_series_table,
    create_table,
)


class InvoiceDataStack(Stack):
    """The invoice service's data.

    :param documents_parameter: under which name the documents' bucket is found in Parameter Store (C5).

    :ivar invoices: facts about invoices: issued, credited, prevented by a cancellation.
    :ivar series: the last count of each series of numbers.
    :ivar figures: the sales figures of each day and currency.
    :ivar counted_facts: which facts are in them.
    :ivar document_digests: the SHA-256 of each document as it was written.
    :ivar documents: the readable invoices and credit notes.
    :ivar documents_parameter: as given.
    """

    def __init__(self, scope: Construct, id: str, *, documents_parameter: str) -> None:
        super().__init__(scope, id, description="Order/invoice system: the data of the invoice service")
        self.invoices = create_fact_table(self, "Invoices")
        self.series = create_series_table(self, "Series")
        self.figures = create_table(self, "Figures", partition_key="day", sort_key="currency")
        self.counted_facts = create_counted_facts_table(self, "CountedFacts")
        self.document_digests = create_table(self, "DocumentDigests", partition_key="document", sort_key="sha256")
        access_logs = _create_bucket(self, "DocumentsAccessLogs", access_logs=None)
        self.documents = _create_bucket(self, "Documents", access_logs=access_logs)
        self.documents_parameter = documents_parameter
        ssm.StringParameter(
            self, "DocumentsName", parameter_name=documents_parameter, string_value=self.documents.bucket_name
        )


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
