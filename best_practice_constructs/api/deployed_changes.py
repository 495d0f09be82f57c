"""What a stage shows is a deployment: a copy of the API as it was, which only a new deployment brings up to date."""

from __future__ import annotations

from typing import cast

from aws_cdk import aws_apigateway as apigateway
from constructs import IConstruct


def redeploy_on_change(rest_api: apigateway.RestApi, resource: IConstruct, **properties: object) -> None:
    """Make a new deployment, after ``resource``, whenever one of its properties changes.

    CloudFormation makes one when the deployment's logical id changes. aws-cdk-lib derives it from the API, its methods,
    validators and gateway responses; what else is deployed has to be added.
    """
    deployment = cast("apigateway.Deployment", rest_api.latest_deployment)
    deployment.node.add_dependency(resource)
    deployment.add_to_logical_id(properties)
