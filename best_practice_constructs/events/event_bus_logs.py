"""The error log of an event bus (H6)."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from best_practice_constructs.construct_place import tell_place
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.queues.stack_unique_name import stack_unique_name


class EventBusLogs(Construct):
    """A log group for what the bus could not do, and the delivery of the bus's error log into it (H6, H13).

    :ivar log_group: where errors of the bus are written.
    :ivar source: the bus's log, as the source of a delivery.
    :ivar destination: the log group, as the destination.
    :ivar delivery: from the one to the other.
    """

    def __init__(self, scope: Construct, id: str, *, event_bus: events.IEventBus, defaults: ServiceDefaults) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        self.log_group = logs.LogGroup(
            self, "LogGroup", retention=defaults.log_retention, removal_policy=defaults.removal_policy
        )
        self.log_group.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("delivery.logs.amazonaws.com")],
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[self.log_group.log_group_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        # CloudFormation wants names for these three, of 60 characters at most.
        name = stack_unique_name(self, readable=12)
        self.source = logs.CfnDeliverySource(
            self, "Source", name=name, resource_arn=event_bus.event_bus_arn, log_type="ERROR_LOGS"
        )
        self.destination = logs.CfnDeliveryDestination(
            self, "Destination", name=name, destination_resource_arn=self.log_group.log_group_arn, output_format="json"
        )
        self.delivery = logs.CfnDelivery(
            self, "Delivery", delivery_source_name=name, delivery_destination_arn=self.destination.attr_arn
        )
        self.delivery.add_resource_dependency(self.source)
