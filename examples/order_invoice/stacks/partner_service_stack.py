"""The partner service: a webhook that is told of each invoice, without any function (S6, E5)."""

from __future__ import annotations

import dataclasses

from aws_cdk import CfnParameter, Stack
from constructs import Construct

from best_practice_constructs import (
    ApiDestinationTarget,
    ApiKeyAuthorization,
    EnrichedEventBus,
    ServiceDefaults,
    from_data,
    from_metadata,
)
from examples.order_invoice.stacks.partner_data_stack import PartnerDataStack
from shop.events import InvoiceIssued


class PartnerServiceStack(Stack):
    """Tells a partner, such as a debt collector, of each invoice.

    :param data: the service's own data.
    :param bus: the bus between the services.

    :ivar webhook: the partner's webhook.
    """

    def __init__(self, scope: Construct, id: str, *, data: PartnerDataStack, bus: EnrichedEventBus) -> None:
        super().__init__(scope, id, description="Order/invoice system: the partner that is told of invoices")
        dataclasses.replace(ServiceDefaults.of(self), service="partner").apply_to(self)
        url = CfnParameter(
            self,
            "WebhookUrl",
            default="https://partner.example.com/webhooks/invoices",
            description="The partner's webhook (HTTPS); the default one is nobody's",
        )
        self.webhook = ApiDestinationTarget(
            self,
            "PartnerWebhook",
            url=url.value_as_string,
            authorization=ApiKeyAuthorization(header="x-api-key", secret=data.webhook_key),
            rate_limit_per_second=10,
            body={
                "invoice": from_data("invoice_number"),
                "order": from_data("order_id"),
                "total": {"amount": from_data("total"), "currency": from_data("currency")},
                "issued_at": from_data("issued_at"),
                "trace": from_metadata("correlation_id"),
            },
        )
        bus.route(InvoiceIssued, to=self.webhook)
