"""Prints by which statements each construct lets services in, to be compared with the list and then written down.

``python -m tests.compliance.list_service_grants > tests/compliance/service_grants.json``

The list has what the embedded stage does not check; what a role lets a handler do is not in it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from aws_cdk import App, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions

from best_practice_constructs import AsyncFunctionConsumer, EnrichedEventBus, IdempotentQueueConsumer, TopicConsumer
from tests.compliance.subjects import CONSTRUCTS, NO_BUNDLING, SubjectChecked
from tests.compliance.template_grants import TemplateGrants

_CODE = "def handler(event, context): pass"


def _keyed_queue(stack: Stack) -> None:
    consumer = IdempotentQueueConsumer(
        stack,
        "Consumer",
        code=lambda_.Code.from_inline(_CODE),
        handler="index.handler",
        encryption=sqs.QueueEncryption.KMS,
        encryption_master_key=kms.Key(stack, "Key"),
    )
    EnrichedEventBus(stack, "Bus").route(SubjectChecked, to=consumer)


def _keyed_topic(stack: Stack) -> None:
    topic = sns.Topic(stack, "Topic", master_key=kms.Key(stack, "Key"))
    code = lambda_.Code.from_inline(_CODE)
    TopicConsumer(stack, "Consumer", topic=topic, filter_policy=SubjectChecked, code=code, handler="index.handler")
    EnrichedEventBus(stack, "Bus").route(SubjectChecked, to=topic)


def _keyed_bus(stack: Stack) -> None:
    EnrichedEventBus(stack, "Bus", kms_key=kms.Key(stack, "Key"))


def _keyed_failures(stack: Stack) -> None:
    queue = sqs.Queue(stack, "Failures", encryption_master_key=kms.Key(stack, "Key"))
    AsyncFunctionConsumer(
        stack, "Consumer", code=lambda_.Code.from_inline(_CODE), handler="index.handler", on_failure=queue
    )


def _routes_by_role(stack: Stack) -> None:
    bus = EnrichedEventBus(stack, "Bus")
    start = stepfunctions.DefinitionBody.from_chainable(stepfunctions.Pass(stack, "Done"))
    bus.route(SubjectChecked, to=stepfunctions.StateMachine(stack, "Workflow", definition_body=start))
    elsewhere = "arn:aws:events:eu-west-1:111122223333:event-bus/elsewhere"
    bus.route(SubjectChecked, to=events.EventBus.from_event_bus_arn(stack, "Elsewhere", elsewhere))


def _own_role(stack: Stack) -> None:
    role = iam.Role(stack, "OwnRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    IdempotentQueueConsumer(stack, "Consumer", code=lambda_.Code.from_inline(_CODE), handler="index.handler", role=role)


SUBJECTS: Mapping[str, Callable[[Stack], object]] = {
    **CONSTRUCTS,
    "keyed-bus": _keyed_bus,
    "keyed-failures": _keyed_failures,
    "keyed-queue": _keyed_queue,
    "keyed-topic": _keyed_topic,
    "own-role": _own_role,
    "routes-by-role": _routes_by_role,
}


def grants_by_subject(directory: Path) -> dict[str, list[str]]:
    """Give the statements of each subject, as sentences."""
    app = App(context=NO_BUNDLING, outdir=str(directory))
    for name, create in SUBJECTS.items():
        create(Stack(app, name))
    app.synth()
    grants = TemplateGrants(directory)
    return {stack: sorted(map(str, grants.of(stack))) for stack in grants.stacks}


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        found = grants_by_subject(Path(temporary))
    json.dump(found, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
