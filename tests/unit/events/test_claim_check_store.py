"""The store of claim checks: the bucket, and what cannot work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Annotations as SynthAnnotations
from aws_cdk.assertions import Match, Template

from best_practice_constructs import (
    ClaimCheckStore,
    EnrichedEventBus,
    InvalidArgumentError,
    ServiceDefaults,
)
from tests.unit.events.claim_check_support import (
    OrderPlaced,
    new_app,
    new_consumer,
    new_function,
    on_objects,
    variables_of,
)
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.templates import only_resource, resources_of_type


@pytest.fixture(scope="module")
def template() -> Template:
    stack = Stack(new_app(), "S")
    ClaimCheckStore(stack, "Store", parameter_name="/test/claim-checks")
    return Template.from_stack(stack)


class TestBucket:
    def test_it_is_private_encrypted_and_forgets(self, template: Template) -> None:
        bucket = only_resource(template, "AWS::S3::Bucket")
        assert bucket["BucketEncryption"] == {
            "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        }
        assert set(cast("dict[str, object]", bucket["PublicAccessBlockConfiguration"]).values()) == {True}
        assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        (rule,) = cast("dict[str, list[dict[str, object]]]", bucket["LifecycleConfiguration"])["Rules"]
        assert (rule["Prefix"], rule["ExpirationInDays"], rule["Status"]) == ("claim-checks/", 60, "Enabled")
        assert "BucketName" not in bucket
        assert "VersioningConfiguration" not in bucket

    def test_it_takes_tls_only(self, template: Template) -> None:
        policy = cast("Any", only_resource(template, "AWS::S3::BucketPolicy")["PolicyDocument"])
        conditions = [statement["Condition"] for statement in policy["Statement"] if statement["Effect"] == "Deny"]
        assert {"Bool": {"aws:SecureTransport": "false"}} in conditions
        assert len(conditions) == len(policy["Statement"])

    def test_its_name_is_in_parameter_store(self, template: Template) -> None:
        (bucket,) = resources_of_type(template, "AWS::S3::Bucket")
        parameter = only_resource(template, "AWS::SSM::Parameter")
        assert (parameter["Name"], parameter["Value"]) == ("/test/claim-checks", {"Ref": bucket})

    def test_what_becomes_of_it_is_the_services_to_say(self, template: Template, stack: Stack) -> None:
        template.has_resource("AWS::S3::Bucket", {"DeletionPolicy": "Retain"})
        ServiceDefaults.development().apply_to(stack)
        ClaimCheckStore(stack, "Store")
        ClaimCheckStore(stack, "Kept", removal_policy=RemovalPolicy.RETAIN)
        made = Template.from_stack(stack)
        policies = sorted(each["DeletionPolicy"] for each in made.find_resources("AWS::S3::Bucket").values())
        assert policies == ["Delete", "Retain"]

    def test_expiry_log_and_the_rest_can_be_said(self, stack: Stack) -> None:
        log = s3.Bucket(stack, "Log")
        changed: list[s3.Bucket] = []
        store = ClaimCheckStore(
            stack,
            "Store",
            expires_after=Duration.days(90),
            server_access_logs_bucket=log,
            server_access_logs_prefix="store/",
            customize=changed.append,
        )
        made = Template.from_stack(stack)
        made.has_resource_properties(
            "AWS::S3::Bucket",
            {
                "LoggingConfiguration": {"LogFilePrefix": "store/", "DestinationBucketName": Match.any_value()},
                "LifecycleConfiguration": {"Rules": [Match.object_like({"ExpirationInDays": 90})]},
            },
        )
        assert changed == [store.bucket]
        assert (store.parameter, store.key_parameter, store.encryption_key) == (None, None, None)
        assert store.expires_after.to_days() == 90

    def test_a_key_of_yours_encrypts_the_objects(self, stack: Stack) -> None:
        key = kms.Key(stack, "Key")
        store = ClaimCheckStore(stack, "Store", encryption_key=key)
        store.allow_publisher(new_function(stack, "Writer"))
        store.allow_consumer(new_function(stack, "Reader"))
        made = Template.from_stack(stack)
        (key_id,) = resources_of_type(made, "AWS::KMS::Key")
        arn = json.dumps({"Fn::GetAtt": [key_id, "Arn"]})
        made.has_resource_properties(
            "AWS::S3::Bucket",
            {
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        Match.object_like(
                            {"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": Match.any_value()}
                        )
                    ]
                }
            },
        )
        assert ("kms:GenerateDataKey", arn) in on_objects(made, "WriterRole")
        assert ("kms:Decrypt", arn) not in on_objects(made, "WriterRole")
        assert {action for action, _ in on_objects(made, "ReaderRole")} == {"s3:GetObject", "kms:Decrypt"}


class TestBroughtBucket:
    def test_one_of_the_app_gets_the_expiry(self, stack: Stack) -> None:
        bucket = s3.Bucket(stack, "Mine", versioned=True)
        store = ClaimCheckStore(stack, "Store", bucket=bucket, expires_after=Duration.days(50))
        made = Template.from_stack(stack)
        (rule,) = cast("Any", only_resource(made, "AWS::S3::Bucket")["LifecycleConfiguration"])["Rules"]
        assert (rule["Prefix"], rule["ExpirationInDays"]) == ("claim-checks/", 50)
        assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
        assert store.bucket is bucket

    def test_an_imported_one_must_have_it(self, stack: Stack) -> None:
        bucket = s3.Bucket.from_bucket_name(stack, "Mine", "my-bucket")
        store = ClaimCheckStore(stack, "Store", bucket=bucket)
        store.allow_consumer(new_function(stack))
        SynthAnnotations.from_stack(stack).has_warning(
            "/Stack/Store",
            Match.string_like_regexp("See to it that its objects below claim-checks/ expire after 60 da"),
        )
        assert ":s3:::my-bucket/claim-checks/*" in str(on_objects(Template.from_stack(stack), "FunctionRole"))

    def test_an_imported_one_is_known_in_every_stack(self, app: App) -> None:
        bucket = s3.Bucket.from_bucket_name(Stack(app, "Data"), "Mine", "my-bucket")
        store = ClaimCheckStore(Stack(app, "Shared"), "Store", bucket=bucket)
        code = Stack(app, "Code")
        store.allow_publisher(new_function(code))
        assert variables_of(Template.from_stack(code), "Function")["CLAIM_CHECK_BUCKET_NAME"] == "my-bucket"

    def test_one_of_another_stack_is_refused(self, app: App) -> None:
        bucket = s3.Bucket(Stack(app, "Data"), "Mine")
        with pytest.raises(InvalidArgumentError, match="Make the store in the bucket's stack, with parameter_name="):
            ClaimCheckStore(Stack(app, "Code"), "Store", bucket=bucket)

    @pytest.mark.parametrize("name", ["encryption_key", "server_access_logs_bucket", "removal_policy", "customize"])
    def test_what_it_says_itself_is_not_said_twice(self, name: str, stack: Stack) -> None:
        given: dict[str, Any] = {
            "encryption_key": kms.Key(stack, "Key"),
            "server_access_logs_bucket": s3.Bucket(stack, "Log"),
            "removal_policy": RemovalPolicy.RETAIN,
            "customize": print,
        }
        with pytest.raises(InvalidArgumentError, match=f"{name} with bucket cannot work"):
            ClaimCheckStore(stack, "Store", bucket=s3.Bucket(stack, "Mine"), **{name: given[name]})


class TestErrors:
    @pytest.mark.parametrize("expires_after", [Duration.hours(12), Duration.hours(36), Duration.days(0)])
    def test_s3_keeps_objects_for_whole_days(self, expires_after: Duration, stack: Stack) -> None:
        with pytest.raises(
            InvalidArgumentError, match=r"Stack/Store: expires_after=.* S3 keeps objects for whole days"
        ):
            ClaimCheckStore(stack, "Store", expires_after=expires_after)

    @pytest.mark.parametrize("threshold_bytes", [1_023, 1_048_577, -1])
    def test_a_threshold_has_bounds(self, threshold_bytes: int, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="Pass 1024 to 1048576"):
            ClaimCheckStore(stack, "Store", threshold_bytes=threshold_bytes)

    def test_a_log_does_not_go_into_the_bucket_itself(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="Pass server_access_logs_bucket=, another bucket"):
            ClaimCheckStore(stack, "Store", server_access_logs_prefix="logs/")

    def test_a_function_has_one_store(self, stack: Stack) -> None:
        function = new_function(stack)
        ClaimCheckStore(stack, "One").allow_publisher(function)
        with pytest.raises(InvalidArgumentError, match="Stack/Function, which has the store Stack/One"):
            ClaimCheckStore(stack, "Other").allow_publisher(function)

    def test_only_functions_can_be_allowed_anything(self, stack: Stack) -> None:
        store = ClaimCheckStore(stack, "Store")
        with pytest.raises(InvalidArgumentError, match="Pass a SinglePurposeFunction, or a consumer"):
            store.allow_consumer(cast("Any", sqs.Queue(stack, "Queue")))


class TestArchive:
    def test_an_archive_that_outlives_the_claim_checks_is_told(self, stack: Stack) -> None:
        store = ClaimCheckStore(stack, "Store", expires_after=Duration.days(40))
        EnrichedEventBus(stack, "Bus", claim_check=store, log_errors=False)
        SynthAnnotations.from_stack(stack).has_warning(
            "/Stack/Bus",
            Match.string_like_regexp(r"Give the ClaimCheckStore expires_after=Duration\.days\(44\) or more"),
        )

    def test_by_default_it_does_not(self, stack: Stack) -> None:
        store = ClaimCheckStore(stack, "Store")
        short = ClaimCheckStore(stack, "Short", expires_after=Duration.days(1))
        EnrichedEventBus(stack, "Bus", claim_check=store, log_errors=False)
        EnrichedEventBus(stack, "Other", claim_check=short, log_errors=False, archive=False)
        SynthAnnotations.from_stack(stack).has_no_warning("*", Match.any_value())


class TestCompliance:
    def test_two_stores_in_two_stages_are_compliant_and_no_acknowledgement_names_the_stage(
        self, tmp_path: Path
    ) -> None:
        app = App(context={"aws:cdk:bundling-stacks": []}, outdir=str(tmp_path))
        for stage in ("development", "production"):
            shared, code = Stack(app, f"shop-{stage}-shared"), Stack(app, f"shop-{stage}-code")
            for name in ("First", "Second"):
                store = ClaimCheckStore(shared, name, parameter_name=f"/{stage}/{name}")
                bus = EnrichedEventBus(shared, f"{name}Bus", claim_check=store, log_errors=False)
                for stack in (shared, code):
                    both = new_consumer(stack, f"{name}Both")
                    bus.add_publisher(both, OrderPlaced)
                    bus.route(OrderPlaced, to=both)
        found = findings(app)
        assert found.open == frozenset()
        acknowledged = {rule for rule, _ in found.acknowledged if "claim-checks" in rule}
        assert {
            rule for rule in acknowledged if "Ref" in rule or "development" in rule or "production" in rule
        } == set()
        assert {rule for rule in acknowledged if "s3:::" in rule} == {
            "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::<FirstBucketName>/claim-checks/*]",
            "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::<SecondBucketName>/claim-checks/*]",
        }

    def test_a_bucket_with_a_log_acknowledges_nothing(self, stack: Stack) -> None:
        log = s3.Bucket.from_bucket_name(stack, "Log", "logs")
        ClaimCheckStore(stack, "Store", server_access_logs_bucket=log)
        app = stack.node.root
        assert isinstance(app, App)
        found = findings(app)
        assert {rule for rule, _ in (*found.open, *found.acknowledged)} & {"AwsSolutions-S1"} == set()
