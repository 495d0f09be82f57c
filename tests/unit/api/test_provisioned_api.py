from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

import pytest
from aws_cdk import App, Aws, Duration, Stack, Tags
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_logs as logs
from aws_cdk.assertions import Match, Template

from best_practice_constructs import (
    ApiGatewayLoggingRole,
    CognitoAuthorization,
    IamAuthorization,
    InvalidArgumentError,
    NoAuthorization,
    ProvisionedApi,
    SinglePurposeFunction,
)
from best_practice_constructs.api.problem_responses import PROBLEM_RESPONSES
from best_practice_constructs.functions.provisioned_concurrency import ProvisionedConcurrencyScaling
from tests.unit.helpers.compliance import findings
from tests.unit.helpers.entries import ENTRY, HANDLER
from tests.unit.helpers.templates import only_resource, resources_of_type


@dataclass(frozen=True, kw_only=True)
class NewOrder:
    sku: str
    price: Decimal


class Custom:
    pass


@dataclass(frozen=True, kw_only=True)
class Unsupported:
    custom: Custom


def _app() -> App:
    return App(context={"aws:cdk:bundling-stacks": []})


def _function(stack: Stack, id: str = "F", **options: Duration) -> SinglePurposeFunction:
    return SinglePurposeFunction(stack, id, entry=ENTRY, handler=HANDLER, timeout=options.get("timeout"))


def _methods(template: Template) -> dict[str, dict[str, object]]:
    return {
        cast("str", properties["HttpMethod"]): properties
        for properties in resources_of_type(template, "AWS::ApiGateway::Method").values()
    }


@pytest.fixture(scope="module")
def template() -> Template:
    stack = Stack(_app(), "S")
    api = ProvisionedApi(stack, "Api")
    api.post("/orders", _function(stack, "Place"), body=NewOrder, headers={"Idempotency-Key": True})
    api.get("/orders/{order_id}", _function(stack, "Get"), query={"fields": False})
    return Template.from_stack(stack)


class TestDefaults:
    def test_it_is_regional_and_leaves_the_accounts_role_alone(self, template: Template) -> None:
        assert only_resource(template, "AWS::ApiGateway::RestApi")["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
        template.resource_count_is("AWS::ApiGateway::Account", 0)

    def test_iam_authorizes(self, template: Template) -> None:
        assert {method["AuthorizationType"] for method in _methods(template).values()} == {"AWS_IAM"}

    def test_the_stage_throttles_logs_and_traces(self, template: Template) -> None:
        stage = only_resource(template, "AWS::ApiGateway::Stage")
        (settings,) = cast("list[dict[str, object]]", stage["MethodSettings"])
        assert settings["ThrottlingRateLimit"] == 500
        assert settings["ThrottlingBurstLimit"] == 1_000
        assert settings["LoggingLevel"] == "ERROR"
        assert settings["DataTraceEnabled"] is False
        assert settings["MetricsEnabled"] is True
        assert stage["TracingEnabled"] is True
        assert stage["StageName"] == "v1"
        (group,) = [name for name in resources_of_type(template, "AWS::Logs::LogGroup") if "AccessLog" in name]
        assert cast("dict[str, object]", stage["AccessLogSetting"])["DestinationArn"] == {"Fn::GetAtt": [group, "Arn"]}
        assert resources_of_type(template, "AWS::Logs::LogGroup")[group]["RetentionInDays"] == 30

    def test_bodies_and_parameters_are_validated(self, template: Template) -> None:
        assert only_resource(template, "AWS::ApiGateway::RequestValidator")["ValidateRequestBody"] is True
        methods = _methods(template)
        (model,) = resources_of_type(template, "AWS::ApiGateway::Model")
        assert methods["POST"]["RequestModels"] == {"application/json": {"Ref": model}}
        assert methods["POST"]["RequestParameters"] == {"method.request.header.Idempotency-Key": True}
        assert methods["GET"]["RequestParameters"] == {
            "method.request.path.order_id": True,
            "method.request.querystring.fields": False,
        }
        assert all("RequestValidatorId" in method for method in methods.values())

    def test_only_that_method_and_path_may_invoke_the_function(self, template: Template) -> None:
        permissions = resources_of_type(template, "AWS::Lambda::Permission").values()
        endings = {
            cast("dict[str, list[list[object]]]", permission["SourceArn"])["Fn::Join"][1][-1]
            for permission in permissions
        }
        assert endings == {"/POST/orders", "/GET/orders/*"}
        assert "test-invoke-stage" not in str(template.to_json())

    def test_functions_are_called_synchronously(self, template: Template) -> None:
        template.resource_count_is("AWS::Lambda::EventInvokeConfig", 0)
        template.resource_count_is("AWS::SQS::Queue", 0)

    def test_the_gateways_own_answers_are_problem_documents(self, template: Template) -> None:
        responses = resources_of_type(template, "AWS::ApiGateway::GatewayResponse").values()
        assert len(responses) == len(PROBLEM_RESPONSES)
        for response in responses:
            headers = cast("dict[str, str]", response["ResponseParameters"])
            assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"

    def test_server_errors_call_somebody(self, template: Template) -> None:
        template.has_resource_properties(
            "AWS::CloudWatch::Alarm",
            {"MetricName": "5XXError", "Threshold": 5, "AlarmDescription": Match.string_like_regexp("access log")},
        )


class TestOverrides:
    def test_a_route_can_be_provisioned(self, stack: Stack) -> None:
        api = ProvisionedApi(stack, "Api")
        function = _function(stack)
        api.post("/orders", function, provisioned_concurrency=2, scaling=ProvisionedConcurrencyScaling(max_capacity=20))
        template = Template.from_stack(stack)
        (alias,) = resources_of_type(template, "AWS::Lambda::Alias")
        assert only_resource(template, "AWS::Lambda::Permission")["FunctionName"] == {"Ref": alias}
        assert {"Ref": alias} in cast(
            "dict[str, dict[str, list[list[object]]]]", _methods(template)["POST"]["Integration"]
        )["Uri"]["Fn::Join"][1]
        template.resource_count_is("AWS::ApplicationAutoScaling::ScalableTarget", 1)

    def test_cognito_and_no_authorization_are_said(self, stack: Stack) -> None:
        pool = cognito.UserPool.from_user_pool_id(stack, "Pool", "eu-west-1_abc")
        authorization = CognitoAuthorization(user_pools=[pool], scopes=("orders/write",))
        api = ProvisionedApi(stack, "Api", authorization=authorization)
        function = _function(stack)
        api.post("/orders", function)
        api.put("/orders", function)
        api.get("/hours", function, authorization=NoAuthorization(reason="Opening hours are public."))
        api.delete("/orders", function, authorization=IamAuthorization())
        template = Template.from_stack(stack)
        methods = _methods(template)
        assert methods["POST"]["AuthorizationType"] == "COGNITO_USER_POOLS"
        assert methods["POST"]["AuthorizationScopes"] == ["orders/write"]
        assert methods["GET"]["AuthorizationType"] == "NONE"
        assert methods["DELETE"]["AuthorizationType"] == "AWS_IAM"
        template.resource_count_is("AWS::ApiGateway::Authorizer", 1)

    def test_stage_and_route_settings(self, stack: Stack) -> None:
        api = ProvisionedApi(
            stack,
            "Api",
            stage_name="beta",
            throttling_rate_limit=5,
            throttling_burst_limit=10,
            cache_cluster_size="0.5",
            web_acl_arn="arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/a/b",
            tracing_enabled=False,
            logging_level=apigateway.MethodLoggingLevel.INFO,
            log_retention=logs.RetentionDays.ONE_DAY,
            server_errors_alarm_threshold=1,
            description="Orders",
            rest_api_name="orders",
            disable_execute_api_endpoint=True,
            endpoint_types=[apigateway.EndpointType.EDGE],
            metrics_enabled=False,
            data_trace_enabled=True,
            access_log_format=apigateway.AccessLogFormat.clf(),
            customize=lambda rest_api: Tags.of(rest_api).add("team", "orders"),
        )
        function = _function(stack)
        api.get(
            "/orders/{order_id}",
            function,
            cache_ttl=Duration.minutes(5),
            cached_for_all_callers=True,
            throttling_rate_limit=2,
        )
        api.patch("/orders/{order_id}", function, throttling_burst_limit=3)
        template = Template.from_stack(stack)
        stage = only_resource(template, "AWS::ApiGateway::Stage")
        whole, cached, throttled = cast("list[dict[str, object]]", stage["MethodSettings"])
        assert (whole["ThrottlingRateLimit"], whole["CachingEnabled"]) == (5, False)
        assert (whole["MetricsEnabled"], whole["DataTraceEnabled"]) == (False, True)
        assert '"' not in cast("dict[str, str]", stage["AccessLogSetting"])["Format"].partition(" ")[0]
        rest_api = only_resource(template, "AWS::ApiGateway::RestApi")
        assert (rest_api["Name"], rest_api["DisableExecuteApiEndpoint"]) == ("orders", True)
        assert rest_api["EndpointConfiguration"] == {"Types": ["EDGE"]}
        assert rest_api["Tags"] == [{"Key": "team", "Value": "orders"}]
        assert cached == {
            "HttpMethod": "GET",
            "ResourcePath": "/~1orders~1{order_id}",
            "ThrottlingRateLimit": 2,
            "ThrottlingBurstLimit": 10,
            "LoggingLevel": "INFO",
            "MetricsEnabled": False,
            "DataTraceEnabled": True,
            "CachingEnabled": True,
            "CacheDataEncrypted": True,
            "CacheTtlInSeconds": 300,
        }
        assert throttled == {
            **{name: value for name, value in cached.items() if name != "CacheTtlInSeconds"},
            "HttpMethod": "PATCH",
            "ThrottlingRateLimit": 5,
            "ThrottlingBurstLimit": 3,
            "CachingEnabled": False,
        }
        assert stage["CacheClusterSize"] == "0.5"
        assert stage["TracingEnabled"] is False
        template.resource_count_is("AWS::WAFv2::WebACLAssociation", 1)
        integration = cast("dict[str, object]", _methods(template)["GET"]["Integration"])
        assert integration["CacheKeyParameters"] == ["method.request.path.order_id"]

    def test_settings_of_the_root_are_written_as_api_gateway_names_it(self, stack: Stack) -> None:
        api = ProvisionedApi(stack, "Api")
        api.get("/", _function(stack), throttling_burst_limit=3)
        stage = only_resource(Template.from_stack(stack), "AWS::ApiGateway::Stage")
        _, root = cast("list[dict[str, object]]", stage["MethodSettings"])
        assert (root["HttpMethod"], root["ResourcePath"]) == ("GET", "/")
        # What an entry leaves out may become API Gateway's default: no logs, no metrics.
        assert (root["LoggingLevel"], root["MetricsEnabled"], root["DataTraceEnabled"]) == ("ERROR", True, False)
        assert (root["ThrottlingRateLimit"], root["ThrottlingBurstLimit"]) == (500, 3)

    def test_one_model_serves_two_routes(self, stack: Stack) -> None:
        api = ProvisionedApi(stack, "Api")
        function = _function(stack)
        api.post("/orders", function, body=NewOrder)
        api.put("/orders", function, body=NewOrder)
        Template.from_stack(stack).resource_count_is("AWS::ApiGateway::Model", 1)


class TestLoggingRole:
    def test_role_and_setting_outlive_the_stack_and_the_stage_waits(self, stack: Stack) -> None:
        role = ApiGatewayLoggingRole(stack, "Logging")
        ProvisionedApi(stack, "Api", logging_role=role).get("/orders", _function(stack))
        template = Template.from_stack(stack)
        (account,) = template.find_resources("AWS::ApiGateway::Account").values()
        assert account["DeletionPolicy"] == "Retain"
        roles = template.find_resources("AWS::IAM::Role")
        (name,) = [name for name in roles if name.startswith("Logging")]
        assert roles[name]["DeletionPolicy"] == "Retain"
        (stage,) = template.find_resources("AWS::ApiGateway::Stage").values()
        assert any(dependency.startswith("LoggingAccount") for dependency in cast("list[str]", stage["DependsOn"]))


Attempt = Callable[[Stack, ProvisionedApi], object]


class TestErrors:
    @pytest.mark.parametrize(
        ("attempt", "message"),
        [
            (lambda s, a: a.get("orders", _function(s)), "starts with a slash"),
            (lambda s, a: a.get("/orders/{order id}", _function(s)), "neither plain nor a parameter"),
            (lambda s, a: a.get("/{a}/{a}", _function(s)), "two parameters have one name"),
            (lambda s, a: a.get("/{rest+}/x", _function(s)), "it is the last"),
            (lambda s, a: a.route("GET", "/orders", _function(s), body=NewOrder), "GET requests have none"),
            (lambda s, a: a.post("/orders", _function(s), body=Unsupported), "Unsupported.custom"),
            (lambda s, a: a.post("/orders", _function(s, timeout=Duration.seconds(30))), "29 s at most"),
            (lambda s, a: a.post("/orders", _function(s), provisioned_concurrency=0), "number of environments"),
            (lambda s, a: a.get("/orders", _function(s), throttling_rate_limit=-1), "numbers of requests"),
            (lambda s, a: a.get("/o", _function(s), authorization=NoAuthorization), "neither who may call"),
            (lambda _, a: a.get("/o", "greet.handler"), "a route calls a function of its own"),
            (lambda s, a: a.get("/orders", _function(s), throtling_rate_limit=1), "Write throttling_rate_limit=…"),  # pyright: ignore[reportCallIssue]  # the fault
            (lambda s, _: ProvisionedApi(s, "B", endpoint_type=1), "Write endpoint_types=…"),  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the fault
        ],
    )
    def test_a_route_that_cannot_work_is_refused(self, stack: Stack, attempt: Attempt, message: str) -> None:
        api = ProvisionedApi(stack, "Api")
        with pytest.raises(InvalidArgumentError, match="cannot work") as error:
            attempt(stack, api)
        assert message in str(error.value)

    def test_the_same_route_twice_is_refused(self, stack: Stack) -> None:
        api = ProvisionedApi(stack, "Api")
        api.get("/orders", _function(stack))
        with pytest.raises(InvalidArgumentError, match="Stack/Api: GET /orders a second time"):
            api.get("/orders", _function(stack, "Other"))

    @pytest.mark.parametrize("stage_name", ["", "v 1", "v1.0", "a" * 129, "préprod", "v1\n"])
    def test_a_stage_that_api_gateway_would_refuse_is_refused(self, stack: Stack, stage_name: str) -> None:
        with pytest.raises(InvalidArgumentError, match="1 to 128 letters"):
            ProvisionedApi(stack, "Api", stage_name=stage_name)

    @pytest.mark.parametrize("stage_name", ["a" * 128, "Pre-Prod_1", Aws.REGION], ids=["long", "mixed", "token"])
    def test_any_other_stage_is_taken(self, stack: Stack, stage_name: str) -> None:
        assert ProvisionedApi(stack, "Api", stage_name=stage_name).stage.stage_name

    def test_two_ways_to_say_the_endpoint_are_refused(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="Leave endpoint_types out"):
            ProvisionedApi(
                stack,
                "Api",
                endpoint_types=[apigateway.EndpointType.REGIONAL],
                endpoint_configuration=apigateway.EndpointConfiguration(types=[apigateway.EndpointType.REGIONAL]),
            )

    def test_a_negative_limit_of_the_stage_is_refused(self, stack: Stack) -> None:
        with pytest.raises(InvalidArgumentError, match="numbers of requests"):
            ProvisionedApi(stack, "Api", throttling_burst_limit=-1)

    def test_an_api_without_routes_fails_the_synth(self, app: App) -> None:
        ProvisionedApi(Stack(app, "S"), "Api")
        with pytest.raises(RuntimeError, match="doesn't contain any methods"):
            app.synth()

    def test_open_doors_need_a_reason_and_user_pools_users(self) -> None:
        with pytest.raises(ValueError, match="say why"):
            NoAuthorization(reason=" ")
        with pytest.raises(ValueError, match="at least one user pool"):
            CognitoAuthorization(user_pools=[])


class TestTogether:
    def test_two_apis_and_two_stacks_are_compliant(self) -> None:
        app = _app()
        for name in ("Blue", "Green"):
            stack = Stack(app, name)
            for name_of_api in ("A", "B"):
                api = ProvisionedApi(stack, name_of_api)
                api.post("/orders", _function(stack, f"Place{name_of_api}"), body=NewOrder, provisioned_concurrency=1)
                api.get(
                    "/hours", _function(stack, f"Hours{name_of_api}"), authorization=NoAuthorization(reason="Public.")
                )
        found = findings(app)
        assert not found.open
        assert {rule for rule, _ in found.acknowledged} == {
            "AwsSolutions-APIG3",
            "AwsSolutions-APIG4",
            "AwsSolutions-COG4",
            "AwsSolutions-IAM5[Resource::*]",
            "Serverless-LambdaDLQ",
            "Serverless-LambdaStarPermissions",
        }

    def test_with_a_web_acl_nothing_is_acknowledged_of_it(self) -> None:
        app = _app()
        stack = Stack(app, "S")
        acl = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/a/b"
        ProvisionedApi(stack, "Api", web_acl_arn=acl).get("/orders", _function(stack))
        found = findings(app)
        assert not found.open
        assert "AwsSolutions-APIG3" not in {rule for rule, _ in found.acknowledged}
