"""A route that lists the items of one partition of a table, page by page (S1)."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_dynamodb as dynamodb

from best_practice_constructs.api.direct.answer_fields import preambles
from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.item_answer import item_node
from best_practice_constructs.api.direct.service_call import DirectIntegration, ServiceAnswer, ServiceCall
from best_practice_constructs.api.direct.table_access import (
    TableSchema,
    expression_names,
    key_of,
    placeholders,
    source_attribute,
    table_failures,
    table_headers,
    table_name,
    table_permissions,
)
from best_practice_constructs.api.mapping.attribute_writing import attribute
from best_practice_constructs.api.mapping.escaping import json_string
from best_practice_constructs.api.mapping.json_pieces import Member, json_literal, json_object, json_text
from best_practice_constructs.api.mapping.template_node import Assign, Choice, Loop, Node, Text, Value, joined
from best_practice_constructs.api.mapping.value_sources import ValueSource, checked_name, is_there
from best_practice_constructs.permissions import dynamodb as dynamodb_permissions

_MOST_ITEMS = 1000


class QueryItems(DirectIntegration):
    """Answers with the items of one partition of a table, page by page (S1).

    The route's role may do ``dynamodb:Query`` on this table, and use its key where it has one of yours. The answer is
    ``{"items": […], "next": …}``: ``next`` is the sort key to ask with for the next page (``?after=…``), or ``null``.

    :param table: a table with a sort key.
    :param key: the partition key by name, such as ``{"customer": Claim("sub")}``.
    :param answer: a dataclass: the fields of each item, read as ``GetItem`` reads them.
    :param limit: items on a page, 1 to 1,000; default 100. DynamoDB ends a page at 1 MB, too.
    :param newest_first: whether to read the sort keys downward; default ``False``.
    :param after: the query parameter with which the next page is asked for; default ``"after"``.
    :param sort_key: the name of the sort key; default: the table's, where it is made in the same app.
    :param consistent_read: default ``False``: half the price, and perhaps a second old.

    :raises InvalidArgumentError: when it is routed to: not the table's partition key, no sort key, a limit out of
        range, a field that templates cannot write, a source that the requests do not have.

    Sources: DynamoDB API reference, *Query*; API Gateway developer guide, *AWS integrations*, *Quotas* (loops of
    templates end after 1,000 rounds); talk 10:41.

    ```python
    from dataclasses import dataclass

    from aws_cdk import App, Stack
    from aws_cdk import aws_dynamodb as dynamodb
    from best_practice_constructs import PathParameter, ProvisionedApi, QueryItems


    @dataclass(frozen=True, kw_only=True)
    class Review:
        written_at: str
        text: str


    stack = Stack(App(), "Shop")
    text = dynamodb.AttributeType.STRING
    reviews = dynamodb.Table(
        stack,
        "Reviews",
        partition_key=dynamodb.Attribute(name="product_id", type=text),
        sort_key=dynamodb.Attribute(name="written_at", type=text),
    )
    api = ProvisionedApi(stack, "Api")
    api.get(
        "/products/{product_id}/reviews",
        QueryItems(reviews, key={"product_id": PathParameter("product_id")}, answer=Review, newest_first=True),
    )
    ```
    """

    def __init__(
        self,
        table: dynamodb.ITable,
        *,
        key: Mapping[str, ValueSource],
        answer: type,
        limit: int = 100,
        newest_first: bool = False,
        after: str = "after",
        sort_key: str | None = None,
        consistent_read: bool = False,
    ) -> None:
        self.table = table
        self.key = key
        self.answer = answer
        self.limit = limit
        self.newest_first = newest_first
        self.after = after
        self.sort_key = sort_key
        self.consistent_read = consistent_read

    def call(self, route: DirectRoute) -> ServiceCall:
        """Give the call; see :class:`DirectIntegration`."""
        if not 1 <= self.limit <= _MOST_ITEMS:
            raise route.refusal(
                f"limit={self.limit}", f"a template's loop ends after {_MOST_ITEMS} rounds", f"pass 1 to {_MOST_ITEMS}"
            )
        schema = TableSchema.of(self.table)
        key_of(route, self.key, schema, partial=True)
        types = schema.types if schema is not None else {}
        sort_key = self.sort_key or next(iter(list(types)[1:]), None)
        if sort_key is None or len(self.key) != 1:
            raise route.refusal(
                f"key={{{', '.join(map(repr, self.key))}}}" if sort_key else "QueryItems of a table without a sort key",
                "what is listed are the items of one partition, by their sort keys",
                "map the partition key alone" if sort_key else "use GetItem, or say sort_key='…' if it has one",
            )
        ((partition_key, source),) = self.key.items()
        partition = source_attribute(route, source, types.get(partition_key))
        descriptor = types.get(sort_key, "S")
        after = self._after(route)
        start = json_object({partition_key: partition, sort_key: attribute(descriptor, json_string(after))})
        shape = route.shape(self.answer, given=f"answer={self.answer.__name__}")
        names = placeholders([partition_key, *shape.members])
        projection = ",".join(names[name] for name in shape.members)
        return ServiceCall(
            service="dynamodb",
            action="Query",
            region=self.table.env.region,
            parameters=table_headers("Query"),
            template=joined(
                preambles([source]),
                json_object(
                    {
                        "TableName": table_name(self.table),
                        "KeyConditionExpression": json_text(f"{names[partition_key]} = :partition"),
                        "ExpressionAttributeValues": json_object({":partition": partition}),
                        "ProjectionExpression": json_text(projection),
                        "ExpressionAttributeNames": expression_names(names),
                        "ConsistentRead": json_literal(self.consistent_read),
                        "ScanIndexForward": json_literal(not self.newest_first),
                        "Limit": json_literal(self.limit),
                        "ExclusiveStartKey": Member(value=start, condition=is_there(after)),
                    }
                ),
            ),
            permissions=table_permissions(self.table, dynamodb_permissions.query),
            sources=[source],
            answer=ServiceAnswer(
                status=200,
                template=joined(
                    Assign("answer", "$input.path('$')"),
                    '{"items":[',
                    Loop("item", "answer.get('Items')", item_node(route, shape, "item", of=self.answer)),
                    '],"next":',
                    _next(sort_key, descriptor),
                    "}",
                ),
            ),
            failures=table_failures(),
            optional_parameters=[f"method.request.querystring.{self.after}"],
        )

    def _after(self, route: DirectRoute) -> Value:
        """Give the sort key after which the page begins, which is missing for the first one."""
        try:
            name = checked_name(self.after)
        except ValueError as error:
            raise route.refusal(f"after={self.after!r}", str(error), "use a plain name") from error
        return Value(f"input.params().querystring.get('{name}')")


def _next(sort_key: str, descriptor: str) -> Node:
    last = Value(f"answer.get('LastEvaluatedKey').get('{sort_key}').get('{descriptor}')")
    return Choice(is_there(last), json_string(last), Text("null"))
