"""Makes the integration of a direct route: its role, its templates, its answers (S1, C2)."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from constructs import Construct

from best_practice_constructs.api.cross_origin_answers import CrossOriginAnswers
from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.problem_answers import UNAVAILABLE
from best_practice_constructs.api.direct.service_call import DirectIntegration, ServiceAnswer
from best_practice_constructs.api.mapping.template_node import Assign, Choice, Joined, Node, joined, template_text
from best_practice_constructs.api.mapping.value_sources import Header
from best_practice_constructs.api.problem_responses import MEDIA_TYPE
from best_practice_constructs.api.route_integration import RouteIntegration
from best_practice_constructs.policy_document import policy_document
from best_practice_constructs.roles.service_role import create_service_role

MOST_TEMPLATE_CHARACTERS = 300 * 1024
"""What API Gateway takes of a mapping template."""

_ALLOW_ORIGIN = "Access-Control-Allow-Origin"
_ALWAYS_OVERRIDDEN = ("Retry-After",)


def integrate_service(
    resource: Construct,
    route: DirectRoute,
    integration: DirectIntegration,
    *,
    cross_origin: CrossOriginAnswers | None,
    parameters: Mapping[str, bool],
    cached: bool,
) -> RouteIntegration:
    """Let a route call a service, with a role of its own that may do just that.

    :param resource: where the role is made.
    :param cross_origin: what answers say to pages of other origins.
    :param parameters: what the route declares; the integration's own are added.
    :param cached: whether a cache tells requests apart by them.
    :raises InvalidArgumentError: the integration cannot work on this route.
    """
    call = integration.call(route)
    role = create_service_role(
        resource,
        f"{route.http_method}Role",
        # No condition on the source: API Gateway documents none for the roles of integrations, and a role of this
        # account cannot be given to an API of another (iam:PassRole).
        assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
        defaults=route.defaults,
        role_path=None,
        permissions_boundary=None,
        inline_policies={"Call": policy_document(call.permissions)},
    )
    answers = {
        # The pattern of the service's status; the last one is what no other fits.
        r"2\d{2}": call.answer,
        r"5\d{2}": _problem(UNAVAILABLE.status, UNAVAILABLE.answer()),
        None: _problem(500, call.failures.template()),
    }
    headers = _cross_origin_headers(cross_origin)
    needed = {name: True for source in call.sources if (name := source.method_parameter())}
    declared = {**dict.fromkeys(call.optional_parameters, False), **needed, **parameters}
    return RouteIntegration(
        integration=apigateway.AwsIntegration(
            service=call.service,
            action=call.action,
            path=call.path,
            region=call.region,
            integration_http_method=call.http_method,
            options=apigateway.IntegrationOptions(
                credentials_role=role,
                # What is not JSON was not validated either: it is refused (415).
                passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
                request_parameters=call.parameters,
                request_templates={"application/json": _checked(route, call.template)},
                cache_key_parameters=list(declared) if cached else None,
                integration_responses=[
                    apigateway.IntegrationResponse(
                        status_code=str(answer.status),
                        selection_pattern=pattern,
                        response_parameters={
                            f"method.response.header.{name}": value
                            for name, value in {**_quoted(answer), **headers}.items()
                        },
                        response_templates={
                            "application/json": _checked(route, joined(_choose_origin(cross_origin), answer.template))
                        },
                    )
                    for pattern, answer in answers.items()
                ],
            ),
        ),
        role=role,
        request_parameters=declared,
        method_responses=[
            apigateway.MethodResponse(
                status_code=str(answer.status),
                response_parameters={
                    f"method.response.header.{name}": True
                    for name in (*_quoted(answer), *headers, *answer.overridden_headers, *_ALWAYS_OVERRIDDEN)
                },
            )
            for answer in answers.values()
        ],
    )


def _problem(status: int, template: Node) -> ServiceAnswer:
    return ServiceAnswer(status=status, template=template, content_type=MEDIA_TYPE)


def _quoted(answer: ServiceAnswer) -> dict[str, str]:
    return {
        "Content-Type": f"'{answer.content_type}'",
        **{name: f"'{value}'" for name, value in answer.headers.items()},
    }


def _checked(route: DirectRoute, node: Node) -> str:
    text = template_text(node)
    if len(text) > MOST_TEMPLATE_CHARACTERS:
        raise route.refusal(
            f"a template of {len(text)} characters",
            f"API Gateway takes {MOST_TEMPLATE_CHARACTERS}",
            "map fewer fields, or use a function",
        )
    return text


def _cross_origin_headers(cross_origin: CrossOriginAnswers | None) -> dict[str, str]:
    if cross_origin is None:
        return {}
    headers = dict(cross_origin.gateway_headers())
    if cross_origin.depend_on_origin and len(cross_origin.allow_origins) > 1:
        # These answers hold data: of several origins only the allowed ones may read them, which the template says.
        del headers[_ALLOW_ORIGIN]
    return headers


def _choose_origin(cross_origin: CrossOriginAnswers | None) -> Node:
    if cross_origin is None or len(cross_origin.allow_origins) == 1:
        return Joined(())
    origin = Header("Origin")
    allowed = " || ".join(f'$headerOrigin == "{each}"' for each in cross_origin.allow_origins)
    return joined(
        origin.preamble(),
        Choice(allowed, Assign(f"context.responseOverride.header.{_ALLOW_ORIGIN}", "$headerOrigin")),
    )
