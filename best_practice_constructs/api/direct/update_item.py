"""A route that changes an item of a table (S1)."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_dynamodb as dynamodb

from best_practice_constructs.api.direct.answer_fields import preambles, source_list
from best_practice_constructs.api.direct.body_attributes import body_attributes, whole_body
from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.item_answer import item_node
from best_practice_constructs.api.direct.problem_answers import CONFLICT, NOT_FOUND, ProblemAnswer
from best_practice_constructs.api.direct.service_call import DirectIntegration, ServiceAnswer, ServiceCall
from best_practice_constructs.api.direct.table_access import (
    TableSchema,
    key_of,
    placeholders,
    source_attribute,
    table_failures,
    table_headers,
    table_name,
    table_permissions,
)
from best_practice_constructs.api.mapping.json_pieces import Member, json_object, json_text
from best_practice_constructs.api.mapping.template_node import Assign, Choice, Node, Text, Value, joined
from best_practice_constructs.api.mapping.value_sources import ValueSource, is_there
from best_practice_constructs.permissions import dynamodb as dynamodb_permissions


class UpdateItem(DirectIntegration):
    """Changes an item of a table: 404 where there is none, 409 where it is not what it has to be (S1).

    The route's role may do ``dynamodb:UpdateItem`` on this table, and use its key where it has one of yours. Fields of
    the body that are optional and missing stay as they are.

    :param table: the table.
    :param key: the key's attributes by name.
    :param attributes: more attributes that are set, such as ``{"changed_at": RequestTime()}``; they come before fields
        of the body with the same name.
    :param with_body: whether the body's fields are written, default ``True``.
    :param only_if: attributes that must have the value of a source, such as ``{"version": BodyField("version")}``.
    :param answer: a dataclass: the item as it is afterwards, read as ``GetItem`` reads it.
    :param not_found: what is answered with 404, as a sentence.
    :param conflict: what is answered with 409, as a sentence.

    :raises InvalidArgumentError: when it is routed to: not the table's key, nothing that is changed, a field that
        templates cannot write, a source that the requests do not have.

    Sources: DynamoDB API reference, *UpdateItem*; API Gateway developer guide, *AWS integrations*; talk 10:41.

    ```python
    from dataclasses import dataclass

    from aws_cdk import App, Stack
    from aws_cdk import aws_dynamodb as dynamodb
    from best_practice_constructs import PathParameter, ProvisionedApi, UpdateItem


    @dataclass(frozen=True, kw_only=True)
    class Product:
        name: str


    stack = Stack(App(), "Shop")
    key = dynamodb.Attribute(name="product_id", type=dynamodb.AttributeType.STRING)
    products = dynamodb.Table(stack, "Products", partition_key=key)
    api = ProvisionedApi(stack, "Api")
    api.patch(
        "/products/{product_id}",
        UpdateItem(products, key={"product_id": PathParameter("product_id")}, answer=Product),
        body=Product,
    )
    ```
    """

    def __init__(
        self,
        table: dynamodb.ITable,
        *,
        key: Mapping[str, ValueSource],
        answer: type,
        attributes: Mapping[str, ValueSource] | None = None,
        with_body: bool = True,
        only_if: Mapping[str, ValueSource] | None = None,
        not_found: str = NOT_FOUND.detail,
        conflict: str = CONFLICT.detail,
    ) -> None:
        self.table = table
        self.key = key
        self.attributes = attributes or {}
        self.with_body = with_body
        self.only_if = only_if or {}
        self.answer = answer
        self.not_found = ProblemAnswer(status=404, title=NOT_FOUND.title, detail=not_found)
        self.conflict = ProblemAnswer(status=409, title=CONFLICT.title, detail=conflict)

    def call(self, route: DirectRoute) -> ServiceCall:
        """Give the call; see :class:`DirectIntegration`."""
        key = key_of(route, self.key, TableSchema.of(self.table))
        changes = self._changes(route)
        expected = {name: source_attribute(route, source) for name, source in self.only_if.items()}
        sources = source_list(self.key, self.attributes, self.only_if)
        first_key = next(iter(self.key))
        names = placeholders([first_key, *self.only_if, *changes])
        conditions = [f"attribute_exists({names[first_key]})"]
        conditions += [f"{names[name]} = :e{index}" for index, name in enumerate(self.only_if)]
        always = {first_key, *self.only_if}
        used = {name: Member(value=json_text(name), condition=_condition(changes, name, always)) for name in names}
        values: dict[str, Member | Node] = {f":e{index}": node for index, node in enumerate(expected.values())}
        values |= {f":v{names[name][2:]}": change for name, change in changes.items()}
        shape = route.shape(self.answer, given=f"answer={self.answer.__name__}")
        return ServiceCall(
            service="dynamodb",
            action="UpdateItem",
            region=self.table.env.region,
            parameters=table_headers("UpdateItem"),
            template=joined(
                preambles([*sources, *whole_body(route)]),
                json_object(
                    {
                        "TableName": table_name(self.table),
                        "Key": key,
                        "UpdateExpression": _update_expression(changes, names),
                        "ConditionExpression": json_text(" AND ".join(conditions)),
                        "ExpressionAttributeNames": json_object(
                            {names[name]: each for name, each in used.items()}, separator="nameSeparator"
                        ),
                        "ExpressionAttributeValues": json_object(values, separator="valueSeparator"),
                        "ReturnValues": json_text("ALL_NEW"),
                        "ReturnValuesOnConditionCheckFailure": json_text("ALL_OLD"),
                    }
                ),
            ),
            permissions=table_permissions(self.table, dynamodb_permissions.update_item),
            sources=sources,
            answer=ServiceAnswer(
                status=200,
                template=joined(
                    Assign("answer", "$input.path('$')"),
                    item_node(route, shape, "answer.get('Attributes')", of=self.answer),
                ),
            ),
            failures=table_failures(
                {
                    # The item comes with the refusal, if there is one.
                    "ConditionalCheckFailed": Choice(
                        is_there(Value("answer.get('Item')")), self.conflict.answer(), self.not_found.answer()
                    )
                }
            ),
        )

    def _changes(self, route: DirectRoute) -> dict[str, Member]:
        changes: dict[str, Member] = dict(body_attributes(route, why="UpdateItem")) if self.with_body else {}
        for name, source in self.attributes.items():
            changes[name] = Member(value=source_attribute(route, source))
        changes = {name: change for name, change in changes.items() if name not in self.key}
        if not changes:
            raise route.refusal("UpdateItem", "nothing would be changed", "pass attributes=…, or a body with fields")
        if all(change.condition is not None for change in changes.values()):
            raise route.refusal(
                "UpdateItem with optional fields alone",
                "a request without any of them would change nothing, which DynamoDB refuses",
                "add an attribute that is always set, such as attributes={'changed_at': RequestTime()}",
            )
        return changes


def _condition(changes: Mapping[str, Member], name: str, always: set[str]) -> str | None:
    return None if name in always else changes[name].condition


def _update_expression(changes: Mapping[str, Member], names: Mapping[str, str]) -> Node:
    parts: list[Node | str] = ['"SET ']
    ordered = sorted(changes.items(), key=lambda item: item[1].condition is not None)
    for index, (name, change) in enumerate(ordered):
        # In JSON, as a number sign begins a directive in templates.
        placeholder = names[name].replace("#", "\\u0023")
        text = Text(f"{', ' if index else ''}{placeholder} = :v{names[name][2:]}")
        parts.append(text if change.condition is None else Choice(change.condition, text))
    return joined(*parts, '"')
