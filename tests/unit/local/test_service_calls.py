"""What the emulator's CloudFormation drops is planned as calls, with questions for what only the stack knows."""

from __future__ import annotations

from best_practice_constructs.local.service_calls import OutputValue, answer, plan_service_calls, without_answers

TEMPLATE: dict[str, object] = {
    "Resources": {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {"TimeToLiveSpecification": {"AttributeName": "expiration", "Enabled": True}},
        },
        "Plain": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
        "Archive": {
            "Type": "AWS::Events::Archive",
            "Properties": {
                "SourceArn": {"Fn::GetAtt": ["Bus", "Arn"]},
                "EventPattern": {"account": [{"Ref": "AWS::AccountId"}]},
            },
        },
        "Validator": {
            "Type": "AWS::ApiGateway::RequestValidator",
            "Properties": {"RestApiId": {"Ref": "Api"}, "ValidateRequestBody": True},
        },
        "Post": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "HttpMethod": "POST",
                "ResourceId": {"Ref": "Resource"},
                "RequestValidatorId": {"Ref": "Validator"},
            },
        },
        "Get": {"Type": "AWS::ApiGateway::Method", "Properties": {"HttpMethod": "GET"}},
        "Maybe": {"Type": "AWS::Events::Archive", "Condition": "Production", "Properties": {"SourceArn": "a"}},
    }
}


def test_values_that_the_stack_knows_become_outputs_and_are_answered_from_them() -> None:
    calls = plan_service_calls(TEMPLATE, omitted=frozenset())
    (archive,) = calls.archives
    told = {key: f"told:{key}" for key in calls.outputs}
    answered = answer(archive.properties, told)
    assert isinstance(answered, dict)
    key = next(key for key, output in calls.outputs.items() if output == {"Value": {"Fn::GetAtt": ["Bus", "Arn"]}})
    account = next(key for key, output in calls.outputs.items() if output == {"Value": {"Ref": "AWS::AccountId"}})
    assert answered == {"SourceArn": f"told:{key}", "EventPattern": {"account": [f"told:{account}"]}}
    assert without_answers({**told, "Url": "u"}) == {"Url": "u"}


def test_only_tables_that_expire_get_a_time_to_live() -> None:
    (time_to_live,) = plan_service_calls(TEMPLATE, omitted=frozenset()).times_to_live
    assert (time_to_live.logical_id, time_to_live.attribute_name) == ("Table", "expiration")
    assert isinstance(time_to_live.table_name, OutputValue)


def test_a_validator_knows_the_methods_that_use_it() -> None:
    (validator,) = plan_service_calls(TEMPLATE, omitted=frozenset()).validators
    assert (validator.validates_body, validator.validates_parameters) == (True, False)
    assert [http_method for _, http_method in validator.methods] == ["POST"]


def test_nothing_is_asked_about_what_was_left_out() -> None:
    calls = plan_service_calls(TEMPLATE, omitted=frozenset({"Bus"}))
    assert calls.archives == ()
    assert {"Value": {"Fn::GetAtt": ["Bus", "Arn"]}} not in calls.outputs.values()
