"""A REST API that calls services itself, of plain aws-cdk-lib: every template is written by hand, as a user would."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aws_cdk import App, CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions

FORM = {"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"}
FUNCTION = """
def handler(event, context):
    if event.get("fail"):
        raise ValueError("[404] no such price")
    return {"price": 3, "given": event}
"""


def escaped(expression: str) -> str:
    """Return an expression's value as a part of a JSON text."""
    return rf"""$util.escapeJavaScript({expression}).replaceAll("\\'", "'")"""


def template(document: object, **values: str) -> str:
    """Return a document as JSON, with expressions put in where it says @NAME."""
    text = json.dumps(document)
    for name, expression in values.items():
        text = text.replace(f"@{name}", escaped(expression))
    return text


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An integration's response and the method's."""

    status: int
    pattern: str | None = None
    template: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def of_integration(self) -> apigateway.IntegrationResponse:
        return apigateway.IntegrationResponse(
            status_code=str(self.status),
            selection_pattern=self.pattern,
            response_templates=None if self.template is None else {"application/json": self.template},
            response_parameters={f"method.response.header.{name}": source for name, source in self.headers.items()},
        )

    def of_method(self) -> apigateway.MethodResponse:
        return apigateway.MethodResponse(
            status_code=str(self.status),
            response_parameters={f"method.response.header.{name}": True for name in self.headers},
        )


FAILED = Answer(status=500, template='{"message": "it did not work"}')


class DirectStack(Stack):
    """The API, and a resource of each service that it calls."""

    def __init__(self, scope: App, id: str) -> None:
        super().__init__(scope, id)
        self.api = apigateway.RestApi(
            self,
            "Api",
            cloud_watch_role=False,
            deploy_options=apigateway.StageOptions(variables={"greeting": "hello"}),
        )
        self.api.add_gateway_response(
            "Failure", type=apigateway.ResponseType.DEFAULT_5_XX, templates={"application/json": '{"problem": "ours"}'}
        )
        self.tell("Url", self.api.url)
        self.add_items()
        self.add_events_and_notices()
        self.add_messages()
        self.add_executions()
        self.add_files()
        self.add_prices()

    def tell(self, name: str, value: str) -> None:
        CfnOutput(self, f"Told{name}", value=value)

    def role(self, id: str, *actions: str, resource: str = "", trusted: str = "apigateway.amazonaws.com") -> iam.Role:
        role = iam.Role(self, id, assumed_by=iam.ServicePrincipal(trusted))
        if actions:
            role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[resource]))
        return role

    def route(
        self,
        method: str,
        path: str,
        *,
        service: str,
        answers: Sequence[Answer],
        role: iam.Role | None = None,
        action: str | None = None,
        at: str | None = None,
        request: str | None = None,
        mappings: Mapping[str, str] | None = None,
        verb: str = "POST",
        parameters: Sequence[str] = (),
        model: apigateway.JsonSchema | None = None,
        authorizer: apigateway.IAuthorizer | None = None,
    ) -> None:
        integration = apigateway.AwsIntegration(
            service=service,
            action=action,
            path=at,
            integration_http_method=verb,
            region=self.region,
            options=apigateway.IntegrationOptions(
                credentials_role=role,
                passthrough_behavior=apigateway.PassthroughBehavior.NEVER
                if request
                else apigateway.PassthroughBehavior.WHEN_NO_MATCH,
                request_templates={"application/json": request} if request else None,
                request_parameters=dict(mappings or {}),
                integration_responses=[answer.of_integration() for answer in answers],
            ),
        )
        models = {"application/json": self.api.add_model("Model", schema=model)} if model else None
        self.api.root.resource_for_path(path).add_method(
            method,
            integration,
            request_parameters={f"method.request.path.{name}": True for name in parameters},
            request_models=models,
            request_validator_options=apigateway.RequestValidatorOptions(validate_request_body=True) if model else None,
            method_responses=[answer.of_method() for answer in answers],
            authorizer=authorizer,
        )

    def add_items(self) -> None:
        key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
        table = dynamodb.Table(self, "Table", partition_key=key)
        self.tell("Table", table.table_name)
        role = self.role("TableRole", "dynamodb:GetItem", "dynamodb:PutItem", resource=table.table_arn)
        text = apigateway.JsonSchema(type=apigateway.JsonSchemaType.STRING)
        item = {"id": {"S": "@ID"}, "note": {"S": "@NOTE"}, "requested": {"N": "$context.requestTimeEpoch"}}
        put = {"TableName": table.table_name, "Item": item, "ConditionExpression": "attribute_not_exists(id)"}
        self.route(
            "PUT",
            "/items/{id}",
            service="dynamodb",
            action="PutItem",
            role=role,
            parameters=["id"],
            model=apigateway.JsonSchema(
                type=apigateway.JsonSchemaType.OBJECT, required=["note"], properties={"note": text}
            ),
            request=template(put, ID="$input.params('id')", NOTE="$input.path('$.note')"),
            answers=[
                Answer(
                    status=201,
                    pattern=r"2\d\d",
                    template=template({"id": "@ID"}, ID="$input.params('id')"),
                    headers={"Location": "context.requestId"},
                ),
                Answer(
                    status=409,
                    pattern="400",
                    template="""{"kind": "$input.path('$.__type')"}
#if(!$input.path('$.__type').contains("ConditionalCheckFailed"))#set($context.responseOverride.status = 400)#end""",
                ),
                FAILED,
            ],
        )
        get = {"TableName": table.table_name, "Key": {"id": {"S": "@ID"}}}
        found = template({"note": "@NOTE", "greeting": "$stageVariables.greeting"}, NOTE="$item.note.S")
        self.route(
            "GET",
            "/items/{id}",
            service="dynamodb",
            action="GetItem",
            role=role,
            request=template(get, ID="$input.params('id')"),
            answers=[
                Answer(
                    status=200,
                    pattern=r"2\d\d",
                    template=f"""#set($item = $input.path('$.Item'))
#if("$item" == "")#set($context.responseOverride.status = 404){{"message": "there is none"}}
#else{found}#end""",
                    headers={"Cache-Control": "'max-age=1'"},
                ),
                FAILED,
            ],
        )
        self.route(
            "POST",
            "/items",
            service="dynamodb",
            action="Scan",
            role=role,
            request=template({"TableName": table.table_name}),
            answers=[
                Answer(status=200, pattern="200"),
                Answer(status=403, pattern="400", template="""{"kind": "$input.path('$.__type')"}"""),
            ],
        )
        stranger = self.role("StrangerRole", trusted="lambda.amazonaws.com")
        self.route(
            "POST",
            "/stranger",
            service="dynamodb",
            action="Scan",
            role=stranger,
            request="{}",
            answers=[Answer(status=200)],
        )
        pool = cognito.UserPool(self, "Users")
        client = pool.add_client("Client", auth_flows=cognito.AuthFlow(admin_user_password=True))
        self.tell("Pool", pool.user_pool_id)
        self.tell("Client", client.user_pool_client_id)
        owned = {"id": {"S": "@ID"}, "owner": {"S": "$context.authorizer.claims.sub"}}
        self.route(
            "POST",
            "/mine",
            service="dynamodb",
            action="PutItem",
            role=role,
            request=template({"TableName": table.table_name, "Item": owned}, ID="$input.path('$.id')"),
            answers=[Answer(status=200, pattern="200", template='{"owner": "$context.authorizer.claims.sub"}'), FAILED],
            authorizer=apigateway.CognitoUserPoolsAuthorizer(self, "Authorizer", cognito_user_pools=[pool]),
        )

    def add_events_and_notices(self) -> None:
        seen = sqs.Queue(self, "Seen")
        self.tell("Seen", seen.queue_url)
        bus = events.EventBus(self, "Bus")
        pattern = events.EventPattern(source=["com.example"])
        events.Rule(self, "All", event_bus=bus, event_pattern=pattern, targets=[targets.SqsQueue(seen)])
        entry = {"EventBusName": bus.event_bus_name, "Source": "com.example", "DetailType": "Noted", "Detail": "@ALL"}
        put = """#if($input.path('$.FailedEntryCount') != 0)#set($context.responseOverride.status = 502)#end
{"id": "$input.path('$.Entries[0].EventId')"}"""
        self.route(
            "POST",
            "/events",
            service="events",
            action="PutEvents",
            role=self.role("BusRole", "events:PutEvents", resource=bus.event_bus_arn),
            request=template({"Entries": [entry]}, ALL="$input.json('$')"),
            answers=[Answer(status=202, pattern="200", template=put), FAILED],
        )
        topic = sns.Topic(self, "Topic")
        topic.add_subscription(subscriptions.SqsSubscription(seen))
        published = """{"id": "$input.path('$.PublishResponse.PublishResult.MessageId')"}"""
        self.route(
            "POST",
            "/notices",
            service="sns",
            action="Publish",
            role=self.role("TopicRole", "sns:Publish", resource=topic.topic_arn),
            mappings=FORM,
            request=f"TopicArn=$util.urlEncode('{topic.topic_arn}')&Message=$util.urlEncode($input.body)",
            answers=[Answer(status=202, pattern="200", template=published), FAILED],
        )

    def add_messages(self) -> None:
        queue = sqs.Queue(self, "Queue")
        self.tell("Queue", queue.queue_url)
        at = f"{self.account}/{queue.queue_name}"
        sent = """{"id": "$input.path('$.SendMessageResponse.SendMessageResult.MessageId')"}"""
        self.route(
            "POST",
            "/messages",
            service="sqs",
            at=at,
            role=self.role("QueueRole", "sqs:SendMessage", resource=queue.queue_arn),
            mappings=FORM,
            request="Action=SendMessage&MessageBody=$util.urlEncode($input.body)",
            answers=[Answer(status=202, pattern="200", template=sent), FAILED],
        )
        self.route("POST", "/broken", service="sqs", at=at, request="$input.body.upper()", answers=[Answer(status=202)])

    def add_executions(self) -> None:
        done = stepfunctions.Pass(self, "Pass")
        body = stepfunctions.DefinitionBody.from_chainable(done)
        workflow = stepfunctions.StateMachine(self, "Workflow", definition_body=body)
        start = {"stateMachineArn": workflow.state_machine_arn, "input": "@ALL"}
        self.route(
            "POST",
            "/executions",
            service="states",
            action="StartExecution",
            role=self.role("WorkflowRole", "states:StartExecution", resource=workflow.state_machine_arn),
            request=template(start, ALL="$input.json('$')"),
            answers=[
                Answer(status=202, pattern="200", template="""{"arn": "$input.path('$.executionArn')"}"""),
                FAILED,
            ],
        )

    def add_files(self) -> None:
        bucket = s3.Bucket(self, "Bucket", removal_policy=RemovalPolicy.DESTROY)
        self.tell("Bucket", bucket.bucket_name)
        self.route(
            "GET",
            "/files/{name}",
            service="s3",
            at=f"{bucket.bucket_name}/{{key}}",
            verb="GET",
            role=self.role("BucketRole", "s3:GetObject", resource=bucket.arn_for_objects("*")),
            parameters=["name"],
            mappings={"integration.request.path.key": "method.request.path.name"},
            answers=[
                Answer(
                    status=200,
                    pattern=r"2\d\d",
                    headers={"Content-Type": "integration.response.header.Content-Type"},
                ),
                Answer(status=404, pattern=r"4\d\d", template='{"message": "no such file"}'),
                FAILED,
            ],
        )

    def add_prices(self) -> None:
        function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline(FUNCTION),
        )
        priced = """{"price": $input.path('$.price'), "given": $input.json('$.given')}"""
        missing = """{"message": "$input.path('$.errorMessage')"}"""
        self.route(
            "POST",
            "/prices",
            service="lambda",
            at=f"2015-03-31/functions/{function.function_arn}/invocations",
            role=self.role("FunctionRole", "lambda:InvokeFunction", resource=function.function_arn),
            request="$input.json('$')",
            answers=[
                Answer(status=200, template=priced),
                Answer(status=404, pattern=r"\[404\].*", template=missing),
            ],
        )


if __name__ == "__main__":
    app = App()
    DirectStack(app, "Direct")
    app.synth()
