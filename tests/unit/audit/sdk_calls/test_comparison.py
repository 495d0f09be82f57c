"""What a role allows against what its function calls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs.audit.sdk_calls.sdk_call import CodePlace
from tests.unit.audit.sdk_calls.template_support import NOTHING, PUT, allow, arn, compared, template_of, unused


def test_what_is_called_and_allowed_is_exact() -> None:
    comparison = compared(template_of(PUT, statements=[allow("dynamodb:PutItem")]))
    assert comparison.is_exact
    assert comparison.not_compared is None
    assert [call.action for call in comparison.calls] == ["dynamodb:PutItem"]


def test_what_nothing_calls_is_unused_and_named_by_its_statement() -> None:
    (found,) = compared(template_of(PUT, statements=[allow("dynamodb:PutItem"), allow("dynamodb:GetItem")])).unused
    assert (found.action, found.policy, found.statement) == ("dynamodb:GetItem", "Policy", 1)
    assert found.path == "Orders/Place/Role/DefaultPolicy"


def test_what_is_not_allowed_is_missing_with_its_place() -> None:
    (missing,) = compared(template_of(PUT)).missing
    assert missing.action == "dynamodb:PutItem"
    text = "boto3.client('dynamodb').put_item(Item={})"
    assert missing.places == (CodePlace(file="index.py", line=3, text=text),)


@given(st.sets(st.sampled_from(["GetItem", "PutItem", "Query", "Scan", "UpdateItem"])))
def test_exactly_the_called_actions_are_not_unused(allowed: set[str]) -> None:
    statements = [allow(f"dynamodb:{name}") for name in sorted(allowed)]
    comparison = compared(template_of(PUT, statements=statements))
    assert {each.action for each in comparison.unused} == {f"dynamodb:{name}" for name in allowed - {"PutItem"}}
    assert bool(comparison.missing) is ("PutItem" not in allowed)


def test_a_policy_in_the_role_counts() -> None:
    role = {"Policies": [{"PolicyDocument": {"Statement": allow("dynamodb:GetItem")}}]}
    (found,) = compared(template_of(role=role)).unused
    assert (found.action, found.policy) == ("dynamodb:GetItem", "Role")


def test_a_managed_policy_of_the_template_counts() -> None:
    policy = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"PolicyDocument": {"Statement": [allow("sqs:SendMessage")]}},
    }
    template = template_of(role={"ManagedPolicyArns": [{"Ref": "Managed"}]}, resources={"Managed": policy})
    assert unused(template) == {"sqs:SendMessage"}


def test_a_managed_policy_of_elsewhere_is_told() -> None:
    name = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/AmazonS3ReadOnlyAccess"]]}
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    comparison = compared(template_of(role={"ManagedPolicyArns": [name, basic]}))
    assert comparison.unread_policies == ("AmazonS3ReadOnlyAccess",)
    assert not comparison.is_exact


@pytest.mark.parametrize(
    ("arn_", "name"),
    [
        ("arn:aws:iam::111122223333:policy/AWSLambdaBasicExecutionRole", "AWSLambdaBasicExecutionRole"),
        ({"Ref": "Boundary"}, "a policy whose ARN is known at deployment alone"),
    ],
    ids=["a name of Lambda's own", "a parameter"],
)
def test_only_what_aws_maintains_for_lambda_needs_no_reading(arn_: object, name: str) -> None:
    comparison = compared(template_of(role={"ManagedPolicyArns": [arn_]}))
    assert comparison.unread_policies == (name,)
    for mine in ("AWSLambdaBasicExecutionRole", "CloudWatchLambdaInsightsExecutionRolePolicy"):
        written = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::aws:policy/{mine}"]]}
        assert compared(template_of(role={"ManagedPolicyArns": [written]})).is_exact


def test_a_pattern_allows_what_it_matches() -> None:
    assert compared(template_of(PUT, statements=[allow("dynamodb:PutI*")])).is_exact
    assert unused(template_of(PUT, statements=[allow("dynamodb:Get*")])) == {"dynamodb:Get*"}


@pytest.mark.parametrize("pattern", ["*", "dynamodb:*", "dynamodb:Put*", "dyn*:Put*", "dynamodb:???Item"])
def test_a_pattern_that_allows_more_than_the_calls_is_wider(pattern: str) -> None:
    comparison = compared(template_of(PUT, statements=[allow(pattern, on="*")]))
    (found,) = comparison.unused
    assert found.action == pattern
    assert found.wider_by
    assert "dynamodb:PutItem" not in found.wider_by
    assert comparison.missing == ()


def test_what_a_pattern_allows_beside_is_named() -> None:
    (found,) = compared(template_of(PUT, statements=[allow("dynamodb:Put*")])).unused
    assert found.wider_by == ("dynamodb:PutResourcePolicy",)


def test_actions_that_no_operation_is_named_after_widen_a_pattern() -> None:
    code = "import boto3\ndef handler(event, context):\n    boto3.client('s3').get_object(Bucket='b', Key='k')\n"
    (found,) = compared(template_of(code, statements=[allow("s3:GetObjectVersion*", "s3:GetObject")])).unused
    assert found.action == "s3:GetObjectVersion*"
    (found,) = compared(template_of(code, statements=[allow("s3:GetObjec?*")])).unused
    assert found.wider_by


def test_what_is_denied_is_not_allowed() -> None:
    statement = allow("dynamodb:PutItem") | {"Effect": "Deny"}
    assert [each.action for each in compared(template_of(PUT, statements=[statement])).missing] == ["dynamodb:PutItem"]


DECLARED = """
    import boto3
    def handler(event, context):
        boto3.client("dynamodb").put_item(Item={})  # sdk-calls: on TABLE_NAME
"""
TABLES = {"Table": {"Type": "AWS::DynamoDB::Table"}, "Other": {"Type": "AWS::DynamoDB::Table"}}
ENVIRONMENT = {"Environment": {"Variables": {"TABLE_NAME": {"Ref": "Table"}}}}


def test_a_call_on_a_named_resource_needs_that_one() -> None:
    statements = [allow("dynamodb:PutItem", on=arn("Other"))]
    comparison = compared(template_of(DECLARED, statements=statements, properties=ENVIRONMENT, resources=TABLES))
    assert [each.action for each in comparison.unused] == ["dynamodb:PutItem"]
    assert [each.action for each in comparison.missing] == ["dynamodb:PutItem"]


@pytest.mark.parametrize(
    "resource", [arn("Table"), "*", [arn("Table")], "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"], ids=str
)
def test_a_call_on_a_named_resource_takes_it(resource: object) -> None:
    statements = [allow("dynamodb:PutItem", on=resource)]
    assert compared(template_of(DECLARED, statements=statements, properties=ENVIRONMENT, resources=TABLES)).is_exact


def test_a_declaration_of_a_variable_that_the_function_does_not_have_is_found() -> None:
    statements = [allow("dynamodb:PutItem", on=arn("Other"))]
    code = DECLARED.replace("TABLE_NAME", "TABEL_NAME")
    comparison = compared(template_of(code, statements=statements, properties=ENVIRONMENT, resources=TABLES))
    (unknown,) = comparison.unknown
    assert "no variable of this name" in unknown.reason
    assert unknown.is_declared
    assert not comparison.is_exact


def test_a_variable_that_the_declaration_depends_on_may_be_left_out() -> None:
    code = DECLARED.replace("on TABLE_NAME", "on CACHE if CACHE")
    comparison = compared(template_of(code, resources=TABLES))
    assert comparison.is_exact
    assert comparison.calls == ()


@pytest.mark.parametrize(
    ("name", "is_exact"),
    [
        ("orders", True),
        ("others", False),
        ("arn:aws:dynamodb:eu-west-1:111122223333:table/orders", True),
        ("arn:aws:dynamodb:eu-west-1:111122223333:table/others", False),
    ],
)
def test_texts_are_compared_as_texts(name: str, is_exact: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    properties = {"Environment": {"Variables": {"TABLE_NAME": name}}}
    template = template_of(DECLARED, statements=[allow("dynamodb:PutItem")], properties=properties)
    assert compared(template).is_exact is is_exact


@pytest.mark.parametrize("element", ["NotAction", "NotResource"])
def test_a_statement_that_says_what_it_does_not_allow_is_not_read(element: str) -> None:
    action, resource = ("NotAction", "Resource") if element == "NotAction" else ("Action", "NotResource")
    named = "dynamodb:Scan" if element == "NotAction" else "dynamodb:PutItem"
    comparison = compared(template_of(PUT, statements=[{"Effect": "Allow", action: [named], resource: "*"}]))
    (unread,) = comparison.unread_statements
    assert (unread.element, unread.policy, unread.statement) == (element, "Policy", 0)
    assert (comparison.missing, comparison.is_exact) == ((), False)


def test_what_such_a_statement_does_not_allow_is_missing() -> None:
    for statement in (
        {"Effect": "Allow", "NotAction": "dynamodb:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "dynamodb:Scan", "NotResource": "*"},
    ):
        assert [each.action for each in compared(template_of(PUT, statements=[statement])).missing] == [
            "dynamodb:PutItem"
        ]


@pytest.mark.parametrize("link", ["export", "output"])
def test_a_resource_of_another_stack_is_the_same_resource(link: str) -> None:
    def linked(name: str) -> dict[str, object]:
        return (
            {"Fn::ImportValue": name}
            if link == "export"
            else {"Fn::GetStackOutput": {"StackName": "Data", "OutputName": name}}
        )

    data = {
        "Resources": TABLES,
        "Outputs": {
            "Name": {"Value": {"Ref": "Table"}, "Export": {"Name": "Name"}},
            "Arn": {"Value": arn("Table"), "Export": {"Name": "Arn"}},
            "Other": {"Value": arn("Other"), "Export": {"Name": "Other"}},
        },
    }
    environment = {"Environment": {"Variables": {"TABLE_NAME": linked("Name")}}}

    def found(resource: str) -> bool:
        statements = [allow("dynamodb:PutItem", on=linked(resource))]
        template = template_of(DECLARED, statements=statements, properties=environment)
        return compared(template, ("Data", data)).is_exact

    assert found("Arn")
    assert not found("Other")


def test_what_depends_on_others_may_be_allowed_or_not() -> None:
    code = (
        "import boto3\ndef handler(a, b):\n    boto3.client('s3').get_object()  # sdk-calls: s3:GetObject if allowed\n"
    )
    assert compared(template_of(code)).is_exact
    assert compared(template_of(code, statements=[allow("s3:GetObject", on="arn:aws:s3:::orders/*")])).is_exact


def test_a_call_of_something_unknown_matters_where_it_may_use_what_is_unused() -> None:
    code = "def handler(event, context):\n    event.table.get_item(Key={})\n"
    comparison = compared(template_of(code, statements=[allow("dynamodb:GetItem")]))
    (unknown,) = comparison.unknown
    assert "get_item may be an operation of dynamodb" in unknown.reason
    assert compared(template_of(code)).unknown == ()


def test_a_call_of_something_unknown_matters_where_a_client_is_made_for_it() -> None:
    code = """
        import boto3, threading
        def work(table):
            table.put_item(Item={})
        def handler(event, context):
            threading.Thread(target=work, args=(boto3.client("dynamodb"),)).start()
    """
    (unknown,) = compared(template_of(code)).unknown
    assert (unknown.place.line, unknown.place.text) == (4, "table.put_item(Item={})")


@pytest.mark.parametrize(
    "call",
    [
        "Keys(**{event: boto3.client('kms')}).keys.decrypt()",
        "event(boto3.client('kms')).encrypt()",
        "[event(boto3.client('kms')), None][0].sign()",
    ],
)
def test_an_operation_of_one_word_matters_where_a_client_is_made_for_it(call: str) -> None:
    code = f"import boto3\nclass Keys:\n    pass\ndef handler(event, context):\n    {call}\n"
    (unknown,) = compared(template_of(code)).unknown
    assert "may be an operation of kms" in unknown.reason


@pytest.mark.parametrize("actions", [("s3:PutObject",), ("s3:PutObject", "s3:AbortMultipartUpload")])
def test_a_transfer_may_clean_up_after_itself(actions: tuple[str, ...]) -> None:
    code = "import boto3\ndef handler(event, context):\n    boto3.client('s3').upload_file('a', 'b', 'c')\n"
    assert compared(template_of(code, statements=[allow(*actions, on="*")])).is_exact


def test_an_operation_of_one_word_matters_where_it_may_use_what_is_unused() -> None:
    code = "def handler(event, context):\n    event.topic.subscribe()\n"
    (unknown,) = compared(template_of(code, statements=[allow("sns:Subscribe")])).unknown
    assert "subscribe may be an operation of sns" in unknown.reason


def test_a_call_of_what_a_container_holds_matters_where_a_client_is_made_for_it() -> None:
    code = """
        import boto3
        def handler(event, context):
            kept = []
            event(kept, boto3.client("s3"))
            kept[0].get_object()
    """
    (unknown,) = compared(template_of(code)).unknown
    assert "get_object may be an operation of s3" in unknown.reason


@pytest.mark.parametrize(
    ("properties", "reason", "is_left_out"),
    [
        ({"Runtime": "nodejs22.x"}, "not Python", True),
        ({"Handler": "index.other"}, "no index.other", False),
        ({"Role": "arn:aws:iam::111122223333:role/orders"}, "its role is in no template", False),
        ({"Code": {"S3Bucket": "assets", "S3Key": "orders.zip"}}, "not beside the template", False),
        ({"Runtime": None, "PackageType": "Image"}, "not Python", True),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_function_that_cannot_be_compared_says_why(
    properties: dict[str, object],
    reason: str,
    is_left_out: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    comparison = compared(template_of(NOTHING, properties=properties))
    assert reason in str(comparison.not_compared)
    assert not comparison.is_exact
    assert comparison.is_left_out is is_left_out
