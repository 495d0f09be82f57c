"""POST /orders: commits an order in one conditional write and answers at once.

Everything else follows from the table's stream.
"""

from __future__ import annotations

from datetime import UTC, datetime

from best_practice_constructs.runtime import ApiRequest, ApiResponse, Problem, api_handler
from orders.new_order import NewOrder
from orders.order_identity import fingerprint_of, idempotency_key_of, order_id_of, owner_of
from orders.order_state import ORDER
from orders.order_table import insert_order
from orders.pricing import PricedOrder, UnknownArticleError, price
from orders.promise import accepted
from shop.business_metrics import add_amount, count
from shop.events import OrderPlaced
from shop.stored_fact import StoredFact


@api_handler(body=NewOrder)
def handler(request: ApiRequest[NewOrder]) -> ApiResponse:
    order = request.body
    owner = owner_of(request.caller)
    order_id = order_id_of(owner=owner, idempotency_key=idempotency_key_of(request.headers))
    priced = _price(order)
    placed = _placed(order, priced, order_id)
    fact = StoredFact.of(
        placed, order_id=order_id, fact=ORDER, occurred_at=placed.placed_at, correlation_id=request.request_id
    )
    fingerprint = fingerprint_of(order)

    there = insert_order(fact, owner=owner, fingerprint=fingerprint)
    if there is None:
        count("OrdersPlaced")
        add_amount("Revenue", priced.total)
    elif there != fingerprint:
        raise Problem(
            status=422,
            title="Idempotency key used before",
            detail="This Idempotency-Key belongs to an order that says something else; a new order needs a new key.",
        )
    # A relative reference: right under whatever domain, stage or base path the API is reached.
    return accepted(order_id, location=f"orders/{order_id}")


def _price(order: NewOrder) -> PricedOrder:
    try:
        return price(order)
    except UnknownArticleError as error:
        raise Problem(
            status=422,
            title="Unknown article",
            detail=f"Line {error.line + 1}: {error}.",
            pointer=f"/lines/{error.line}/sku",
        ) from error


def _placed(order: NewOrder, priced: PricedOrder, order_id: str) -> OrderPlaced:
    return OrderPlaced(
        order_id=order_id,
        customer=order.customer,
        country=order.country,
        currency=order.currency,
        lines=priced.lines,
        subtotal=priced.subtotal.amount,
        discount=priced.discount.amount,
        tax=priced.tax.amount,
        total=priced.total.amount,
        placed_at=datetime.now(UTC),
    )
