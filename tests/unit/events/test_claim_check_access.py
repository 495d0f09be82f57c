"""Who may put fields of events aside, who may read them, and from which stacks."""

from __future__ import annotations

import json

import pytest
from aws_cdk import App, Duration, Environment, Stack, Stage
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from best_practice_constructs import (
    AsyncFunctionConsumer,
    ClaimCheckStore,
    EnrichedEventBus,
    ExistingClaimCheckStore,
    ExistingEventBus,
    InvalidArgumentError,
    StreamConsumer,
    TopicConsumer,
)
from tests.unit.events.claim_check_support import (
    OrderCancelled,
    OrderPlaced,
    new_app,
    new_consumer,
    new_function,
    objects_of,
    on_objects,
    variables_of,
)
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import resources_of_type


@pytest.fixture(scope="module")
def made() -> Template:
    stack = Stack(new_app(), "S")
    store = ClaimCheckStore(stack, "Store", expires_after=Duration.days(70), threshold_bytes=100_000)
    bus = EnrichedEventBus(stack, "Bus", claim_check=store, log_errors=False)
    bus.add_publisher(new_function(stack, "OfBoth"), OrderCancelled, OrderPlaced)
    bus.add_publisher(new_function(stack, "OfWhatever"))
    bus.add_publisher(new_function(stack, "OfSmall"), OrderCancelled)
    bus.route(OrderPlaced, to=new_consumer(stack, "Queued"))
    bus.route(OrderPlaced, to=AsyncFunctionConsumer(stack, "Direct", entry=ENTRY, handler=HANDLER))
    bus.route(OrderPlaced, to=new_function(stack, "Invoked"))
    bus.route({"source": ["com.example.orders"]}, to=new_consumer(stack, "OfPattern"))
    bus.route(OrderCancelled, to=new_consumer(stack, "QueuedSmall"))
    bus.route(OrderPlaced, to=sqs.Queue(stack, "RawQueue"))
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def objects(made: Template) -> str:
    (bucket,) = resources_of_type(made, "AWS::S3::Bucket")
    return objects_of(bucket)


class TestPermissions:
    @pytest.mark.parametrize("name", ["OfBoth", "OfWhatever"])
    def test_a_publisher_may_write_and_knows_where(self, name: str, made: Template, objects: str) -> None:
        assert on_objects(made, f"{name}Role") == {("s3:PutObject", objects)}
        (bucket,) = resources_of_type(made, "AWS::S3::Bucket")
        assert variables_of(made, name) == {
            "CLAIM_CHECK_BUCKET_NAME": {"Ref": bucket},
            "CLAIM_CHECK_THRESHOLD_BYTES": "100000",
            "CLAIM_CHECK_EXPIRES_AFTER_DAYS": "70",
        }

    def test_a_publisher_of_small_events_may_not(self, made: Template) -> None:
        assert on_objects(made, "OfSmallRole") == set()
        assert variables_of(made, "OfSmall") == {}

    @pytest.mark.parametrize("name", ["QueuedFunction", "DirectFunction", "Invoked", "OfPatternFunction"])
    def test_a_consumer_may_read(self, name: str, made: Template, objects: str) -> None:
        assert on_objects(made, f"{name}Role") == {("s3:GetObject", objects)}
        assert variables_of(made, name) == {}

    def test_a_consumer_of_small_events_may_not(self, made: Template) -> None:
        assert on_objects(made, "QueuedSmallFunctionRole") == set()

    def test_nobody_may_list(self, made: Template) -> None:
        assert "s3:List" not in json.dumps(made.find_resources("AWS::IAM::Policy"))

    def test_consumers_of_topics_and_streams_are_allowed_by_the_store(self, stack: Stack) -> None:
        store = ClaimCheckStore(stack, "Store")
        topic = sns.Topic(stack, "Topic")
        letters = TopicConsumer(stack, "Letters", topic=topic, entry=ENTRY, handler=HANDLER)
        figures = StreamConsumer(
            stack,
            "Figures",
            stream=kinesis.Stream(stack, "Stream"),
            starting_position=lambda_.StartingPosition.LATEST,
            entry=ENTRY,
            handler=HANDLER,
        )
        for consumer in (letters, figures, letters):
            store.allow_consumer(consumer)
        made = Template.from_stack(stack)
        for name in ("LettersConsumerFunctionRole", "FiguresFunctionRole"):
            assert [action for action, _ in on_objects(made, name) if action.startswith("s3:")] == ["s3:GetObject"]

    def test_a_bus_without_a_store_lets_small_events_through(self, stack: Stack) -> None:
        bus = EnrichedEventBus(stack, "Bus", archive=False, log_errors=False)
        bus.add_publisher(new_function(stack), OrderPlaced)
        bus.route(OrderPlaced, to=new_consumer(stack))
        assert bus.claim_check is None
        assert on_objects(Template.from_stack(stack), "FunctionRole") == set()


class TestOtherStacks:
    def test_they_find_it_in_parameter_store_and_export_nothing(self, app: App) -> None:
        shared, code = Stack(app, "Shared"), Stack(app, "Code")
        key = kms.Key(shared, "Key")
        store = ClaimCheckStore(shared, "Store", parameter_name="/test/claim-checks", encryption_key=key)
        store.allow_publisher(new_function(code, "Writer"))
        store.allow_consumer(new_function(code, "Reader"))
        made = Template.from_stack(code)
        parameters = {name: made.find_parameters(name)[name] for name in ("StoreBucketName", "StoreKeyArn")}
        assert {name: (each["Type"], each["Default"]) for name, each in parameters.items()} == {
            "StoreBucketName": ("AWS::SSM::Parameter::Value<String>", "/test/claim-checks"),
            "StoreKeyArn": ("AWS::SSM::Parameter::Value<String>", "/test/claim-checks/key"),
        }
        assert variables_of(made, "Writer")["CLAIM_CHECK_BUCKET_NAME"] == {"Ref": "StoreBucketName"}
        assert ("kms:GenerateDataKey", json.dumps({"Ref": "StoreKeyArn"})) in on_objects(made, "WriterRole")
        assert "ImportValue" not in json.dumps(made.to_json())
        assert Template.from_stack(shared).find_outputs("*") == {}
        assert [stack.node.id for stack in code.dependencies] == ["Shared"]

    def test_without_a_parameter_it_says_what_to_give(self, app: App) -> None:
        store = ClaimCheckStore(Stack(app, "Shared"), "Store")
        with pytest.raises(
            InvalidArgumentError, match=r"Shared/Store: a function of the stack Code cannot work.*Give t"
        ):
            store.allow_consumer(new_function(Stack(app, "Code")))

    def test_stacks_of_a_stage_find_it_too(self, app: App) -> None:
        stage = Stage(app, "Production")
        shared, code = Stack(stage, "Shared"), Stack(stage, "Code")
        ClaimCheckStore(shared, "Store", parameter_name="/p/claim-checks").allow_consumer(new_function(code))
        assert [stack.node.id for stack in code.dependencies] == ["Shared"]
        # Another stage is deployed by itself.
        other = Stack(Stage(app, "Other"), "Code")
        ClaimCheckStore(shared, "Second", parameter_name="/p/second").allow_consumer(new_function(other))
        assert list(other.dependencies) == []

    def test_several_stores_of_one_name_are_told_apart(self, app: App) -> None:
        code = Stack(app, "Code")
        for name in ("Blue", "Green"):
            store = ClaimCheckStore(Stack(app, name), "Store", parameter_name=f"/{name}/claim-checks")
            store.allow_consumer(new_function(code, f"Of{name}"))
            store.allow_publisher(new_function(code, f"To{name}"))
        made = Template.from_stack(code)
        assert made.find_parameters("StoreBucketName")["StoreBucketName"]["Default"] == "/Blue/claim-checks"
        assert made.find_parameters("StoreBucketName2")["StoreBucketName2"]["Default"] == "/Green/claim-checks"
        assert '"StoreBucketName2"' in str(on_objects(made, "OfGreenRole"))

    def test_another_account_or_region_cannot_reach_it(self, app: App) -> None:
        here = Stack(app, "Here", env=Environment(account="111122223333", region="eu-west-1"))
        there = Stack(app, "There", env=Environment(account="444455556666", region="eu-west-1"))
        store = ClaimCheckStore(here, "Store", parameter_name="/store")
        with pytest.raises(InvalidArgumentError, match="in 444455556666/eu-west-1, with a store in 1111"):
            store.allow_consumer(new_consumer(there))

    def test_another_app_finds_it_as_an_existing_one(self, stack: Stack) -> None:
        key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111122223333:key/k")
        store = ExistingClaimCheckStore(
            stack,
            "ClaimChecks",
            parameter_name="/test/claim-checks",
            expires_after=Duration.days(90),
            threshold_bytes=65_536,
            encryption_key=key,
        )
        bus = ExistingEventBus.from_parameter(stack, "Bus", parameter_name="/test/bus", claim_check=store)
        bus.add_publisher(new_function(stack), OrderPlaced)
        bus.route(OrderPlaced, to=new_consumer(stack))
        made = Template.from_stack(stack)
        assert made.find_parameters("ClaimChecksBucketName")["ClaimChecksBucketName"]["Default"] == "/test/claim-checks"
        assert variables_of(made, "Function") == {
            "CLAIM_CHECK_BUCKET_NAME": {"Ref": "ClaimChecksBucketName"},
            "CLAIM_CHECK_THRESHOLD_BYTES": "65536",
            "CLAIM_CHECK_EXPIRES_AFTER_DAYS": "90",
        }
        assert {action for action, _ in on_objects(made, "ConsumerFunctionRole")} == {"s3:GetObject", "kms:Decrypt"}
        made.resource_count_is("AWS::S3::Bucket", 0)

    def test_an_existing_bus_takes_a_store_as_well(self, stack: Stack) -> None:
        event_bus = EnrichedEventBus(stack, "Own", log_errors=False).event_bus
        store = ClaimCheckStore(stack, "Store")
        assert ExistingEventBus(stack, "Bus", event_bus=event_bus, claim_check=store).claim_check is store
