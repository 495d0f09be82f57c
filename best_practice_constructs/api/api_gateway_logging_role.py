"""The role by which API Gateway logs, one for a whole account and region."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from constructs import Construct

from best_practice_constructs.compliance import acknowledge, resource_of
from best_practice_constructs.construct_place import tell_place
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.roles.service_role import create_service_role


class ApiGatewayLoggingRole(Construct):
    """The account's role for the logs of all REST APIs, and the account's setting that names it.

    One account and region have one such setting. An API that writes its own takes it from the others, and takes logging
    away from all when its stack is deleted; so :class:`ProvisionedApi` never writes it. Create this construct once for
    an account and region, in a stack that stays; both resources outlive the stack. A first API with logs in a fresh
    account cannot be deployed before it: pass it to ``ProvisionedApi(logging_role=…)``, or make the API's stack depend
    on it.

    :param role_path: of the role; default: the service's, ``"/"`` (C2). To change it replaces the role, and the old one
        stays.
    :param permissions_boundary: what the role may do at most; default: the service's, none (C2).

    :ivar role: the role.
    :ivar account: the account's setting.

    :raises InvalidArgumentError: a path that IAM refuses, or a boundary that is no managed policy.

    Source: API Gateway developer guide, *Set up CloudWatch logging for REST APIs*.

    ```python
    from aws_cdk import App, Stack
    from best_practice_constructs import ApiGatewayLoggingRole

    ApiGatewayLoggingRole(Stack(App(), "Account"), "ApiGatewayLogging")
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        role_path: str | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        policy = "service-role/AmazonAPIGatewayPushToCloudWatchLogs"
        self.role = create_service_role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
            defaults=ServiceDefaults.used_in(scope),
            role_path=role_path,
            permissions_boundary=permissions_boundary,
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(policy)],
        )
        self.role.apply_removal_policy(RemovalPolicy.RETAIN)
        acknowledge(
            resource_of(self.role),
            reason="API Gateway checks that its role may log to any log group, and AWS maintains this policy for it.",
            findings=(f"AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{policy}]",),
        )
        self.account = apigateway.CfnAccount(self, "Account", cloud_watch_role_arn=self.role.role_arn)
        self.account.apply_removal_policy(RemovalPolicy.RETAIN)
        self.account.node.add_dependency(self.role)
