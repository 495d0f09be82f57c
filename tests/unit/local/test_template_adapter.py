"""The adapted template holds nothing the emulator refuses, says what it lost, and is otherwise what it was."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs.local.template_adapter import AdaptedTemplate, adapt_template, resource_paths
from best_practice_constructs.local.template_references import find_reference

QUEUE = "AWS::SQS::Queue"
FUNCTION = "AWS::Lambda::Function"
ARCHIVE = "AWS::Events::Archive"
SUPPORTED = frozenset({QUEUE, FUNCTION, "AWS::Events::Rule", "AWS::CloudWatch::Alarm"})


def adapt(
    resources: Mapping[str, object], outputs: Mapping[str, object] | None = None, **options: object
) -> AdaptedTemplate:
    template: dict[str, object] = {"Resources": resources}
    if outputs is not None:
        template["Outputs"] = outputs
    return adapt_template(
        template,
        stack_name="Orders",
        supported_types=SUPPORTED,
        missing_exports=frozenset(options.get("missing_exports", ())),  # type: ignore[call-overload]  # a test's shortcut
        drop_outputs=bool(options.get("drop_outputs", True)),
    )


def kept(adapted: AdaptedTemplate) -> dict[str, dict[str, object]]:
    resources = adapted.template["Resources"]
    assert isinstance(resources, dict)
    return resources


def test_a_type_that_the_emulator_does_not_know_is_left_out_and_named_with_its_path() -> None:
    adapted = adapt(
        {
            "Queue": {"Type": QUEUE},
            "Archive": {"Type": ARCHIVE, "Metadata": {"aws:cdk:path": "Orders/Bus/Archive"}},
        }
    )
    assert list(kept(adapted)) == ["Queue"]
    (omitted,) = adapted.omitted
    assert (omitted.stack_name, omitted.logical_id, omitted.resource_type, omitted.path) == (
        "Orders",
        "Archive",
        ARCHIVE,
        "Orders/Bus/Archive",
    )
    assert "does not know" in omitted.reason


def test_custom_resources_stay_but_for_those_that_need_the_javascript_sdk() -> None:
    adapted = adapt({"Mine": {"Type": "Custom::Mine"}, "Purge": {"Type": "Custom::S3AutoDeleteObjects"}})
    assert list(kept(adapted)) == ["Mine"]
    assert "AWS SDK" in adapted.omitted[0].reason


def test_a_known_type_that_the_emulator_refuses_with_a_property_is_left_out() -> None:
    adapted = adapt(
        {
            "Plain": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors"}},
            "Math": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": [{"Id": "a"}]}},
        }
    )
    assert list(kept(adapted)) == ["Plain"]


def test_a_resource_that_belongs_to_an_omitted_one_goes_with_it_through_any_number_of_steps() -> None:
    adapted = adapt(
        {
            "Grandchild": {"Type": QUEUE, "Properties": {"Of": {"Fn::GetAtt": ["Child", "Arn"]}}},
            "Child": {"Type": QUEUE, "Properties": {"Of": {"Ref": "Archive"}}},
            "Archive": {"Type": ARCHIVE},
        }
    )
    assert kept(adapted) == {}
    reasons = {resource.logical_id: resource.reason for resource in adapted.omitted}
    assert reasons["Child"] == "it belongs to Archive, which was left out"
    assert reasons["Grandchild"] == "it belongs to Child.Arn, which was left out"


@pytest.mark.parametrize(
    ("written", "replacement"),
    [
        ({"Ref": "Archive"}, "omitted-Archive"),
        ({"Fn::GetAtt": ["Archive", "ArchiveName"]}, "omitted-Archive"),
        ({"Fn::GetAtt": ["Archive", "Arn"]}, "arn:aws:omitted:us-east-1:000000000000:Archive"),
        ({"Fn::GetAtt": "Archive.Arn"}, "arn:aws:omitted:us-east-1:000000000000:Archive"),
        ({"Fn::Sub": "x/${Archive}/y"}, {"Fn::Sub": "x/omitted-Archive/y"}),
        ({"Fn::Sub": "${Archive.Arn}"}, {"Fn::Sub": "arn:aws:omitted:us-east-1:000000000000:Archive"}),
        (
            {"Fn::Sub": ["${A}${Archive}", {"A": {"Ref": "Archive"}}]},
            {"Fn::Sub": ["${A}omitted-Archive", {"A": "omitted-Archive"}]},
        ),
        ({"Fn::Join": ["", ["a", {"Ref": "Archive"}]]}, {"Fn::Join": ["", ["a", "omitted-Archive"]]}),
    ],
)
def test_a_reference_deeper_in_a_resource_becomes_a_placeholder(written: object, replacement: object) -> None:
    adapted = adapt(
        {
            "Archive": {"Type": ARCHIVE},
            "Function": {"Type": FUNCTION, "Properties": {"Environment": {"Variables": {"NAME": written}}}},
        }
    )
    assert kept(adapted)["Function"]["Properties"] == {"Environment": {"Variables": {"NAME": replacement}}}
    assert adapted.replaced
    assert all(
        note.location.startswith("Resources.Function.Properties.Environment.Variables.NAME") and note.replacement
        for note in adapted.replaced
    )


@pytest.mark.parametrize(
    "written",
    [
        {"Fn::Sub": "${!Archive} ${AWS::Region} ${Queue}"},
        {"Fn::Sub": ["${Archive}", {"Archive": "a variable of the same name"}]},
        {"Ref": "Queue"},
        {"Fn::GetAtt": ["Queue", "Arn"]},
        {"Ref": "AWS::Region"},
        "Archive",
    ],
)
def test_what_only_looks_like_a_reference_to_it_stays(written: object) -> None:
    properties = {"Environment": {"Variables": {"NAME": written}}}
    adapted = adapt(
        {
            "Archive": {"Type": ARCHIVE},
            "Queue": {"Type": QUEUE},
            "Function": {"Type": FUNCTION, "Properties": properties},
        }
    )
    assert kept(adapted)["Function"]["Properties"] == properties
    assert adapted.replaced == ()


@pytest.mark.parametrize(
    ("before", "after"), [("Archive", None), (["Archive"], None), (["Queue", "Archive"], ["Queue"]), ("Queue", "Queue")]
)
def test_depends_on_loses_the_omitted_entries(before: object, after: object) -> None:
    adapted = adapt(
        {"Archive": {"Type": ARCHIVE}, "Queue": {"Type": QUEUE}, "Function": {"Type": FUNCTION, "DependsOn": before}}
    )
    assert kept(adapted)["Function"].get("DependsOn") == after
    assert len(adapted.replaced) == (before != after)


def test_an_output_that_needs_an_omitted_resource_is_dropped_with_its_export_and_the_importer_is_told() -> None:
    exporting = adapt(
        {"Archive": {"Type": ARCHIVE}, "Queue": {"Type": QUEUE}},
        outputs={
            "ArchiveArn": {"Value": {"Fn::GetAtt": ["Archive", "Arn"]}, "Export": {"Name": "Orders:ArchiveArn"}},
            "QueueUrl": {"Value": {"Ref": "Queue"}},
        },
    )
    assert exporting.template["Outputs"] == {"QueueUrl": {"Value": {"Ref": "Queue"}}}
    assert exporting.dropped_exports == {"Orders:ArchiveArn"}
    importing = adapt(
        {
            "Function": {
                "Type": FUNCTION,
                "Properties": {"Environment": {"Variables": {"A": {"Fn::ImportValue": "Orders:ArchiveArn"}}}},
            }
        },
        missing_exports=exporting.dropped_exports,
    )
    assert find_reference(importing.template, omitted=frozenset(), missing_exports=exporting.dropped_exports) is None
    assert importing.replaced[0].reference == "Orders:ArchiveArn"


def test_a_nested_stack_keeps_its_outputs_because_its_parent_asks_for_them() -> None:
    adapted = adapt({"Archive": {"Type": ARCHIVE}}, outputs={"Arn": {"Value": {"Ref": "Archive"}}}, drop_outputs=False)
    assert adapted.template["Outputs"] == {"Arn": {"Value": "omitted-Archive"}}


def test_properties_without_effect_are_told() -> None:
    targets = [{"Arn": "a"}, {"Arn": "b", "DeadLetterConfig": {"Arn": "c"}}]
    adapted = adapt({"Rule": {"Type": "AWS::Events::Rule", "Properties": {"Targets": targets}}})
    assert [entry.property_path for entry in adapted.ignored] == ["Targets.DeadLetterConfig"]


def test_partial_batch_responses_are_ignored_for_streams_only() -> None:
    mapping = "AWS::Lambda::EventSourceMapping"
    responses = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
    adapted = adapt_template(
        {
            "Resources": {
                "OfQueue": {"Type": mapping, "Properties": responses},
                "OfStream": {"Type": mapping, "Properties": {**responses, "StartingPosition": "LATEST"}},
            }
        },
        stack_name="Orders",
        supported_types={mapping},
    )
    assert [entry.logical_id for entry in adapted.ignored] == ["OfStream"]


def test_construct_paths_lead_to_logical_ids() -> None:
    template = {"Resources": {"A1": {"Metadata": {"aws:cdk:path": "Orders/A/Resource"}}, "B": {}}}
    assert resource_paths(template) == {"Orders/A/Resource": "A1"}


NAMES = st.sampled_from(["A", "B", "C", "D"])
REFERENCES = st.one_of(
    NAMES.map(lambda name: {"Ref": name}),
    st.tuples(NAMES, st.sampled_from(["Arn", "Name"])).map(lambda pair: {"Fn::GetAtt": list(pair)}),
    NAMES.map(lambda name: {"Fn::GetAtt": f"{name}.Arn"}),
    NAMES.map(lambda name: {"Fn::Sub": f"a-${{{name}}}-${{{name}.Arn}}-${{AWS::Region}}"}),
    st.tuples(NAMES, NAMES).map(lambda pair: {"Fn::Sub": [f"${{{pair[0]}}}", {"x": {"Ref": pair[1]}}]}),
)
VALUES = st.recursive(
    st.one_of(st.text(max_size=5), st.integers(), st.booleans(), REFERENCES),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("pqr"), inner, max_size=3)),
    max_leaves=8,
)
RESOURCES = st.fixed_dictionaries(
    {"Type": st.sampled_from([QUEUE, FUNCTION, ARCHIVE, "AWS::XRay::Group"])},
    optional={
        "Properties": st.dictionaries(st.sampled_from("stuv"), VALUES, max_size=4),
        "DependsOn": st.one_of(NAMES, st.lists(NAMES, max_size=3)),
    },
)
TEMPLATES = st.fixed_dictionaries(
    {
        "Resources": st.fixed_dictionaries(dict.fromkeys("ABCD", RESOURCES)),
        "Outputs": st.dictionaries(st.sampled_from("xyz"), st.fixed_dictionaries({"Value": VALUES}), max_size=3),
    }
)


def depends_on(resource: Mapping[str, object]) -> list[object]:
    names = resource.get("DependsOn", [])
    return names if isinstance(names, list) else [names]


@given(template=TEMPLATES)
def test_whatever_the_template_nothing_in_the_result_refers_to_what_is_not_there(
    template: dict[str, dict[str, dict[str, object]]],
) -> None:
    before = copy.deepcopy(template)
    adapted = adapt_template(template, stack_name="S", supported_types=SUPPORTED)
    assert template == before
    omitted = {resource.logical_id for resource in adapted.omitted}
    assert kept(adapted).keys() == template["Resources"].keys() - omitted
    assert all(resource["Type"] in SUPPORTED for resource in kept(adapted).values())
    assert find_reference(adapted.template, omitted=omitted, missing_exports=frozenset()) is None
    assert not any(name in omitted for resource in kept(adapted).values() for name in depends_on(resource))
    again = adapt_template(adapted.template, stack_name="S", supported_types=SUPPORTED)
    assert again.template == adapted.template
    assert (again.omitted, again.replaced) == ((), ())


@given(template=TEMPLATES)
def test_a_template_whose_types_are_all_known_stays_as_it_is(template: dict[str, object]) -> None:
    adapted = adapt_template(template, stack_name="S", supported_types=SUPPORTED | {ARCHIVE, "AWS::XRay::Group"})
    assert adapted.template == template
    assert (adapted.omitted, adapted.replaced) == ((), ())
