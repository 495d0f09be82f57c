"""A function that keeps what it greets in a table, and may do nothing else."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from best_practice_constructs import SinglePurposeFunction
from best_practice_constructs.permissions import dynamodb as dynamodb_permissions

SERVICE = str(Path(__file__).parent / "service")


class GreetingStack(Stack):
    """One function, one table, one permission."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        table = dynamodb.Table(
            self,
            "Greetings",
            partition_key=dynamodb.Attribute(name="name", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
        )
        self.greet = SinglePurposeFunction(
            self,
            "Greet",
            entry=SERVICE,
            handler="keep_greeting.handler",
            environment={"GREETINGS_TABLE_NAME": table.table_name},
        )
        self.greet.allow(dynamodb_permissions.put_item(table))
