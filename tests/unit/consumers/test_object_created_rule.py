"""Buckets whose events would not arrive: S3 sends them to the default bus of the bucket's account and region."""

from __future__ import annotations

from typing import cast

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from best_practice_constructs import AsyncFunctionConsumer, InvalidArgumentError
from tests.unit.helpers.entries import ENTRY, HANDLER


def _consumer(stack: Stack) -> AsyncFunctionConsumer:
    return AsyncFunctionConsumer(stack, "C", entry=ENTRY, handler=HANDLER)


@pytest.mark.parametrize(
    ("account", "region", "named"),
    [("444455556666", "eu-west-1", "account 444455556666"), ("111122223333", "us-east-1", "region us-east-1")],
)
@pytest.mark.parametrize("is_imported", [True, False])
def test_a_bucket_elsewhere_is_refused(app: App, account: str, region: str, named: str, *, is_imported: bool) -> None:
    here = Stack(app, "Here", env=Environment(account="111122223333", region="eu-west-1"))
    there = Stack(app, "There", env=Environment(account=account, region=region))
    bucket: s3.IBucket = s3.Bucket(there, "Photos")
    if is_imported:
        bucket = s3.Bucket.from_bucket_attributes(here, "Photos", bucket_name="photos", account=account, region=region)
    with pytest.raises(InvalidArgumentError, match=f"Photos of the {named} for a consumer in") as error:
        _consumer(here).on_object_created(bucket)
    assert str(error.value).startswith("Here/C/OnPhotosObjectCreated: ")
    assert f"Put the consumer into a stack of the {named}, or route the events there" in str(error.value)


def test_a_bucket_whose_account_only_the_deployment_knows_may_be_here(app: App, stack: Stack) -> None:
    there = Stack(app, "There", env=Environment(account="111122223333", region="us-east-1"))
    bucket = s3.Bucket(there, "Photos", bucket_name="photos")
    assert _consumer(stack).on_object_created(bucket).rule is not None


@pytest.mark.parametrize("bucket", ["photos", None])
def test_what_is_no_bucket_is_refused(stack: Stack, bucket: object) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^Stack/C: on_object_created\(.*\) cannot work") as error:
        _consumer(stack).on_object_created(cast("s3.IBucket", bucket))
    assert "Bucket.from_bucket_name(self, 'Photos', 'photos')" in error.value.remedy


def test_a_queue_is_no_bucket(stack: Stack) -> None:
    with pytest.raises(InvalidArgumentError, match=r"on_object_created\(Stack/Q, of type Queue\)"):
        _consumer(stack).on_object_created(cast("s3.IBucket", sqs.Queue(stack, "Q")))
