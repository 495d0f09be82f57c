"""What part of an event a route may hand on (E5, E7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from aws_cdk import Annotations
from aws_cdk import aws_events as events
from constructs import Construct

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.consumers.async_function_consumer import AsyncFunctionConsumer
from best_practice_constructs.consumers.idempotent_queue_consumer import IdempotentQueueConsumer
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.api_destination_target import ApiDestinationTarget
from best_practice_constructs.runtime.event_type import EventDeclaration

INCOMPLETE = "best-practice-constructs:claim-check-left-out"
_DATA = ["$", "detail", "data"]


def check_input(
    bus: Construct,
    to: object,
    event: EventDeclaration | None,
    *,
    input_path: str | None,
    input_transformer: events.CfnRule.InputTransformerProperty | None,
) -> None:
    """Refuse a part of the event that cannot be had, and warn of one that is sometimes less.

    :param event: what was declared of it.
    :raises InvalidArgumentError: a path that is none, a part of what may be put aside, or a part for a consumer that
        reads all of it.
    """
    if input_path is not None and input_transformer is not None:
        raise InvalidArgumentError(
            bus,
            given="input_path with input_transformer",
            reason="EventBridge takes one of them",
            remedy="leave one out",
        )
    if input_path is not None and not input_path.startswith("$"):
        raise InvalidArgumentError(
            bus,
            given=f"input_path={input_path!r}",
            reason="a path begins at the event, which is $",
            remedy=f"write input_path={f'$.{input_path}'!r}",
        )
    if isinstance(to, IdempotentQueueConsumer | AsyncFunctionConsumer) and (
        input_path is not None or input_transformer is not None
    ):
        raise InvalidArgumentError(
            bus,
            given=f"a part of the event for an {type(to).__name__}",
            reason="it reads the metadata and the data of the whole event, and finds its idempotency key there",
            remedy="leave input_path and input_transformer out",
        )
    if isinstance(to, ApiDestinationTarget) and to.makes_body and (input_path or input_transformer):
        raise InvalidArgumentError(
            bus,
            given="a part of the event for an ApiDestinationTarget with a body",
            reason="EventBridge takes one of them",
            remedy="leave input_path and input_transformer out, or the target's body",
        )
    if event is not None and event.claim_check:
        for given, path in _paths(input_path, input_transformer):
            _check_stays(bus, event, given=given, path=path)


def _paths(
    input_path: str | None, input_transformer: events.CfnRule.InputTransformerProperty | None
) -> list[tuple[str, str]]:
    if input_path is not None:
        return [(f"input_path={input_path!r}", input_path)]
    mapped: object = input_transformer.input_paths_map if input_transformer is not None else None
    if not isinstance(mapped, Mapping):
        return []
    return [
        (f"input_transformer with {name!r}: {path!r}", path)
        for name, path in cast("Mapping[str, object]", mapped).items()
        if isinstance(path, str)
    ]


def _check_stays(bus: Construct, event: EventDeclaration, *, given: str, path: str) -> None:
    # A path may have brackets: $.detail.data['lines'], $.detail.data.lines[0].
    steps = [step.strip("'\"") for step in path.replace("[", ".").replace("]", "").split(".") if step]
    if steps[:3] != _DATA:
        return
    if len(steps) == 3:
        if getattr(bus, "claim_check", None) is not None:
            Annotations.of(bus).add_warning_v2(
                INCOMPLETE,
                f"{path_of(bus)} routes {event.detail_type} with {given}. When it is large, "
                f"{' and '.join(event.claim_check)} may be put aside (claim_check): they are missing then, and the "
                "target does not see it. Route the whole event, or acknowledge this warning where the target does not "
                "need them.",
            )
    elif steps[3] in event.claim_check:
        raise InvalidArgumentError(
            bus,
            given=f"{given} of {event.detail_type}",
            reason=f"{steps[3]!r} is put aside when the event is large (claim_check), where EventBridge does not see "
            "it",
            remedy="hand on the whole event, or a field that stays in it",
        )
