"""Runs the templates of a direct route as they stand in the CloudFormation template, in a real Velocity engine."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from aws_cdk import Stack
from aws_cdk.assertions import Template

from best_practice_constructs.local.mapping_templates import MappingTemplate, TemplateInput, request_context
from tests.unit.api.support import methods, new_app
from tests.unit.helpers.templates import resources_of_type

ROLE_ARN = "arn:aws:sts::111122223333:assumed-role/Clerk/session-1"
CLERK = "arn:aws:sts::111122223333:assumed-role/Clerk"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the caller gets."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def document(self) -> dict[str, object]:
        return cast("dict[str, object]", json.loads(self.text))


@dataclass(frozen=True, kw_only=True)
class DeployedRoute:
    """A method of an API, as it is deployed."""

    template: Template
    properties: Mapping[str, object]

    @property
    def integration(self) -> Mapping[str, object]:
        return cast("Mapping[str, object]", self.properties["Integration"])

    @property
    def role(self) -> Mapping[str, object]:
        credentials = cast("Mapping[str, list[str]]", self.integration["Credentials"])
        return resources_of_type(self.template, "AWS::IAM::Role")[credentials["Fn::GetAtt"][0]]

    @property
    def statements(self) -> list[Mapping[str, object]]:
        (policy,) = cast("list[dict[str, dict[str, list[Mapping[str, object]]]]]", self.role["Policies"])
        return policy["PolicyDocument"]["Statement"]

    def request(self, given: TemplateInput) -> str:
        """Give what the gateway sends to the service."""
        templates = cast("Mapping[str, object]", self.integration["RequestTemplates"])
        assert list(templates) == ["application/json"]
        return MappingTemplate(resolved(templates["application/json"])).render(given).text

    def answer(self, service_status: int, service_body: object, given: TemplateInput) -> Answer:
        """Give what the gateway answers to what the service said; of the request, templates see all but its body."""
        responses = cast("Sequence[Mapping[str, object]]", self.integration["IntegrationResponses"])
        response = next(
            each
            for each in sorted(responses, key=lambda each: "SelectionPattern" not in each)
            if re.fullmatch(str(each.get("SelectionPattern", ".*")), str(service_status))
        )
        (text,) = cast("Mapping[str, object]", response["ResponseTemplates"]).values()
        body = service_body if isinstance(service_body, str) else json.dumps(service_body)
        rendered = MappingTemplate(resolved(text)).render(
            TemplateInput(
                body=body, path=given.path, querystring=given.querystring, header=given.header, context=given.context
            )
        )
        static = {
            name.removeprefix("method.response.header."): value.strip("'")
            for name, value in cast("Mapping[str, str]", response["ResponseParameters"]).items()
        }
        return Answer(
            status=rendered.status or int(str(response["StatusCode"])),
            headers={**static, **rendered.response_headers},
            text=rendered.text,
        )


def resolved(value: object) -> str:
    """Give a template's text, with a name for each reference: its logical id, its attribute."""
    if isinstance(value, str):
        return value
    (function,) = cast("Mapping[str, object]", value).items()
    match function:
        case ("Fn::Join", [separator, parts]):
            return str(separator).join(resolved(part) for part in cast("Sequence[object]", parts))
        case ("Ref", name):
            return str(name).replace("AWS::", "")
        case ("Fn::GetAtt", [name, attribute]):
            return f"{name}.{attribute}"
        case _:
            raise AssertionError(f"an unknown function: {value}")


def deployed(build: Callable[[Stack], None], http_method: str) -> DeployedRoute:
    """Give the only route of this method of the API that ``build`` makes."""
    stack = Stack(new_app(), "S")
    build(stack)
    template = Template.from_stack(stack)
    return DeployedRoute(template=template, properties=methods(template)[http_method])


def request(
    body: object = None,
    *,
    path: Mapping[str, str] | None = None,
    querystring: Mapping[str, str] | None = None,
    header: Mapping[str, str] | None = None,
    **context: object,
) -> TemplateInput:
    """Give a request, signed by a clerk."""
    return TemplateInput(
        body="" if body is None else json.dumps(body),
        path=path or {},
        querystring=querystring or {},
        header=header or {},
        context=request_context(**{"identity": {"userArn": ROLE_ARN}, **context}),
    )


def attribute_of(value: object) -> Mapping[str, object]:
    """Give a plain value as DynamoDB's JSON, as DynamoDB itself would."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | float():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case list():
            return {"L": [attribute_of(each) for each in cast("list[object]", value)]}
        case _:
            members = cast("Mapping[str, object]", value)
            return {"M": {name: attribute_of(each) for name, each in members.items()}}
