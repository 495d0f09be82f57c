"""What the partner service must not lose (C7, C3)."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from best_practice_constructs import ServiceDefaults
from best_practice_constructs.compliance import acknowledge


class PartnerDataStack(Stack):
    """The key by which the partner knows us.

    It is made at random; give it to the partner, or put the partner's own into the secret.

    :ivar webhook_key: the key.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, description="Order/invoice system: the key of the partner's webhook")
        self.webhook_key = secretsmanager.Secret(
            self,
            "WebhookKey",
            description="The key that the partner's webhook asks for",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=40, exclude_punctuation=True),
            removal_policy=ServiceDefaults.of(self).removal_policy,
        )
        acknowledge(
            self.webhook_key,
            reason="Only the partner can change the key, at the same time as we do: a person agrees on it.",
            findings=("AwsSolutions::AwsSolutions-SMG4",),
        )
