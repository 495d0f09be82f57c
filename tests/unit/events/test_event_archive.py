"""The archive under the key of its bus."""

from __future__ import annotations

import json
from typing import cast

from aws_cdk import Stack
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Annotations as SynthAnnotations
from aws_cdk.assertions import Match, Template

from best_practice_constructs import EnrichedEventBus
from tests.unit.helpers.templates import only_resource, resources_of_type


def test_the_archive_has_the_key_of_the_bus(stack: Stack) -> None:
    EnrichedEventBus(stack, "Bus", kms_key=kms.Key(stack, "Key"), log_errors=False)
    template = Template.from_stack(stack)
    ((key_name, key),) = resources_of_type(template, "AWS::KMS::Key").items()
    ((_, bus),) = resources_of_type(template, "AWS::Events::EventBus").items()
    archive = only_resource(template, "AWS::Events::Archive")
    assert archive["KmsKeyIdentifier"] == bus["KmsKeyIdentifier"] == {"Fn::GetAtt": [key_name, "Arn"]}
    statements = cast("dict[str, list[dict[str, object]]]", key["KeyPolicy"])["Statement"]
    used, described = [
        each for each in statements if "kms:ReEncryptFrom" in str(each["Action"]) or each["Action"] == "kms:DescribeKey"
    ]
    assert used["Principal"] == described["Principal"] == {"Service": "events.amazonaws.com"}
    assert used["Action"] == ["kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
    condition = json.dumps(used["Condition"])
    assert "kms:EncryptionContext:aws:events:event-bus:arn" in condition
    assert f":event-bus/{bus['Name']}" in condition
    assert described["Action"] == "kms:DescribeKey"


def test_of_an_imported_key_it_says_what_its_policy_must_allow(stack: Stack) -> None:
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111122223333:key/theirs")
    EnrichedEventBus(stack, "Bus", kms_key=key, log_errors=False)
    said = Match.string_like_regexp("else no event is kept")
    (warning,) = SynthAnnotations.from_stack(stack).find_warning("*", said)
    assert "kms:ReEncrypt* to events.amazonaws.com" in str(warning.entry.data)
