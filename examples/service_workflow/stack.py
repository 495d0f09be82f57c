"""A room is booked once for each request, by a workflow without a function."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sns as sns
from constructs import Construct

from best_practice_constructs import EnrichedEventBus, ServiceWorkflow
from examples.service_workflow.room_events import RoomRequested

SERVICE = Path(__file__).parent / "service"


class BookingStack(Stack):
    """Put a ``RoomRequested`` on the bus; however often it comes, one execution takes the room, or finds it taken.

    :ivar book_room: the workflow.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        bookings = dynamodb.Table(
            self,
            "Bookings",
            partition_key=dynamodb.Attribute(name="room", type=dynamodb.AttributeType.STRING),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
        )
        self.book_room = ServiceWorkflow(
            self,
            "BookRoom",
            definition=SERVICE / "book_room.asl.json",
            definition_substitutions={
                "Bookings": bookings,
                "Reception": sns.Topic(self, "Reception", enforce_ssl=True),
            },
        )
        EnrichedEventBus(self, "Bus").route(RoomRequested, to=self.book_room)
