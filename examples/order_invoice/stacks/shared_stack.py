"""What the services have in common: the bus, and the account's permission to log API calls."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from constructs import Construct

from best_practice_constructs import ApiGatewayLoggingRole, EnrichedEventBus


class SharedStack(Stack):
    """The bus between the services, with an archive of a month, and the account-wide logging role of API Gateway.

    :ivar bus: the bus.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, description="Order/invoice system: what the services have in common")
        self.bus = EnrichedEventBus(self, "Bus", archive_retention=Duration.days(30))
        # Without it, a first API with logs cannot be deployed into a fresh account.
        ApiGatewayLoggingRole(self, "ApiGatewayLoggingRole")
