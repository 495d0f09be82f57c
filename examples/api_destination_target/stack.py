"""A carrier's HTTP API that is told of parcels for one country, without any function."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct
from parcel_events import ParcelSent

from best_practice_constructs import (
    ApiDestinationTarget,
    EnrichedEventBus,
    OAuthAuthorization,
    from_data,
    from_metadata,
)


class CarrierStack(Stack):
    """The carrier asks for a token, takes five requests a second, and has the parcel's id in its path."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.bus = EnrichedEventBus(self, "Bus")
        secret = secretsmanager.Secret.from_secret_name_v2(self, "CarrierSecret", "carrier/client")
        self.carrier = ApiDestinationTarget(
            self,
            "Carrier",
            url="https://api.carrier.example/parcels/*",
            authorization=OAuthAuthorization(
                url="https://login.carrier.example/oauth/token",
                client_id="shop",
                secret=secret,
                secret_field="client_secret",  # noqa: S106 -- a field's name
                body_parameters={"scope": "parcels:write"},
            ),
            rate_limit_per_second=5,
            body={
                "weight": {"value": from_data("weight_in_grams"), "unit": "g"},
                "sentAt": from_data("sent_at"),
                "reference": from_metadata("correlation_id"),
            },
            path_parameter_values=[from_data("parcel_id")],
        )
        self.bus.route(ParcelSent.where(country="DE"), to=self.carrier)
