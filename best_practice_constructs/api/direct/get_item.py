"""A route that reads an item of a table (S1)."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_dynamodb as dynamodb

from best_practice_constructs.api.direct.answer_fields import preambles, source_list
from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.item_answer import item_answer
from best_practice_constructs.api.direct.problem_answers import NOT_FOUND, ProblemAnswer
from best_practice_constructs.api.direct.service_call import DirectIntegration, ServiceCall
from best_practice_constructs.api.direct.table_access import (
    TableSchema,
    expression_names,
    key_of,
    placeholders,
    table_failures,
    table_headers,
    table_name,
    table_permissions,
)
from best_practice_constructs.api.mapping.json_pieces import json_literal, json_object, json_text
from best_practice_constructs.api.mapping.template_node import joined
from best_practice_constructs.api.mapping.value_sources import ValueSource
from best_practice_constructs.permissions import dynamodb as dynamodb_permissions


class GetItem(DirectIntegration):
    """Answers with an item of a table, 404 where there is none (S1).

    The route's role may do ``dynamodb:GetItem`` on this table, and use its key where it has one of yours. Only the
    attributes that the answer needs are read.

    :param table: the table.
    :param key: the key's attributes by name, such as ``{"order_id": PathParameter("order_id")}``. Their types are the
        table's, where it is made in the same app.
    :param answer: a dataclass: its fields are read from the attributes of these names, and answered as
        ``runtime.api_handler`` would: decimals as texts, what is missing as its default or ``null``.
    :param only_if: attributes that must have the value of a source, such as ``{"owner": CallerIdentity()}``; others get
        404 too.
    :param consistent_read: default ``False``: half the price, and perhaps a second old.
    :param not_found: what is answered with 404, as a sentence.

    :raises InvalidArgumentError: when it is routed to: not the table's key, a field that templates cannot write, a
        source that the requests do not have.

    Sources: DynamoDB API reference, *GetItem*; API Gateway developer guide, *AWS integrations*; talk 10:41.

    ```python
    from dataclasses import dataclass

    from aws_cdk import App, Stack
    from aws_cdk import aws_dynamodb as dynamodb
    from best_practice_constructs import GetItem, PathParameter, ProvisionedApi


    @dataclass(frozen=True, kw_only=True)
    class Product:
        product_id: str
        name: str


    stack = Stack(App(), "Shop")
    key = dynamodb.Attribute(name="product_id", type=dynamodb.AttributeType.STRING)
    products = dynamodb.Table(stack, "Products", partition_key=key)
    api = ProvisionedApi(stack, "Api")
    api.get(
        "/products/{product_id}",
        GetItem(products, key={"product_id": PathParameter("product_id")}, answer=Product),
    )
    ```
    """

    def __init__(
        self,
        table: dynamodb.ITable,
        *,
        key: Mapping[str, ValueSource],
        answer: type,
        only_if: Mapping[str, ValueSource] | None = None,
        consistent_read: bool = False,
        not_found: str = NOT_FOUND.detail,
    ) -> None:
        self.table = table
        self.key = key
        self.answer = answer
        self.only_if = only_if or {}
        self.consistent_read = consistent_read
        self.not_found = ProblemAnswer(status=404, title=NOT_FOUND.title, detail=not_found)

    def call(self, route: DirectRoute) -> ServiceCall:
        """Give the call; see :class:`DirectIntegration`."""
        shape = route.shape(self.answer, given=f"answer={self.answer.__name__}")
        names = placeholders([*shape.members, *self.only_if])
        key = key_of(route, self.key, TableSchema.of(self.table))
        return ServiceCall(
            service="dynamodb",
            action="GetItem",
            region=self.table.env.region,
            parameters=table_headers("GetItem"),
            template=joined(
                preambles(self.key.values()),
                json_object(
                    {
                        "TableName": table_name(self.table),
                        "Key": key,
                        "ConsistentRead": json_literal(self.consistent_read),
                        "ProjectionExpression": json_text(",".join(names.values())),
                        "ExpressionAttributeNames": expression_names(names),
                    }
                ),
            ),
            permissions=table_permissions(self.table, dynamodb_permissions.get_item),
            sources=source_list(self.key, self.only_if),
            answer=item_answer(
                route, shape, of=self.answer, item="Item", only_if=self.only_if, not_found=self.not_found
            ),
            failures=table_failures(),
        )
