"""A REST API whose gateway does the gateway's work (E1, S3, L4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, Unpack

from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from best_practice_constructs.api.access_log import ACCESS_LOG_FORMAT
from best_practice_constructs.api.api_authorizers import ApiAuthorizers, acknowledge_authorization
from best_practice_constructs.api.api_checks import (
    check_cache,
    check_cors,
    check_endpoint,
    check_function_options,
    check_route,
    check_stage,
    check_throttling,
)
from best_practice_constructs.api.api_gateway_logging_role import ApiGatewayLoggingRole
from best_practice_constructs.api.api_models import ApiModels
from best_practice_constructs.api.api_name import unique_api_name
from best_practice_constructs.api.api_path import path_parameters
from best_practice_constructs.api.api_route import ApiRoute
from best_practice_constructs.api.authorization import Authorization, IamAuthorization
from best_practice_constructs.api.cross_origin_answers import CrossOriginAnswers
from best_practice_constructs.api.direct.direct_integration import integrate_service
from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.service_call import DirectIntegration
from best_practice_constructs.api.function_integration import integrate_function
from best_practice_constructs.api.method_settings import MethodSettings
from best_practice_constructs.api.problem_responses import add_problem_responses
from best_practice_constructs.api.rest_api_options import InnerRestApiOptions
from best_practice_constructs.api.route_integration import RouteIntegration
from best_practice_constructs.api.route_options import RouteOptions
from best_practice_constructs.compliance import acknowledge
from best_practice_constructs.construct_place import path_of, tell_place
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.durations import duration_of
from best_practice_constructs.errors import refuse_unknown_options
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction
from best_practice_constructs.observability.alarm import create_alarm
from best_practice_constructs.units import refuse_unitless

_IAM = IamAuthorization()
RouteTarget: TypeAlias = SinglePurposeFunction | DirectIntegration
"""What a route calls."""


class ProvisionedApi(Construct):
    """A regional REST API that authorizes, validates, throttles, logs and traces before a function runs (S3).

    Creates the API, one stage with JSON access logs and execution logs at ERROR, problem documents (RFC 9457) for the
    gateway's own answers, and an alarm on server errors. Routes go to :class:`SinglePurposeFunction`, through an alias
    with provisioned concurrency where asked for (L4), or straight to a service, as with :class:`SendMessage` (S1). IAM
    authorizes by default. The account's logging role is not touched: see :class:`ApiGatewayLoggingRole`.

    :param authorization: of all routes: ``IamAuthorization()`` (default), ``CognitoAuthorization(…)``,
        ``NoAuthorization(reason=…)``.
    :param stage_name: the first segment of the path, default ``"v1"``.
    :param throttling_rate_limit: requests a second over all callers, default 500.
    :param throttling_burst_limit: requests at once, default 1,000.
    :param default_cors_preflight_options: ``apigateway.CorsOptions`` for browsers; default: none. The answers of the
        gateway and of functions with the runtime's ``api_handler`` follow them too, and let pages read ``Location`` and
        ``Retry-After`` unless ``expose_headers`` says otherwise.
    :param cache_cluster_size: GB of cache, such as ``"0.5"``; default: none. Routes opt in with ``cache_ttl``.
    :param web_acl_arn: a WAF web ACL for the stage; default: none.
    :param logging_level: of execution logs, default ERROR.
    :param tracing_enabled: default: as the service's tracing (H11).
    :param log_retention: of the access log; default: the service's (H13).
    :param removal_policy: of the access log; default: the service's.
    :param logging_role: the account's logging role, when it is created in the same app: the stage waits for it.
    :param server_errors_alarm_threshold: server errors in five minutes that call somebody, default 5.
    :param access_log_format: default: JSON, with what finds a failed request's log (H7).
    :param metrics_enabled: of each route, default ``True``.
    :param data_trace_enabled: whether execution logs hold whole requests, default ``False``: they hold personal data.
    :param endpoint_types: default regional; an edge-optimized or private API if you say so, or with
        ``endpoint_configuration``.
    :param customize: called with the inner ``aws_apigateway.RestApi`` at last, for all that has no parameter here.
    :param inner: what the inner API takes beside, under aws-cdk-lib's names: see ``InnerRestApiOptions``, such as
        ``description``, ``domain_name``, ``policy``, and ``rest_api_name``, by default the stack's name with the
        construct's path: metrics and alarms know an API by its name alone (H9).

    :ivar rest_api: the ``aws_apigateway.RestApi``.
    :ivar stage: its stage.
    :ivar request_validator: validates bodies and parameters of every route.
    :ivar gateway_responses: the gateway's own answers, by names such as ``"Throttled"``.
    :ivar web_acl_association: the stage's web ACL, or ``None``.
    :ivar access_log_group: the access log.
    :ivar routes: the routes so far.
    :ivar server_errors_alarm: the alarm.

    :raises InvalidArgumentError: what API Gateway would refuse, and routes that could not work.

    Sources: API Gateway developer guide, *REST APIs*; RFC 9457; talk 3:31, 11:56, 26:40.

    ```python
    from dataclasses import dataclass

    from aws_cdk import App, Stack
    from best_practice_constructs import ProvisionedApi, SinglePurposeFunction


    @dataclass(frozen=True, kw_only=True)
    class Greeting:
        name: str


    stack = Stack(App(), "Shop")
    greet = SinglePurposeFunction(stack, "Greet", entry="examples/provisioned_api/service", handler="greet.handler")
    ProvisionedApi(stack, "Api").post("/greetings", greet, body=Greeting, provisioned_concurrency=2)
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        authorization: Authorization = _IAM,
        stage_name: str = "v1",
        throttling_rate_limit: float = 500,
        throttling_burst_limit: int = 1_000,
        default_cors_preflight_options: apigateway.CorsOptions | None = None,
        cache_cluster_size: str | None = None,
        web_acl_arn: str | None = None,
        logging_level: apigateway.MethodLoggingLevel = apigateway.MethodLoggingLevel.ERROR,
        tracing_enabled: bool | None = None,
        log_retention: logs.RetentionDays | None = None,
        removal_policy: RemovalPolicy | None = None,
        logging_role: ApiGatewayLoggingRole | None = None,
        server_errors_alarm_threshold: int = 5,
        access_log_format: apigateway.AccessLogFormat | None = None,
        metrics_enabled: bool = True,
        data_trace_enabled: bool = False,
        endpoint_types: Sequence[apigateway.EndpointType] | None = None,
        customize: Callable[[apigateway.RestApi], object] | None = None,
        **inner: Unpack[InnerRestApiOptions],
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        defaults = ServiceDefaults.of(self)
        cors = default_cors_preflight_options
        refuse_unknown_options(self, type(self), given=inner, options=InnerRestApiOptions)
        refuse_unitless(self, inner)
        check_throttling(self, throttling_rate_limit, throttling_burst_limit)
        check_stage(self, stage_name=stage_name, cache_cluster_size=cache_cluster_size)
        has_configuration = "endpoint_configuration" in inner
        check_endpoint(self, has_types=endpoint_types is not None, has_configuration=has_configuration)
        if cors is not None:
            check_cors(self, cors)
        inner.setdefault("rest_api_name", unique_api_name(self))
        self.authorization = authorization
        self.routes: list[ApiRoute] = []
        self._cached = cache_cluster_size is not None
        self._cross_origin = CrossOriginAnswers.of(cors) if cors else None

        self.access_log_group = logs.LogGroup(
            self,
            "AccessLog",
            retention=log_retention or defaults.log_retention,
            removal_policy=removal_policy or defaults.removal_policy,
        )
        traced = defaults.tracing != lambda_.Tracing.DISABLED if tracing_enabled is None else tracing_enabled
        self.rest_api = apigateway.RestApi(
            self,
            "RestApi",
            endpoint_types=None if has_configuration else list(endpoint_types or [apigateway.EndpointType.REGIONAL]),
            cloud_watch_role=False,
            default_cors_preflight_options=cors,
            deploy_options=apigateway.StageOptions(
                stage_name=stage_name,
                throttling_rate_limit=throttling_rate_limit,
                throttling_burst_limit=throttling_burst_limit,
                logging_level=logging_level,
                metrics_enabled=metrics_enabled,
                tracing_enabled=traced,
                data_trace_enabled=data_trace_enabled,
                access_log_destination=apigateway.LogGroupLogDestination(self.access_log_group),
                access_log_format=access_log_format or apigateway.AccessLogFormat.custom(ACCESS_LOG_FORMAT),
                cache_cluster_enabled=True if self._cached else None,
                cache_cluster_size=cache_cluster_size,
                cache_data_encrypted=True if self._cached else None,
                # The cluster is there for the routes that opt in, not for all.
                caching_enabled=False if self._cached else None,
            ),
            **inner,
        )
        self.stage = self.rest_api.deployment_stage
        self._method_settings = MethodSettings(
            self.stage,
            logging_level=logging_level,
            metrics_enabled=metrics_enabled,
            data_trace_enabled=data_trace_enabled,
            throttling_rate_limit=throttling_rate_limit,
            throttling_burst_limit=throttling_burst_limit,
        )
        self._models = ApiModels(self, self.rest_api)
        self._authorizers = ApiAuthorizers(self, self.rest_api)
        self.request_validator = self.rest_api.add_request_validator(
            "Validator", validate_request_body=True, validate_request_parameters=True
        )
        self.gateway_responses = add_problem_responses(self.rest_api, cross_origin=self._cross_origin)
        if logging_role is not None:
            self.stage.node.add_dependency(logging_role)
        self.web_acl_association = self._protect(web_acl_arn)
        self.server_errors_alarm = create_alarm(
            self,
            "ServerErrorsAlarm",
            metric=self.stage.metric_server_error(period=duration_of(300), statistic="Sum"),
            threshold=server_errors_alarm_threshold,
            description=(
                f"{path_of(self)} answers with server errors. The access log has the failed requests (status 5xx) "
                "with their integrationRequestId: search the function's log for it. Nothing that was answered with an "
                "error is promised."
            ),
            defaults=defaults,
        )
        if customize is not None:
            customize(self.rest_api)

    @property
    def url(self) -> str:
        """The URL of the stage, with a slash at the end."""
        return self.rest_api.url

    @property
    def models(self) -> Mapping[type, apigateway.CfnModel]:
        """The model of each class that is a body so far; classes with one name and one schema share it."""
        return self._models.by_class

    @property
    def authorizers(self) -> Sequence[apigateway.CognitoUserPoolsAuthorizer]:
        """The authorizers of user pools so far, one for each set of pools."""
        return self._authorizers.cognito

    def get(self, path: str, to: RouteTarget, **options: Unpack[RouteOptions]) -> ApiRoute:
        """Route ``GET`` requests; see :meth:`route`."""
        return self.route("GET", path, to, **options)

    def post(
        self,
        path: str,
        to: RouteTarget,
        *,
        body: type | None = None,
        **options: Unpack[RouteOptions],
    ) -> ApiRoute:
        """Route ``POST`` requests, validated against ``body``; see :meth:`route`."""
        return self.route("POST", path, to, body=body, **options)

    def put(
        self,
        path: str,
        to: RouteTarget,
        *,
        body: type | None = None,
        **options: Unpack[RouteOptions],
    ) -> ApiRoute:
        """Route ``PUT`` requests, validated against ``body``; see :meth:`route`."""
        return self.route("PUT", path, to, body=body, **options)

    def patch(
        self,
        path: str,
        to: RouteTarget,
        *,
        body: type | None = None,
        **options: Unpack[RouteOptions],
    ) -> ApiRoute:
        """Route ``PATCH`` requests, validated against ``body``; see :meth:`route`."""
        return self.route("PATCH", path, to, body=body, **options)

    def delete(self, path: str, to: RouteTarget, **options: Unpack[RouteOptions]) -> ApiRoute:
        """Route ``DELETE`` requests; see :meth:`route`."""
        return self.route("DELETE", path, to, **options)

    def route(
        self,
        http_method: str,
        path: str,
        to: RouteTarget,
        *,
        body: type | None = None,
        **options: Unpack[RouteOptions],
    ) -> ApiRoute:
        """Route one method at one path to a function (S2, S3), or straight to a service (S1).

        A function is called synchronously by this route and by nothing else of the API; it gives up its asynchronous
        part unless it is invoked asynchronously too. A service is called with a role that may do that one call.

        :param path: such as ``"/orders/{order_id}"``; its parameters are required.
        :param to: a function, or ``SendMessage(queue)``, ``PutEvent(bus, event=…)``, ``GetItem(table, …)`` or another.
        :param body: a dataclass: requests whose JSON body does not fit it are answered with 400 by the gateway. Of
            other content types the runtime's ``api_handler`` says 415, and so does the gateway without a function.
        :param options: see :class:`RouteOptions`.
        :raises InvalidArgumentError: the route exists, the path is none, a body on a method that has none, a type
            without a JSON schema, a function that may run longer than the gateway waits (29 s), a cache where there is
            none or for callers who are authorized, a function that another API routes to with other CORS, and what a
            direct integration cannot do.
        """
        given = f"{http_method} {path}"
        authorization = options.get("authorization", self.authorization)
        refuse_unknown_options(self, self.route, given=options, options=RouteOptions)
        refuse_unitless(self, options)
        check_route(self, http_method, path, to, existing=self.routes, has_body=body is not None)
        check_throttling(
            self, options.get("throttling_rate_limit", 0), options.get("throttling_burst_limit", 0), given=f"{given}: "
        )
        check_cache(self, http_method, path, options, authorization=authorization, api_has=self._cached)
        model = self._models.of(body, given=given) if body is not None else None
        resource = self.rest_api.root.resource_for_path(path)
        called = self._integration(http_method, path, to, resource=resource, body=body, options=options)
        method = resource.add_method(
            http_method,
            called.integration,
            request_parameters=called.request_parameters or None,
            request_models={"application/json": model} if model is not None else None,
            request_validator=self.request_validator,
            method_responses=called.method_responses,
            **self._authorizers.options(authorization),
        )
        acknowledge_authorization(method, authorization)
        self._method_settings.add(http_method, path, options)
        route = ApiRoute(http_method=http_method, path=path, target=to, method=method, role=called.role)
        self.routes.append(route)
        return route

    def _integration(
        self,
        http_method: str,
        path: str,
        to: RouteTarget,
        *,
        resource: apigateway.Resource,
        body: type | None,
        options: RouteOptions,
    ) -> RouteIntegration:
        given = f"{http_method} {path}"
        parameters = self._request_parameters(path, options)
        if isinstance(to, SinglePurposeFunction):
            return integrate_function(
                self, to, given=given, options=options, cross_origin=self._cross_origin, parameters=parameters
            )
        check_function_options(self, given, options)
        route = DirectRoute(
            scope=self,
            rest_api_id=self.rest_api.rest_api_id,
            http_method=http_method,
            path=path,
            body=body,
            authorization=options.get("authorization", self.authorization),
            query=options.get("query", {}),
            headers=options.get("headers", {}),
            defaults=ServiceDefaults.used_in(self),
        )
        return integrate_service(
            resource, route, to, cross_origin=self._cross_origin, parameters=parameters, cached="cache_ttl" in options
        )

    def _request_parameters(self, path: str, options: RouteOptions) -> dict[str, bool]:
        """Give the parameters of a route, and whether each must be there; a cache tells requests apart by them."""
        parameters = {f"method.request.path.{name}": True for name in path_parameters(path)}
        queries, headers = options.get("query", {}), options.get("headers", {})
        parameters |= {f"method.request.querystring.{name}": needed for name, needed in queries.items()}
        parameters |= {f"method.request.header.{name}": needed for name, needed in headers.items()}
        if "cache_ttl" in options and self._cross_origin and self._cross_origin.depend_on_origin:
            # Otherwise the pages of one origin would get what was answered to those of another, and could not read it.
            parameters.setdefault("method.request.header.Origin", False)
        return parameters

    def _protect(self, web_acl_arn: str | None) -> wafv2.CfnWebACLAssociation | None:
        if web_acl_arn is not None:
            return wafv2.CfnWebACLAssociation(
                self, "WebAcl", resource_arn=self.stage.stage_arn, web_acl_arn=web_acl_arn
            )
        acknowledge(
            self.stage,
            reason="Every route authorizes its callers or says why it does not, and the stage throttles; a web ACL, "
            "which is paid by the request, is an option (web_acl_arn).",
            findings=("AwsSolutions::AwsSolutions-APIG3",),
        )
        return None
