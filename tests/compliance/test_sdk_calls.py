"""The functions of the examples call exactly what their roles allow (C2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from aws_cdk import App

from best_practice_constructs.audit.sdk_calls.comparison import compare_function, compare_functions
from best_practice_constructs.audit.sdk_calls.report import findings
from best_practice_constructs.audit.sdk_calls.template_model import Assembly, Template
from tests.compliance.subjects import minimal_examples_app, order_invoice_app


def _assembly(app: App) -> Assembly:
    return Assembly.of(Path(app.synth().directory))


@pytest.mark.slow
def test_nothing_is_unused_and_nothing_missing_in_the_order_invoice_system(tmp_path: Path) -> None:
    comparisons = compare_functions(_assembly(order_invoice_app(tmp_path)))
    assert [line for each in comparisons for line in findings(each)] == []
    assert {each.not_compared for each in comparisons if each.handler.endswith(".handler") and "." in each.path} <= {
        None
    }
    assert len([each for each in comparisons if each.not_compared is None]) >= 13


@pytest.mark.slow
def test_nothing_is_unused_and_nothing_missing_in_the_minimal_examples(tmp_path: Path) -> None:
    comparisons = compare_functions(_assembly(minimal_examples_app(tmp_path)))
    assert [line for each in comparisons for line in findings(each)] == []
    assert len([each for each in comparisons if each.not_compared is None]) >= 12


@pytest.mark.slow
def test_each_action_that_is_taken_from_a_role_is_missed(tmp_path: Path) -> None:
    assembly = _assembly(order_invoice_app(tmp_path))
    place = next(
        function
        for template in assembly.templates
        for function in template.of_type("AWS::Lambda::Function")
        if function.properties.get("Handler") == "orders.cancel_order.handler"
    )
    content = json.dumps(place.template.content)
    for action in ("dynamodb:PutItem", "dynamodb:ConditionCheckItem"):
        changed = cast("Mapping[str, object]", json.loads(content.replace(f'"{action}"', '"dynamodb:Scan"')))
        template = Template(
            name=place.template.name, folder=place.template.folder, content=changed, assets=place.template.assets
        )
        others = [each for each in assembly.templates if each is not place.template]
        found = compare_function(Assembly([template, *others]), template.resources[place.logical_id])
        assert [each.action for each in found.missing] == [action]
        assert {each.action for each in found.unused} == {"dynamodb:Scan"}
