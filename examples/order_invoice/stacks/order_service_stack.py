"""The order service: its API, what it tells, and what it hears (S2, S5)."""

from __future__ import annotations

import dataclasses

from aws_cdk import CfnOutput, Duration, Stack
from constructs import Construct

from best_practice_constructs import (
    ChangePublisher,
    EnrichedEventBus,
    IamAuthorization,
    IdempotentQueueConsumer,
    InvocationModel,
    ProvisionedApi,
    ServiceDefaults,
    SinglePurposeFunction,
)
from best_practice_constructs.permissions import dynamodb
from best_practice_constructs.permissions.permission import Permission
from examples.order_invoice import SERVICES
from examples.order_invoice.stacks.fact_table import new_facts
from examples.order_invoice.stacks.order_data_stack import OrderDataStack
from orders.environment import ORDERS_TABLE_NAME
from orders.new_order import NewCancellation, NewOrder
from orders.order_state import CANCELLATION, ORDER
from shop.events import CreditNoteIssued, InvoiceIssued, OrderCancelled, OrderPlaced

_ENTRY = str(SERVICES)


class OrderServiceStack(Stack):
    """Takes orders and cancellations, tells of them, and shows what became of them.

    :param data: the service's own data.
    :param bus: the bus between the services.
    :param provisioned_concurrency: environments kept ready for placing orders (L4), ``None`` for none.

    :ivar api: the API.
    :ivar publish_facts: tells the other services of orders and cancellations.
    :ivar record_invoice: the consumer of ``InvoiceIssued``.
    :ivar record_credit_note: the consumer of ``CreditNoteIssued``.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        data: OrderDataStack,
        bus: EnrichedEventBus,
        provisioned_concurrency: int | None = None,
    ) -> None:
        super().__init__(scope, id, description="Order/invoice system: the order service")
        dataclasses.replace(ServiceDefaults.of(self), service="orders").apply_to(self)
        table = data.orders
        self._environment = {ORDERS_TABLE_NAME: table.table_name}

        place_order = self._api_function("PlaceOrder", "orders.place_order.handler", dynamodb.put_item(table))
        get_order = self._api_function("GetOrder", "orders.get_order.handler", dynamodb.query(table))
        cancel_order = self._api_function(
            "CancelOrder",
            "orders.cancel_order.handler",
            dynamodb.condition_check_item(table),
            dynamodb.put_item(table),
        )
        self.api = ProvisionedApi(self, "Api", authorization=IamAuthorization())
        self.api.post(
            "/orders",
            place_order,
            body=NewOrder,
            headers={"Idempotency-Key": True},
            provisioned_concurrency=provisioned_concurrency,
        )
        self.api.get("/orders/{order_id}", get_order)
        self.api.post("/orders/{order_id}/cancellation", cancel_order, body=NewCancellation)

        self.publish_facts = ChangePublisher(
            self,
            "PublishOrderFacts",
            entry=_ENTRY,
            handler="orders.publish_order_facts.handler",
            table=table,
            bus=bus,
            events=(OrderPlaced, OrderCancelled),
            filters=[new_facts(ORDER, CANCELLATION)],
            timeout=Duration.seconds(30),
        )
        self.record_invoice = self._consumer("RecordInvoice", "orders.record_invoice.handler", dynamodb.put_item(table))
        self.record_credit_note = self._consumer(
            "RecordCreditNote", "orders.record_credit_note.handler", dynamodb.put_item(table)
        )
        bus.route(InvoiceIssued, to=self.record_invoice)
        bus.route(CreditNoteIssued, to=self.record_credit_note)

        CfnOutput(self, "ApiUrl", value=self.api.url, description="POST /orders, GET /orders/{order_id} below this")

    def _api_function(self, id: str, handler: str, *permissions: Permission) -> SinglePurposeFunction:
        function = SinglePurposeFunction(
            self,
            id,
            entry=_ENTRY,
            handler=handler,
            environment=self._environment,
            invocation_model=InvocationModel.SYNCHRONOUS,
        )
        function.allow(*permissions)
        return function

    def _consumer(self, id: str, handler: str, *permissions: Permission) -> IdempotentQueueConsumer:
        consumer = IdempotentQueueConsumer(
            self, id, entry=_ENTRY, handler=handler, timeout=Duration.seconds(5), environment=self._environment
        )
        consumer.allow(*permissions)
        return consumer
