"""GET /orders/{order_id}: tells what became of an order, its invoice included once it is there (E1)."""

from __future__ import annotations

from best_practice_constructs.runtime import ApiRequest, ApiResponse, api_handler
from orders.order_identity import owner_of
from orders.order_path import order_id_in, unknown_order
from orders.order_state import view_of
from orders.order_table import facts_of
from orders.promise import RETRY_AFTER_SECONDS


@api_handler
def handler(request: ApiRequest[None]) -> ApiResponse:
    order_id = order_id_in(request.path_parameters)
    view = view_of(facts_of(order_id, owner=owner_of(request.caller)))
    if view is None:
        raise unknown_order(order_id)
    return ApiResponse(
        status=200, body=view, headers={"Retry-After": str(RETRY_AFTER_SECONDS)} if view.state == "PLACED" else {}
    )
