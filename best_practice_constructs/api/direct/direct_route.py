"""What a direct integration is told of its route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from constructs import Construct

from best_practice_constructs.api.api_path import path_parameters
from best_practice_constructs.api.authorization import Authorization, CognitoAuthorization, IamAuthorization
from best_practice_constructs.api.mapping.field_shape import FieldShape, Kind, UnmappableFieldError, shape_of
from best_practice_constructs.api.mapping.template_node import Node
from best_practice_constructs.api.mapping.value_sources import (
    BodyField,
    CallerIdentity,
    Claim,
    Header,
    PathParameter,
    QueryParameter,
    ValueSource,
    WholeBody,
    checked_name,
)
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.errors import InvalidArgumentError

_TEXT = FieldShape(kind=Kind.TEXT)
_MANY = frozenset({Kind.OBJECT, Kind.LIST, Kind.ANY_JSON})


@dataclass(frozen=True, kw_only=True)
class DirectRoute:
    """A route to a service.

    :param scope: the API.
    :param rest_api_id: its id.
    :param http_method: such as ``"POST"``.
    :param path: such as ``"/orders/{order_id}"``.
    :param body: the class of its bodies, if they are validated.
    :param authorization: who may call.
    :param query: the declared parameters of the query, and whether each must be there.
    :param headers: the declared headers.
    :param defaults: of the service.
    """

    scope: Construct
    rest_api_id: str
    http_method: str
    path: str
    body: type | None
    authorization: Authorization
    query: Mapping[str, bool]
    headers: Mapping[str, bool]
    defaults: ServiceDefaults

    @property
    def given(self) -> str:
        """What the user wrote, for errors."""
        return f"{self.http_method} {self.path}"

    def refusal(self, given: str, reason: str, remedy: str) -> InvalidArgumentError:
        """Make the error of what cannot work on this route."""
        return InvalidArgumentError(self.scope, given=f"{self.given}: {given}", reason=reason, remedy=remedy)

    def body_shape(self, *, why: str) -> FieldShape:
        """Give the shape of the body.

        :param why: what needs it.
        :raises InvalidArgumentError: the route has no body, or one that templates cannot write.
        """
        if self.body is None:
            raise self.refusal(why, "the route declares no body", "pass body=…, a dataclass, to the route")
        return self.shape(self.body, given=f"body={self.body.__name__}")

    def shape(self, model: type, *, given: str) -> FieldShape:
        """Give the shape of a class.

        :raises InvalidArgumentError: templates cannot write it.
        """
        try:
            return shape_of(model)
        except UnmappableFieldError as error:
            raise self.refusal(given, str(error), "use fields that templates can write, or a function") from error

    def source_shape(self, source: ValueSource) -> FieldShape:
        """Give the shape of what a source gives: a text, or that of the body's field.

        :raises InvalidArgumentError: the request has no such value, or only sometimes.
        """
        self.check(source)
        if not isinstance(source, BodyField):
            return _TEXT
        shape = self.body_shape(why=repr(source))
        for name in source.names:
            inner = shape.members.get(name)
            if inner is None:
                has = ", ".join(shape.members) or "no fields"
                raise self.refusal(repr(source), f"there is no field {name!r}, but {has}", "name a field of the body")
            if inner.is_optional:
                raise self.refusal(
                    repr(source),
                    f"{name!r} may be missing, and what it is mapped to may not",
                    "make it required, or map another value",
                )
            shape = inner
        return shape

    def text(self, source: ValueSource) -> Node:
        """Give what writes a source's value as a text.

        :raises InvalidArgumentError: the requests do not have it, or it is no single value.
        """
        shape = self.source_shape(source)
        if shape.kind in _MANY:
            raise self.refusal(
                repr(source), f"a single value is needed, and it is {shape.kind.value}", "map a field of it"
            )
        return source.text()

    def check(self, source: ValueSource, *, in_answer: bool = False) -> None:
        """Refuse a source that this route's requests do not have.

        :raises InvalidArgumentError: it says what to write instead.
        """
        given: object = source
        if not isinstance(given, ValueSource):
            raise self.refusal(
                repr(given), "it is no source of a value", "pass PathParameter(…), BodyField(…) or another"
            )
        if in_answer and not source.in_answers:
            raise self.refusal(
                f"{source!r} in an answer",
                "the request's body is gone by then",
                "map it from elsewhere, or leave it out",
            )
        name = getattr(source, "name", "")
        try:
            checked_name(name or "x")
        except ValueError as error:
            raise self.refusal(repr(source), str(error), "use a plain name") from error
        if isinstance(source, PathParameter) and source.name not in path_parameters(self.path):
            raise self.refusal(repr(source), "the path has no such parameter", f"write {{{source.name}}} in the path")
        for kind, declared in ((QueryParameter, self.query), (Header, self.headers)):
            if isinstance(source, kind) and declared.get(name) is False:
                raise self.refusal(
                    repr(source),
                    "the route lets it be missing",
                    f"leave {name!r} out of query and headers, or say True",
                )
        if isinstance(source, WholeBody) and self.body is None:
            raise self.refusal(repr(source), "the route declares no body", "pass body=…, a dataclass, to the route")
        if isinstance(source, Claim) and not isinstance(self.authorization, CognitoAuthorization):
            raise self.refusal(
                repr(source), "only tokens of a user pool have claims", "pass authorization=CognitoAuthorization(…)"
            )
        if isinstance(source, CallerIdentity) and not isinstance(self.authorization, IamAuthorization):
            raise self.refusal(
                repr(source), "only signed requests say who signed", "use Claim('sub') of a user pool's tokens"
            )
