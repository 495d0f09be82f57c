"""POST /orders/{order_id}/cancellation: a cancelled order is a new fact, never an edited one (E3)."""

from __future__ import annotations

from datetime import UTC, datetime

from best_practice_constructs.runtime import ApiRequest, ApiResponse, Problem, api_handler
from orders.new_order import NewCancellation
from orders.order_identity import owner_of
from orders.order_path import order_id_in, unknown_order
from orders.order_state import CANCELLATION
from orders.order_table import BusyError, UnknownOrderError, insert_cancellation
from orders.promise import RETRY_AFTER_SECONDS, accepted
from shop.business_metrics import count
from shop.events import OrderCancelled
from shop.stored_fact import StoredFact


@api_handler(body=NewCancellation)
def handler(request: ApiRequest[NewCancellation]) -> ApiResponse:
    order_id = order_id_in(request.path_parameters)
    cancelled = OrderCancelled(order_id=order_id, reason=request.body.reason, cancelled_at=datetime.now(UTC))
    fact = StoredFact.of(
        cancelled,
        order_id=order_id,
        fact=CANCELLATION,
        occurred_at=cancelled.cancelled_at,
        correlation_id=request.request_id,
    )
    try:
        if insert_cancellation(fact, owner=owner_of(request.caller)):
            count("OrdersCancelled")
    except UnknownOrderError as error:
        raise unknown_order(order_id) from error
    except BusyError as error:
        raise Problem(
            status=503,
            title="Busy",
            detail="Another request is changing this order. Send the same request again.",
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        ) from error
    return accepted(order_id, location=f"../{order_id}")
