"""An API with one route: validated, authorized by IAM, throttled, and answered by a function that is kept ready."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Stack
from constructs import Construct

from best_practice_constructs import ProvisionedApi, SinglePurposeFunction
from examples.provisioned_api.service.greet import Greeting

SERVICE = str(Path(__file__).parent / "service")


class GreetingApiStack(Stack):
    """``POST /greetings`` with ``{"name": "Ada"}``."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        greet = SinglePurposeFunction(self, "Greet", entry=SERVICE, handler="greet.handler")
        self.api = ProvisionedApi(self, "Api")
        self.api.post("/greetings", greet, body=Greeting, provisioned_concurrency=1)
