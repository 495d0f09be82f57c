"""What a handler's parameters are annotated with, and so what each of them stands for."""

from __future__ import annotations

import inspect
import sys
import typing
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, TypeVar

from best_practice_constructs.runtime.errors import InvalidHandlerError, UndeclaredEventError
from best_practice_constructs.runtime.event_type import event_declaration

if TYPE_CHECKING:
    from best_practice_constructs.runtime.decorator_arguments import HandlerDecorator

MeaningT = TypeVar("MeaningT")
Refusal = Callable[[str, str], InvalidHandlerError]
"""Makes the error of a parameter, given its name and why it cannot be given."""


def parameters_by_annotation(
    handler: Callable[..., object],
    *,
    known: Mapping[str, object],
    meaning_of: Callable[[object], MeaningT | None],
    refusal: Refusal,
    decorator: HandlerDecorator | None = None,
) -> dict[str, MeaningT]:
    """Say of each parameter of the handler what it stands for.

    A parameter with a default and an annotation without a meaning keeps its default.

    :param known: types by their names, which are known even where a module imports them under ``TYPE_CHECKING`` only.
    :param meaning_of: what an annotation stands for, if anything.
    :param decorator: what the handler is decorated with, where it names no class and could.
    :raises InvalidHandlerError: the handler is async, or a parameter cannot be given.
    """
    if inspect.iscoroutinefunction(handler):
        raise InvalidHandlerError(
            f"{handler_name(handler)} is async, and Lambda calls handlers synchronously: write def."
        )
    meanings: dict[str, MeaningT] = {}
    for parameter in _signature(handler).parameters.values():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise refusal(parameter.name, "is not given by its name: write it without *, ** and /")
        annotation = _annotation(handler, parameter, known=known, refusal=refusal)
        meaning = meaning_of(annotation)
        if meaning is not None:
            meanings[parameter.name] = meaning
        elif parameter.default is parameter.empty:
            raise refusal(parameter.name, _why_unknown(annotation, decorator))
    return meanings


def handler_name(handler: Callable[..., object]) -> str:
    """Return the name by which errors call the handler."""
    return f"{getattr(handler, '__module__', '?')}.{getattr(handler, '__qualname__', repr(handler))}"


def mentions(handler: Callable[..., object], name: str) -> bool:
    """Tell whether an annotation of the handler is, or may stand for, a class of this name."""
    annotations = [parameter.annotation for parameter in _signature(handler).parameters.values()]
    if any(name in str(annotation) for annotation in annotations):
        return True
    # It may be imported under another name.
    written = {annotation for annotation in annotations if isinstance(annotation, str)}
    # What is built in has none.
    found = getattr(inspect.unwrap(handler), "__globals__", {})
    return any(getattr(found.get(annotation), "__name__", None) == name for annotation in written)


def _signature(handler: Callable[..., object]) -> inspect.Signature:
    if sys.version_info >= (3, 14):
        # Annotations are evaluated late there, and names that only type checkers import would be an error.
        import annotationlib

        return inspect.signature(handler, annotation_format=annotationlib.Format.FORWARDREF)
    return inspect.signature(handler)


def _annotation(
    handler: Callable[..., object], parameter: inspect.Parameter, *, known: Mapping[str, object], refusal: Refusal
) -> object:
    written = parameter.annotation
    if isinstance(written, typing.ForwardRef):
        written = written.__forward_arg__
    if not isinstance(written, str):
        return written
    names = {**known, **inspect.unwrap(handler).__globals__}
    try:
        holder = SimpleNamespace(__annotations__={"it": written})
        return typing.get_type_hints(holder, globalns=names)["it"]
    except NameError as error:
        raise refusal(parameter.name, f"has an annotation that cannot be found ({error})") from error


def _why_unknown(annotation: object, decorator: HandlerDecorator | None) -> str:
    if annotation is inspect.Parameter.empty:
        return "has no annotation that says what to give"
    if decorator is not None and _is_event(annotation):
        return f"is an event that {decorator.name} does not name: write {decorator.with_class(annotation)}"
    name = annotation.__qualname__ if isinstance(annotation, type) else annotation
    return f"is of the type {name}, which is not known here"


def _is_event(annotation: object) -> bool:
    if not isinstance(annotation, type):
        return False
    try:
        event_declaration(annotation)
    except UndeclaredEventError:
        return False
    return True
