"""Every inner resource is in reach, and what the inner API takes is handed on."""

from __future__ import annotations

from aws_cdk import Size, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Template

from best_practice_constructs import CognitoAuthorization, ProvisionedApi
from best_practice_constructs.api.problem_responses import PROBLEM_RESPONSES
from tests.unit.api.support import function
from tests.unit.helpers.templates import only_resource, resources_of_type

ACL = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/a/b"


def test_the_inner_resources_are_attributes(stack: Stack) -> None:
    pool = cognito.UserPool.from_user_pool_id(stack, "Pool", "eu-west-1_abc")
    api = ProvisionedApi(
        stack, "Api", authorization=CognitoAuthorization(user_pools=[pool]), web_acl_arn=ACL, throttling_rate_limit=1
    )
    assert (list(api.models), list(api.authorizers)) == ([], [])
    api.get("/orders", function(stack))
    assert isinstance(api.request_validator, apigateway.RequestValidator)
    assert [type(authorizer) for authorizer in api.authorizers] == [apigateway.CognitoUserPoolsAuthorizer]
    assert set(api.gateway_responses) == set(PROBLEM_RESPONSES)
    assert all(isinstance(response, apigateway.GatewayResponse) for response in api.gateway_responses.values())
    assert api.web_acl_association is not None
    api.web_acl_association.add_metadata("owner", "security")
    (association,) = Template.from_stack(stack).find_resources("AWS::WAFv2::WebACLAssociation").values()
    assert association["Metadata"]["owner"] == "security"


def test_without_a_web_acl_there_is_no_association(stack: Stack) -> None:
    assert ProvisionedApi(stack, "Api").web_acl_association is None


def test_what_the_inner_api_takes_is_handed_on(stack: Stack) -> None:
    api = ProvisionedApi(
        stack,
        "Api",
        min_compression_size=Size.kibibytes(1),
        endpoint_configuration=apigateway.EndpointConfiguration(
            types=[apigateway.EndpointType.REGIONAL], ip_address_type=apigateway.IpAddressType.DUAL_STACK
        ),
        parameters={"basepath": "prepend"},
        endpoint_export_name="OrdersApi",
    )
    api.get("/orders", function(stack))
    template = Template.from_stack(stack)
    rest_api = only_resource(template, "AWS::ApiGateway::RestApi")
    assert rest_api["EndpointConfiguration"] == {"Types": ["REGIONAL"], "IpAddressType": "dualstack"}
    assert (rest_api["MinimumCompressionSize"], rest_api["Parameters"]) == (1024, {"basepath": "prepend"})
    assert [output["Export"] for output in template.find_outputs("*").values()] == [{"Name": "OrdersApi"}]
    assert len(resources_of_type(template, "AWS::ApiGateway::RestApi")) == 1
