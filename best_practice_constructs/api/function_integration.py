"""The integration of a route that calls a function (S2, L4)."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from best_practice_constructs.api.cross_origin_answers import CrossOriginAnswers, tell_function
from best_practice_constructs.api.route_integration import RouteIntegration
from best_practice_constructs.api.route_options import RouteOptions
from best_practice_constructs.functions.invocation_model import InvocationModel
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction


def integrate_function(
    api: Construct,
    function: SinglePurposeFunction,
    *,
    given: str,
    options: RouteOptions,
    cross_origin: CrossOriginAnswers | None,
    parameters: Mapping[str, bool],
) -> RouteIntegration:
    """Let a route call a function, synchronously and by nothing else of the API.

    :param given: the route, for errors.
    :raises InvalidArgumentError: another API routes to it with other CORS.
    """
    tell_function(api, function, cross_origin, given=given)
    function.invoked_by(InvocationModel.SYNCHRONOUS)
    provisioned = options.get("provisioned_concurrency")
    if provisioned is not None:
        function.provision(provisioned, scaling=options.get("scaling"))
    return RouteIntegration(
        integration=apigateway.LambdaIntegration(
            function.invocation_target,
            proxy=True,
            allow_test_invoke=False,
            cache_key_parameters=list(parameters) if "cache_ttl" in options else None,
        ),
        request_parameters=parameters,
    )
