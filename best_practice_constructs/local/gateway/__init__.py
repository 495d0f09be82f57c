"""Runs the ``AWS`` integrations of REST APIs on the embedded stage, with their deployed templates; for tests."""

from best_practice_constructs.local.gateway.integration_gateway import FailedIntegration, IntegrationGateway

__all__ = ["FailedIntegration", "IntegrationGateway"]
