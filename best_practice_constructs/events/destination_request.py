"""The request that a partner gets of each event: body, headers, path and query, checked against its class (S6, E4)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from aws_cdk import aws_events as events
from constructs import Construct

from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.errors import InvalidArgumentError, named
from best_practice_constructs.events.destination_checks import check_header_name
from best_practice_constructs.events.event_value import DATA, METADATA, BodyValue, EventValue
from best_practice_constructs.events.pattern_checks import ENVELOPE
from best_practice_constructs.runtime.event_fields import EventField, UnknownFieldError, find_field
from best_practice_constructs.runtime.event_metadata import EventMetadata
from best_practice_constructs.runtime.event_type import EventDeclaration
from best_practice_constructs.runtime.secret_names import looks_secret

_MOST_CHARACTERS = 8192
_MOST_PATHS = 100
_MOST_IN_PARAMETER = 512
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_HEADER_VALUE = re.compile(r"[ \t]*[\x20-\x7E]+([ \t]+[\x20-\x7E]+)*[ \t]*")
_DECLARED_ID = EventValue(path=(*METADATA, "event_id"))
_ID = EventValue(path=("id",))
_MANY_VALUES = (("resources",), ("detail",), DATA, METADATA)


@dataclass(frozen=True, kw_only=True)
class RequestParts:
    """What a request is put together from, as the user of an ``ApiDestinationTarget`` said it.

    :param wildcards: how many ``*`` the URL has; ``None`` where only the deployment knows it.
    """

    body: Mapping[str, BodyValue] | None
    header_parameters: Mapping[str, str | EventValue]
    query_string_parameters: Mapping[str, str | EventValue]
    path_parameter_values: Sequence[str | EventValue]
    idempotency_header: str | None
    wildcards: int | None


@dataclass(frozen=True, kw_only=True)
class DestinationRequest:
    """What a rule's target needs for it."""

    input_transformer: events.CfnRule.InputTransformerProperty | None
    http_parameters: events.CfnRule.HttpParametersProperty | None


def check_request_parts(scope: Construct, parts: RequestParts) -> None:
    """Refuse what cannot work with any event.

    :raises InvalidArgumentError: a header of EventBridge's own, a constant that looks like a secret, or another number
        of values than the URL has wildcards.
    """
    if parts.idempotency_header is not None:
        check_header_name(scope, parts.idempotency_header, given=f"idempotency_header={parts.idempotency_header!r}")
    for name, value in parts.header_parameters.items():
        given = f"header_parameters={{{name!r}: …}}"
        check_header_name(scope, name, given=given)
        _refuse_secret(scope, name, value, given=given)
        if isinstance(value, str) and not is_deploy_time_value(value) and not _HEADER_VALUE.fullmatch(value):
            raise InvalidArgumentError(
                scope,
                given=given,
                reason="a header holds visible ASCII characters",
                remedy="encode the value, or put it into the body",
            )
    for name, value in parts.query_string_parameters.items():
        _refuse_secret(scope, name, value, given=f"query_string_parameters={{{name!r}: …}}")
    for value in (
        *parts.header_parameters.values(),
        *parts.query_string_parameters.values(),
        *parts.path_parameter_values,
    ):
        _check_parameter(scope, value)
    _check_wildcards(scope, parts)
    for path, name, constant in _constants(parts.body or {}, path="body"):
        _refuse_secret(scope, name, constant, given=f"{path}: …")


def destination_request(bus: Construct, parts: RequestParts, event: EventDeclaration | None) -> DestinationRequest:
    """Give the request for the events of one route.

    :param bus: whose route it is, for the errors.
    :param event: what was declared of them; ``None`` for those of a pattern.
    :raises InvalidArgumentError: a value that the event has not, or not always, or that no header can hold.
    """
    headers = dict(parts.header_parameters)
    key = parts.idempotency_header
    if key is not None and key.lower() not in {name.lower() for name in headers}:
        # EventBridge delivers at least once: by its id the partner knows what it was told already (H2).
        headers[key] = _DECLARED_ID if event else _ID
    check = _ValueCheck(bus=bus, event=event)
    http_parameters = events.CfnRule.HttpParametersProperty(
        header_parameters={name: check.text(value, f"header {name!r}") for name, value in headers.items()} or None,
        query_string_parameters={
            name: check.text(value, f"query parameter {name!r}")
            for name, value in parts.query_string_parameters.items()
        }
        or None,
        path_parameter_values=[
            check.text(value, f"path parameter {number}")
            for number, value in enumerate(parts.path_parameter_values, start=1)
        ]
        or None,
    )
    is_bare = not (headers or parts.query_string_parameters or parts.path_parameter_values)
    return DestinationRequest(
        input_transformer=_transformer(check, parts.body) if parts.body is not None else None,
        http_parameters=None if is_bare else http_parameters,
    )


def _transformer(check: _ValueCheck, body: Mapping[str, BodyValue]) -> events.CfnRule.InputTransformerProperty:
    names: dict[EventValue, str] = {}
    template = _template(check, body, path="body", names=names)
    if len(template) > _MOST_CHARACTERS or len(names) > _MOST_PATHS:
        raise InvalidArgumentError(
            check.bus,
            given=f"a body with {len(names)} values of the event and a template of {len(template)} characters",
            reason=f"EventBridge takes {_MOST_PATHS} values and {_MOST_CHARACTERS} characters",
            remedy="leave body out, so that the partner gets the whole event, or let a function make the request",
        )
    return events.CfnRule.InputTransformerProperty(
        input_template=template,
        input_paths_map={name: value.json_path for value, name in names.items()} or None,
    )


def _template(check: _ValueCheck, value: object, *, path: str, names: dict[EventValue, str]) -> str:
    if isinstance(value, EventValue):
        check.field(value, path)
        # Without quotes: EventBridge puts the value as JSON has it, a text with its quotes.
        return f"<{names.setdefault(value, _name(value, names))}>"
    if isinstance(value, Mapping):
        members = cast("Mapping[object, object]", value)
        return (
            "{"
            + ",".join(
                f"{_text(check.name(key, path))}:{_template(check, each, path=f'{path}.{key}', names=names)}"
                for key, each in members.items()
            )
            + "}"
        )
    if isinstance(value, list | tuple):
        items = cast("Sequence[object]", value)
        return (
            "["
            + ",".join(
                _template(check, each, path=f"{path}[{number}]", names=names) for number, each in enumerate(items)
            )
            + "]"
        )
    if value is None or isinstance(value, str | int | float):
        return _text(value)
    raise InvalidArgumentError(
        check.bus,
        given=f"{path}={named(value)}",
        reason="JSON has no such value",
        remedy="write from_data('…') for a field of the event, or a constant that JSON has",
    )


def _text(value: str | float | None) -> str:
    # In a template, < and > begin and end a name, in texts too.
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e")


def _name(value: EventValue, names: Mapping[EventValue, str]) -> str:
    name = "-".join(value.path)
    return f"{name}-{len(names)}" if name in names.values() else name


@dataclass(frozen=True, kw_only=True)
class _ValueCheck:
    bus: Construct
    event: EventDeclaration | None

    def text(self, value: str | EventValue, where: str) -> str:
        """Give a header, a part of the path or of the query."""
        if isinstance(value, str):
            return value
        field = self.field(value, where)
        is_listed = value.path in _MANY_VALUES
        if is_listed or (field is not None and (field.is_nested or field.lists)):
            raise self._refusal(
                value, where, "it holds more than one value", "name a single value, or put it into the body"
            )
        return value.json_path

    def name(self, key: object, path: str) -> str:
        """Give the name of a member of the body."""
        if isinstance(key, str):
            return key
        raise InvalidArgumentError(
            self.bus, given=f"{key!r} in {path}", reason="members of JSON have texts as names", remedy="write a text"
        )

    def field(self, value: EventValue, where: str) -> EventField | None:
        """Look a value up in what was declared; ``None`` for what lies in the envelope, or in no declared event."""
        if not all(map(_NAME.fullmatch, value.path)):
            raise self._refusal(
                value,
                where,
                "EventBridge looks up letters, digits, - and _",
                "name it so, with dots between",
            )
        if value.path[0] not in ENVELOPE:
            raise self._refusal(value, where, "no event has such a field", "write from_data('…') or from_metadata('…')")
        if self.event is None:
            return None
        if value.path[:2] == DATA and len(value.path) > 2:
            return self._of_class(value, self.event.type, where, claim_check=self.event.claim_check)
        if value.path[:2] == METADATA and len(value.path) > 2:
            return self._of_class(value, EventMetadata, where, claim_check=())
        if value.path[:1] == ("detail",) and value.path not in (("detail",), DATA, METADATA):
            raise self._refusal(value, where, "a declared event has its data under detail.data", "write from_data('…')")
        return None

    def _of_class(self, value: EventValue, type: type, where: str, *, claim_check: Sequence[str]) -> EventField:
        names = value.path[2:]
        try:
            field = find_field(type, names)
        except UnknownFieldError as error:
            raise self._refusal(value, where, str(error), "name a field that it has") from None
        if names[0] in claim_check:
            raise self._refusal(
                value,
                where,
                f"{names[0]!r} is put aside when the event is large (claim_check), where EventBridge does not see it",
                "hand on a field that stays in the event",
            )
        if any(len(path) < len(field.path) for path in field.lists):
            raise self._refusal(
                value, where, "it lies in a list, of which there may be many", "hand on the whole list, in the body"
            )
        if field.is_optional:
            raise self._refusal(
                value,
                where,
                "it may be missing or None, and EventBridge would leave a hole there, which is no JSON",
                "hand on a field that every event has, or let a function make the request",
            )
        return field

    def _refusal(self, value: EventValue, where: str, reason: str, remedy: str) -> InvalidArgumentError:
        of = f" of {self.event.detail_type}" if self.event else ""
        return InvalidArgumentError(
            self.bus, given=f"{'.'.join(value.path)}{of} as {where}", reason=reason, remedy=remedy
        )


def _check_wildcards(scope: Construct, parts: RequestParts) -> None:
    values = len(parts.path_parameter_values)
    if parts.wildcards is not None and parts.wildcards != values:
        raise InvalidArgumentError(
            scope,
            given=f"a URL with {parts.wildcards} * and {values} path_parameter_values",
            reason="EventBridge puts one value in the place of each *",
            remedy="pass as many values as the URL has *",
        )


def _check_parameter(scope: Construct, value: object) -> None:
    if isinstance(value, EventValue):
        return
    if not isinstance(value, str) or not value.strip() or len(value) > _MOST_IN_PARAMETER or value.startswith("$"):
        raise InvalidArgumentError(
            scope,
            given=f"{value!r} as a header, a path or a query parameter",
            reason=f"such a constant is a text of 1 to {_MOST_IN_PARAMETER} characters, and what begins with $ would "
            "be looked up in the event",
            remedy="write a text, or from_data('…') for a field of the event",
        )


def _constants(value: object, *, path: str) -> Iterator[tuple[str, str, object]]:
    if isinstance(value, Mapping):
        for key, each in cast("Mapping[object, object]", value).items():
            if isinstance(each, Mapping | list | tuple):
                yield from _constants(cast("object", each), path=f"{path}.{key}")
            else:
                yield f"{path}.{key}", str(key), each
    elif isinstance(value, list | tuple):
        for each in cast("Sequence[object]", value):
            yield from _constants(each, path=path)


def _refuse_secret(scope: Construct, name: str, value: object, *, given: str) -> None:
    if isinstance(value, str) and looks_secret(name):
        raise InvalidArgumentError(
            scope,
            given=given,
            reason="it looks like a secret, and would be readable in the template (C3)",
            remedy="put it into Secrets Manager, and pass it by the authorization, as in "
            "ApiKeyAuthorization(header='x-api-key', secret=secret)",
        )
