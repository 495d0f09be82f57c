"""A route that writes an item into a table, once (S1, H2)."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_dynamodb as dynamodb

from best_practice_constructs.api.direct.answer_fields import AnswerFields, preambles, source_list
from best_practice_constructs.api.direct.body_attributes import body_attributes, whole_body
from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.problem_answers import CONFLICT, ProblemAnswer
from best_practice_constructs.api.direct.service_call import DirectIntegration, ServiceCall
from best_practice_constructs.api.direct.table_access import (
    TableSchema,
    key_of,
    source_attribute,
    table_failures,
    table_headers,
    table_name,
    table_permissions,
)
from best_practice_constructs.api.mapping.json_pieces import Member, json_object, json_text
from best_practice_constructs.api.mapping.template_node import Node, joined
from best_practice_constructs.api.mapping.value_sources import ValueSource
from best_practice_constructs.permissions import dynamodb as dynamodb_permissions


class PutItem(DirectIntegration):
    """Writes each request's body as an item of a table, 409 where there is one already (S1, H2).

    The route's role may do ``dynamodb:PutItem`` on this table, and use its key where it has one of yours. What is
    written are the fields that the body's class declares, and what the gateway knows; never more, whatever is sent.

    :param table: the table.
    :param key: the key's attributes by name, such as ``{"product_id": PathParameter("product_id")}``.
    :param attributes: more attributes by name, such as ``{"owner": CallerIdentity(), "created_at": RequestTime()}``.
        These and the key come before fields of the body with the same name.
    :param with_body: whether the body's fields are written, default ``True``.
    :param overwrite: ``True`` writes over an item that is there; default ``False``: 409.
    :param answer: the members of the answer; default: the key, as far as answers have it.
    :param location: where the item is read, such as ``"products/{product_id}"``; default: none.
    :param conflict: what is answered with 409, as a sentence.

    :raises InvalidArgumentError: when it is routed to: not the table's key, a field that templates cannot write, a
        source that the requests do not have.

    Sources: DynamoDB API reference, *PutItem*; API Gateway developer guide, *AWS integrations*; talk 10:41, 43:16.

    ```python
    from dataclasses import dataclass

    from aws_cdk import App, Stack
    from aws_cdk import aws_dynamodb as dynamodb
    from best_practice_constructs import PathParameter, ProvisionedApi, PutItem


    @dataclass(frozen=True, kw_only=True)
    class NewProduct:
        name: str


    stack = Stack(App(), "Shop")
    key = dynamodb.Attribute(name="product_id", type=dynamodb.AttributeType.STRING)
    products = dynamodb.Table(stack, "Products", partition_key=key)
    api = ProvisionedApi(stack, "Api")
    api.put(
        "/products/{product_id}",
        PutItem(products, key={"product_id": PathParameter("product_id")}),
        body=NewProduct,
    )
    ```
    """

    def __init__(
        self,
        table: dynamodb.ITable,
        *,
        key: Mapping[str, ValueSource],
        attributes: Mapping[str, ValueSource] | None = None,
        with_body: bool = True,
        overwrite: bool = False,
        answer: Mapping[str, ValueSource] | None = None,
        location: str | None = None,
        conflict: str = CONFLICT.detail,
    ) -> None:
        self.table = table
        self.key = key
        self.attributes = attributes or {}
        self.with_body = with_body
        self.overwrite = overwrite
        fields = {name: source for name, source in key.items() if source.in_answers} if answer is None else answer
        self.answer = AnswerFields(status=201, fields=fields, location=location, retry_after=None)
        self.conflict = ProblemAnswer(status=409, title=CONFLICT.title, detail=conflict)

    def call(self, route: DirectRoute) -> ServiceCall:
        """Give the call; see :class:`DirectIntegration`."""
        schema = TableSchema.of(self.table)
        key_of(route, self.key, schema)
        types = schema.types if schema is not None else {}
        item: dict[str, Member | Node] = dict(body_attributes(route, why="PutItem")) if self.with_body else {}
        for name, source in {**self.attributes, **self.key}.items():
            item[name] = source_attribute(route, source, types.get(name))
        condition: dict[str, Node] = {}
        if not self.overwrite:
            condition = {
                "ConditionExpression": json_text("attribute_not_exists(#key)"),
                "ExpressionAttributeNames": json_object({"#key": json_text(next(iter(self.key)))}),
            }
        sources = source_list(self.key, self.attributes)
        return ServiceCall(
            service="dynamodb",
            action="PutItem",
            region=self.table.env.region,
            parameters=table_headers("PutItem"),
            template=joined(
                preambles([*sources, *whole_body(route)]),
                json_object({"TableName": table_name(self.table), "Item": json_object(item), **condition}),
            ),
            permissions=table_permissions(self.table, dynamodb_permissions.put_item),
            sources=[*sources, *self.answer.fields.values()],
            answer=self.answer.bound_to(route),
            failures=table_failures({"ConditionalCheckFailed": self.conflict}),
        )
