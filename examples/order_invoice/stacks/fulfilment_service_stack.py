"""The fulfilment service: a workflow that calls tables and the bus itself, without a function (S1, S4)."""

from __future__ import annotations

import dataclasses

from aws_cdk import Stack
from constructs import Construct

from best_practice_constructs import EnrichedEventBus, ServiceDefaults, ServiceWorkflow
from best_practice_constructs.permissions import dynamodb
from examples.order_invoice import SERVICES
from examples.order_invoice.stacks.fulfilment_data_stack import FulfilmentDataStack
from shop.events import FulfilmentFailed, OrderFulfilled, OrderPlaced

_SERVICE = "fulfilment"
# In place of a payment provider, and of a carrier.
_PAYMENT_LIMIT = "100000"
_COUNTRIES = "DE,FR,JP"


class FulfilmentServiceStack(Stack):
    """Reserves the stock of each order, charges the customer and ships, once; or undoes what was done, and tells.

    :param data: the service's own data.
    :param bus: the bus between the services.

    :ivar fulfil_order: the workflow, one execution for each ``OrderPlaced``, however often it comes.
    """

    def __init__(self, scope: Construct, id: str, *, data: FulfilmentDataStack, bus: EnrichedEventBus) -> None:
        super().__init__(scope, id, description="Order/invoice system: the fulfilment service")
        defaults = dataclasses.replace(ServiceDefaults.of(self), service=_SERVICE)
        defaults.apply_to(self)
        # An expression makes the items of these transactions, one for each article.
        move_stock = (dynamodb.put_item(data.fulfilments), dynamodb.update_item(data.stock))
        self.fulfil_order = ServiceWorkflow(
            self,
            "FulfilOrder",
            definition=SERVICES / "fulfilment" / "fulfil_order.asl.json",
            definition_substitutions={
                "Fulfilments": data.fulfilments,
                "Stock": data.stock,
                "Bus": bus,
                "PaymentLimit": _PAYMENT_LIMIT,
                "Countries": _COUNTRIES,
                "Service": _SERVICE,
                "Stage": defaults.stage,
                "ApplicationVersion": defaults.application_version,
            },
            permissions={"ReserveStock": move_stock, "ReleaseStock": move_stock},
        )
        bus.route(OrderPlaced, to=self.fulfil_order)
        bus.add_publications(self.fulfil_order, OrderFulfilled, FulfilmentFailed)
