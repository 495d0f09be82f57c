"""The answer that is made of an item."""

from __future__ import annotations

from collections.abc import Mapping

from best_practice_constructs.api.direct.answer_fields import in_quotes, preambles
from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.problem_answers import ProblemAnswer
from best_practice_constructs.api.direct.service_call import ServiceAnswer
from best_practice_constructs.api.mapping.attribute_reading import read_item
from best_practice_constructs.api.mapping.field_shape import FieldShape, UnmappableFieldError
from best_practice_constructs.api.mapping.template_node import Assign, Choice, Node, Value, joined
from best_practice_constructs.api.mapping.value_sources import ValueSource, checked_name, is_there


def item_node(route: DirectRoute, shape: FieldShape, reference: str, *, of: type) -> Node:
    """Give what writes an item as JSON.

    :param reference: the expression of the item.
    :param of: the class, for the error.
    :raises InvalidArgumentError: a field that templates cannot write.
    """
    try:
        return read_item(shape, reference)
    except UnmappableFieldError as error:
        raise route.refusal(
            f"answer={of.__name__}", str(error), "declare its type, or store it as JSON text"
        ) from error


def item_answer(
    route: DirectRoute,
    shape: FieldShape,
    *,
    of: type,
    item: str,
    only_if: Mapping[str, ValueSource],
    not_found: ProblemAnswer,
) -> ServiceAnswer:
    """Give the answer with an item, or that there is none.

    :param item: the member of DynamoDB's answer that holds it.
    :param only_if: attributes that must be what a source gives.
    """
    for source in only_if.values():
        route.check(source, in_answer=True)
    reference = f"answer.get('{item}')"
    template: Node = item_node(route, shape, reference, of=of)
    for name, source in only_if.items():
        expected = Value("expected")
        assign = Assign(expected.expression, in_quotes(source.text()))
        stored = f"\"$!{{{reference}.get('{checked_name(name)}').get('S')}}\""
        # Nobody owns what has no owner: an empty value equals nothing.
        same = f'{is_there(expected)} && {stored} == "$!{{{expected.expression}}}"'
        template = joined(assign, Choice(same, template, not_found.answer()))
    return ServiceAnswer(
        status=200,
        template=joined(
            preambles(only_if.values()),
            Assign("answer", "$input.path('$')"),
            Choice(is_there(Value(reference)), template, not_found.answer()),
        ),
    )
