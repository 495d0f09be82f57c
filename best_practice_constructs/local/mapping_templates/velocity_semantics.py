"""Makes airspeed's parsed templates behave as API Gateway's Velocity does.

The engine evaluates its tree with Python's notions: a value's Python attributes can be reached, zero and empty texts
are false, both sides of ``&&`` are evaluated, a map is looped over by its keys. Each element of a tree is given
Velocity's notion instead, on the instance, so that the engine stays untouched for everyone else.

What was recorded of API Gateway itself (by the engine's own tests, in 2023 and later) decides where it differs from
Velocity: an undefined reference prints nothing, and counts as true in a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MethodType
from typing import TextIO, cast

from airspeed import operators as velocity

from best_practice_constructs.local.mapping_templates.calculation import Calculated, Calculation, Element, is_true
from best_practice_constructs.local.mapping_templates.java_methods import call_method, element_of, property_of
from best_practice_constructs.local.mapping_templates.java_values import JavaList, JavaMap, text_of


def apply_velocity_semantics(root: Element) -> None:
    """Change the elements of a parsed template.

    :param root: the template's body.
    :raises ValueError: the template uses what API Gateway does not run.
    """
    seen: set[int] = set()
    waiting: list[object] = [root]
    while waiting:
        element = waiting.pop()
        if id(element) in seen:
            continue
        seen.add(id(element))
        # Before the change, which replaces what leads to some children.
        waiting.extend(_children(element))
        for kind, change in _CHANGES.items():
            if isinstance(element, kind):
                change(element)


def _children(element: object) -> Iterator[object]:
    for value in vars(element).values():
        yield from _elements_of(value)


def _elements_of(value: object) -> Iterator[object]:
    if isinstance(value, velocity._Element):  # noqa: SLF001 -- the engine's base class has no public name
        yield value
    elif isinstance(value, list | tuple):
        for entry in cast("Iterable[object]", value):
            yield from _elements_of(entry)
    elif isinstance(value, Mapping):
        for key, entry in cast("Mapping[object, object]", value).items():
            yield from _elements_of(key)
            yield from _elements_of(entry)
    elif isinstance(value, MethodType):
        # Some elements keep a child's bound method and not the child.
        yield from _elements_of(value.__self__)


def _give(element: object, **attributes: object) -> None:
    vars(element).update(attributes)


def _name_or_call(element: velocity.NameOrCall) -> None:
    def calculate(owner: object, loader: object, namespace: object) -> object:
        arguments = None if element.parameters is None else element.parameters.calculate(namespace, loader)
        if isinstance(owner, velocity.LocalNamespace):
            value = _variable(owner, element, loader)
        elif arguments is None:
            value = property_of(owner, element.name)
        else:
            value = call_method(owner, element.name, cast("Sequence[object]", arguments))
        if element.index is None:
            return value
        return element_of(value, element.index.calculate(namespace, loader))

    _give(element, calculate=calculate)


def _variable(namespace: velocity.LocalNamespace, element: velocity.NameOrCall, loader: object) -> object:
    try:
        value: object = namespace[element.name]
    except KeyError:
        return None
    if not isinstance(value, velocity.DefineDefinition):
        return value
    stream = velocity.StoppableStream()
    value.execute_function(stream, namespace, [], loader)
    # API Gateway prints the parentheses behind it.
    parameters = cast("Element | None", element.parameters)
    return stream.getvalue() + (parameters.my_text() if parameters else "")


def _sub_expression(element: velocity.SubExpression) -> None:
    if not isinstance(element.expression, velocity.ArrayIndex):
        return

    def calculate(owner: object, loader: object, namespace: object) -> object:
        value = element_of(owner, element.expression.calculate(namespace, loader))
        return element.subexpression.calculate(value, loader, namespace) if element.subexpression else value

    _give(element, calculate=calculate)


def _reference(element: velocity.FormalReference) -> None:
    if element.alternate is not None:
        raise ValueError(f"API Gateway knows no alternate values: {element.my_text()}")
    expression = cast("Calculated | None", element.expression)
    if expression is None:
        return

    def calculate(namespace: object, loader: object) -> object:
        value = expression.calculate(namespace, loader)
        return "" if value is None else value

    def evaluate_raw(stream: TextIO, namespace: object, loader: object) -> None:
        stream.write(text_of(calculate(namespace, loader)))

    _give(element, calculate=calculate, evaluate_raw=evaluate_raw)


def _later(child: Calculated) -> Callable[[object, object], object]:
    # The child's own method is changed too, maybe after its parent's.
    def calculate(namespace: object, loader: object) -> object:
        return child.calculate(namespace, loader)

    return calculate


def _parentheses(element: velocity.ParenthesizedExpression) -> None:
    inner = cast("Calculated", getattr(element.calculate, "__self__", None))
    _give(element, calculate=_later(inner))


def _condition(element: velocity.Condition) -> None:
    _give(element, calculate=lambda namespace, loader: is_true(element.expression.calculate(namespace, loader)))


def _else_if(element: velocity.ElseifBlock) -> None:
    _give(element, calculate=_later(cast("Calculated", element.condition)))


def _negation(element: velocity.UnaryOperatorValue) -> None:
    _give(element, calculate=lambda namespace, loader: not is_true(element.value.calculate(namespace, loader)))


def _array(element: velocity.ArrayLiteral) -> None:
    inner = element.values if not isinstance(element.values, list) else element
    values = cast("Calculated", inner)
    _give(
        element,
        calculate=lambda namespace, loader: JavaList(cast("Iterable[object]", values.calculate(namespace, loader))),
    )


def _dictionary(element: velocity.DictionaryLiteral) -> None:
    def calculate(namespace: object, loader: object) -> JavaMap:
        pairs = cast("Mapping[Calculated, Calculated]", element.local_data)
        return JavaMap(
            {
                text_of(key.calculate(namespace, loader)): value.calculate(namespace, loader)
                for key, value in pairs.items()
            }
        )

    _give(element, calculate=calculate)


class _LoopedOver:
    def __init__(self, value: Calculated) -> None:
        self._value = value

    def calculate(self, namespace: object, loader: object) -> list[object]:
        value = self._value.calculate(namespace, loader)
        if isinstance(value, Mapping):
            return list(cast("Mapping[str, object]", value).values())
        return cast("list[object]", value) if isinstance(value, list) else []


def _loop(element: velocity.ForeachDirective) -> None:
    _give(element, value=_LoopedOver(cast("Calculated", element.value)))


def _expression(element: velocity.Expression) -> None:
    terms = cast("list[Calculated]", element.expression)

    def calculate(namespace: object, loader: object) -> object:
        return Calculation(terms, namespace=namespace, loader=loader).result()

    _give(element, calculate=calculate)


def _block(element: velocity.Block) -> None:
    for child, following in pairwise(cast("list[Element]", element.children)):
        if isinstance(child, velocity.Text) and isinstance(following, velocity.FormalReference):
            # Before a reference two backslashes are one.
            bare = child.text.rstrip("\\")
            _give(child, text=bare + "\\" * ((len(child.text) - len(bare)) // 2))


def _refuse(element: Element) -> None:
    raise ValueError(
        "API Gateway runs no macros and none of #include, #parse, #evaluate and #return: "
        f"{element.my_text()[:60]!r} is printed as it stands, or refused."
    )


_CHANGES: Mapping[type, Callable[..., None]] = {
    velocity.NameOrCall: _name_or_call,
    velocity.SubExpression: _sub_expression,
    velocity.FormalReference: _reference,
    velocity.ParenthesizedExpression: _parentheses,
    velocity.Condition: _condition,
    velocity.ElseifBlock: _else_if,
    velocity.UnaryOperatorValue: _negation,
    velocity.ArrayLiteral: _array,
    velocity.DictionaryLiteral: _dictionary,
    velocity.ForeachDirective: _loop,
    velocity.Expression: _expression,
    velocity.Block: _block,
    velocity.MacroDefinition: _refuse,
    velocity.MacroCall: _refuse,
    velocity.IncludeDirective: _refuse,
    velocity.ParseDirective: _refuse,
    velocity.EvaluateDirective: _refuse,
}
