"""The order/invoice system as a whole: its stacks, and how they hang together."""

from __future__ import annotations

from dataclasses import dataclass

from constructs import Construct

from examples.order_invoice.stacks.fulfilment_data_stack import FulfilmentDataStack
from examples.order_invoice.stacks.fulfilment_service_stack import FulfilmentServiceStack
from examples.order_invoice.stacks.invoice_data_stack import InvoiceDataStack
from examples.order_invoice.stacks.invoice_service_stack import InvoiceServiceStack
from examples.order_invoice.stacks.notice_data_stack import NoticeDataStack
from examples.order_invoice.stacks.notice_service_stack import NoticeServiceStack
from examples.order_invoice.stacks.order_data_stack import OrderDataStack
from examples.order_invoice.stacks.order_service_stack import OrderServiceStack
from examples.order_invoice.stacks.partner_data_stack import PartnerDataStack
from examples.order_invoice.stacks.partner_service_stack import PartnerServiceStack
from examples.order_invoice.stacks.shared_stack import SharedStack


@dataclass(frozen=True, kw_only=True)
class OrderInvoiceSystem:
    """The stacks of one copy of the system."""

    shared: SharedStack
    order_data: OrderDataStack
    invoice_data: InvoiceDataStack
    notice_data: NoticeDataStack
    fulfilment_data: FulfilmentDataStack
    partner_data: PartnerDataStack
    orders: OrderServiceStack
    invoices: InvoiceServiceStack
    notices: NoticeServiceStack
    fulfilment: FulfilmentServiceStack
    partner: PartnerServiceStack


def create_order_invoice_system(
    scope: Construct, *, prefix: str, provisioned_concurrency: int | None = None
) -> OrderInvoiceSystem:
    """Create the stacks; their names begin with ``prefix``.

    So that copies of the system live side by side in one account (C1).
    """
    shared = SharedStack(scope, f"{prefix}-shared")
    order_data = OrderDataStack(scope, f"{prefix}-order-data")
    invoice_data = InvoiceDataStack(scope, f"{prefix}-invoice-data", documents_parameter=f"/{prefix}/documents-bucket")
    notice_data = NoticeDataStack(scope, f"{prefix}-notice-data")
    fulfilment_data = FulfilmentDataStack(scope, f"{prefix}-fulfilment-data")
    partner_data = PartnerDataStack(scope, f"{prefix}-partner-data")
    orders = OrderServiceStack(
        scope, f"{prefix}-orders", data=order_data, bus=shared.bus, provisioned_concurrency=provisioned_concurrency
    )
    invoices = InvoiceServiceStack(scope, f"{prefix}-invoices", data=invoice_data, bus=shared.bus)
    notices = NoticeServiceStack(scope, f"{prefix}-notices", data=notice_data, bus=shared.bus)
    fulfilment = FulfilmentServiceStack(scope, f"{prefix}-fulfilment", data=fulfilment_data, bus=shared.bus)
    partner = PartnerServiceStack(scope, f"{prefix}-partner", data=partner_data, bus=shared.bus)
    # What no reference says: the API's stage can log only when the account may, and the parameter must be there.
    orders.add_stack_dependency(shared)
    invoices.add_stack_dependency(invoice_data)
    return OrderInvoiceSystem(
        shared=shared,
        order_data=order_data,
        invoice_data=invoice_data,
        notice_data=notice_data,
        fulfilment_data=fulfilment_data,
        partner_data=partner_data,
        orders=orders,
        invoices=invoices,
        notices=notices,
        fulfilment=fulfilment,
        partner=partner,
    )
