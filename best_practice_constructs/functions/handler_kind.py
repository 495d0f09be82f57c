"""Which decorator of the runtime made a handler, and which constructs invoke such a handler."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from constructs import IConstruct

from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.functions.module_source import ImportedObject, ModuleSource, find_definition

_PACKAGE = "best_practice_constructs."
_RUNTIME = f"{_PACKAGE}runtime."


@dataclass(frozen=True, kw_only=True)
class HandlerKind:
    """A kind of handler.

    :param decorator: the decorator of the runtime that makes it.
    :param reads: what it reads.
    :param constructs: the constructs that invoke it with that; the first one is proposed.
    """

    decorator: str
    reads: str
    constructs: tuple[str, ...]


_KINDS = {
    kind.decorator: kind
    for kind in (
        HandlerKind(
            decorator="queue_consumer",
            reads="messages of a queue",
            constructs=("IdempotentQueueConsumer", "TopicConsumer"),
        ),
        HandlerKind(decorator="stream_consumer", reads="records of a stream", constructs=("StreamConsumer",)),
        HandlerKind(decorator="change_publisher", reads="changes of a table", constructs=("ChangePublisher",)),
        HandlerKind(
            decorator="async_event_consumer",
            reads="one event at a time",
            constructs=("AsyncFunctionConsumer",),
        ),
        HandlerKind(decorator="api_handler", reads="requests of an API", constructs=("ProvisionedApi",)),
    )
}
_API = "ProvisionedApi"
_PLAIN = HandlerKind(
    decorator="",
    reads="whatever it is invoked with",
    # Windows of a stream need one, for it returns their state.
    constructs=("SinglePurposeFunction", _API, "StreamConsumer"),
)
_CONSUMERS = {construct for kind in _KINDS.values() for construct in kind.constructs} - {_API}
# The id of a consumer that a construct of the library makes.
_PART = "Consumer"


@dataclass(frozen=True, kw_only=True)
class FoundHandler:
    """A handler that a decorator of the runtime made, or none at all, as far as its source tells.

    :param kind: what made it.
    :param module: the module where it is made.
    :param definition: the function, or the call that makes it.
    """

    kind: HandlerKind
    module: ModuleSource
    definition: ast.FunctionDef | ast.AsyncFunctionDef | ast.Call

    @property
    def decorated_kind(self) -> HandlerKind | None:
        """Which decorator of the runtime made it, or ``None``."""
        return None if self.kind is _PLAIN else self.kind


def found_handler(module: ModuleSource, function: str) -> FoundHandler | None:
    """Give what made a handler; ``None`` where it cannot be known."""
    found = find_definition(module, function)
    if found is None:
        return None
    where, binding = found
    if isinstance(binding, ast.FunctionDef | ast.AsyncFunctionDef):
        # What stands above another decorator decides what is invoked.
        kind = _kind_of(where, binding.decorator_list[0]) if binding.decorator_list else _PLAIN
        return FoundHandler(kind=kind, module=where, definition=binding) if kind is not None else None
    if isinstance(binding, ImportedObject | ast.ClassDef) or not isinstance(binding.value, ast.Call):
        return None
    kind = _kind_of(where, binding.value)
    return FoundHandler(kind=kind, module=where, definition=binding.value) if kind is not None else None


def check_handler_of_consumer(scope: IConstruct, kind: HandlerKind | None, *, handler: str) -> None:
    """Refuse a handler that reads something else than what ``scope`` invokes it with.

    A construct without a kind of handler of its own, such as one of the user's, may hold any.

    :param scope: the construct whose function it is.
    :param kind: of the handler; ``None`` where it is not known.
    :param handler: as it was given.
    :raises InvalidArgumentError: no invocation would succeed.
    """
    construct = _consumer_name(scope)
    if kind is None or construct is None or construct in kind.constructs:
        return
    above = scope.node.scope
    # A consumer that is the part of another one is not what the user has written.
    outer = _consumer_name(above) if above is not None and scope.node.id == _PART else None
    if outer is None or above is None:
        raise _refusal(scope, kind, handler=handler, construct=construct)
    if outer not in kind.constructs:
        raise _refusal(above, kind, handler=handler, construct=outer)


def check_handler_of_api(scope: IConstruct, kind: HandlerKind | None, *, handler: str) -> None:
    """Refuse a function of a route whose handler reads no requests.

    :param scope: the API.
    :raises InvalidArgumentError: no request would be answered.
    """
    if kind is not None and _API not in kind.constructs:
        raise _refusal(scope, kind, handler=handler, construct=_API)


def _refusal(scope: IConstruct, kind: HandlerKind, *, handler: str, construct: str) -> InvalidArgumentError:
    wanted = next(each for each in _KINDS.values() if construct in each.constructs)
    if kind is _PLAIN:
        return InvalidArgumentError(
            scope,
            given=f"handler={handler!r}, a function without a decorator,",
            reason=f"{_with_article(construct)} invokes it with {wanted.reads}, and nothing would see to it that each "
            "is handled once, comes again where it failed, and ends among the dead letters with its cause (H2, H6)",
            remedy=f"put @{wanted.decorator} of best_practice_constructs.runtime above it, or hand it to "
            f"{_with_article(kind.constructs[0])}",
        )
    return InvalidArgumentError(
        scope,
        given=f"handler={handler!r}, which runtime.{kind.decorator} makes,",
        reason=f"it reads {kind.reads}, and {_with_article(construct)} invokes it with {wanted.reads}: no invocation "
        "would succeed",
        remedy=f"make it with runtime.{wanted.decorator}, or hand it to {_with_article(kind.constructs[0])}",
    )


def _with_article(construct: str) -> str:
    name = f"route of a {construct}" if construct == _API else construct
    return f"{'an' if name[0] in 'AI' else 'a'} {name}"


def _kind_of(module: ModuleSource, expression: ast.expr) -> HandlerKind | None:
    origin = module.origin_of(expression)
    if origin is None or not origin.startswith(_RUNTIME):
        return None
    return _KINDS.get(origin.rpartition(".")[2])


def _consumer_name(scope: IConstruct) -> str | None:
    for each in type(scope).__mro__:
        if each.__name__ in _CONSUMERS and each.__module__.startswith(_PACKAGE):
            return each.__name__
    return None
