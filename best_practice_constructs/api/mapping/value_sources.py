"""Where a mapped value comes from: the request's path, query, headers and body, its caller, the gateway itself."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from best_practice_constructs.api.mapping.template_node import Assign, Choice, Joined, Loop, Node, Text, Value, joined

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NAME = re.compile(r"[A-Za-z0-9._:-]+")
_CONSTANT = re.compile(r"""[ !%-[\]-~]*""")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class ValueSource(ABC):
    """A value of the request that a template can map, as a text."""

    in_answers: ClassVar[bool] = True
    """Whether the answer can be made of it too: the body is the service's by then."""

    @abstractmethod
    def text(self) -> Node:
        """Give what writes the value, not escaped."""

    def preamble(self) -> Node:
        """Give what has to stand before it, once in a template."""
        return Joined(())

    def method_parameter(self) -> str | None:
        """Give what API Gateway calls the parameter that it needs, such as ``method.request.querystring.limit``."""
        return None


@dataclass(frozen=True)
class PathParameter(ValueSource):
    """A parameter of the route's path, decoded.

    :param name: as in ``"/orders/{order_id}"``.
    """

    name: str

    def text(self) -> Node:
        """See :class:`ValueSource`."""
        return Value(f"input.params().path.get('{checked_name(self.name)}')")


@dataclass(frozen=True)
class QueryParameter(ValueSource):
    """A parameter of the query, decoded; the last one where there are several.

    :param name: its name. It is required, unless the route's ``query`` says otherwise.
    """

    name: str

    def text(self) -> Node:
        """See :class:`ValueSource`."""
        return Value(f"input.params().querystring.get('{checked_name(self.name)}')")

    def method_parameter(self) -> str | None:
        """See :class:`ValueSource`."""
        return f"method.request.querystring.{self.name}"


@dataclass(frozen=True)
class Header(ValueSource):
    """A header, whatever the case of its name in the request.

    :param name: its name. It is required, unless the route's ``headers`` say otherwise.
    """

    name: str

    @property
    def _variable(self) -> str:
        return "header" + "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]+", self.name))

    def text(self) -> Node:
        """See :class:`ValueSource`."""
        return Value(self._variable)

    def preamble(self) -> Node:
        """See :class:`ValueSource`."""
        # Templates see names as the client wrote them, which may be in any case.
        found = Assign(self._variable, "$input.params().header.get($headerName)")
        name = checked_name(self.name).lower()
        return joined(
            Assign(self._variable, '""'),
            Loop(
                "headerName",
                "input.params().header.keySet()",
                Choice(f'$headerName.toLowerCase() == "{name}"', found),
                between=Text(""),
            ),
        )

    def method_parameter(self) -> str | None:
        """See :class:`ValueSource`."""
        return f"method.request.header.{self.name}"


@dataclass(frozen=True)
class BodyField(ValueSource):
    """A field of the request's body, of the type that the route's ``body`` declares.

    :param path: its name, or names with dots between for fields of fields: ``"customer.country"``.
    """

    in_answers: ClassVar[bool] = False

    path: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names that lead to it."""
        return tuple(self.path.split("."))

    @property
    def reference(self) -> str:
        """The expression of the value itself, which need not be a text."""
        return "body" + "".join(f".get('{checked_name(name)}')" for name in self.names)

    def text(self) -> Node:
        """See :class:`ValueSource`."""
        return Value(self.reference)

    def preamble(self) -> Node:
        """See :class:`ValueSource`."""
        return Assign("body", "$input.path('$')")


@dataclass(frozen=True)
class WholeBody(ValueSource):
    """The request's body, as the client wrote it and the gateway validated it."""

    in_answers: ClassVar[bool] = False

    def text(self) -> Node:
        """See :class:`ValueSource`."""
        return Value("input.body")


@dataclass(frozen=True)
class Claim(ValueSource):
    """A claim of the caller's token, where a user pool authorizes.

    :param name: such as ``"sub"`` or ``"cognito:username"``.
    """

    name: str

    def text(self) -> Node:
        """See :class:`ValueSource`."""
        name = checked_name(self.name)
        member = f".{name}" if _IDENTIFIER.fullmatch(name) else f"['{name}']"
        return Value(f"context.authorizer.claims{member}")


@dataclass(frozen=True)
class CallerIdentity(ValueSource):
    """Who signed the request, where IAM authorizes: the ARN, of a role without its session.

    A session changes with each restart of a client; a retry after it is the same caller.
    """

    def text(self) -> Node:
        """See :class:`ValueSource`."""
        return Value("caller")

    def preamble(self) -> Node:
        """See :class:`ValueSource`."""
        without_session = """.replaceAll('(:assumed-role/[^/]*)/.*', '$1')"""
        return Assign("caller", f"$context.identity.userArn{without_session}")


@dataclass(frozen=True)
class RequestId(ValueSource):
    """The id that the gateway gives the request, which clients cannot choose (``$context.extendedRequestId``).

    Access logs of a :class:`ProvisionedApi` have it as ``extendedRequestId``.
    """

    def text(self) -> Node:
        """See :class:`ValueSource`."""
        return Value("context.extendedRequestId")


@dataclass(frozen=True)
class CorrelationId(ValueSource):
    """The id by which logs and traces know the request (``$context.requestId``). Clients can choose it."""

    def text(self) -> Node:
        """See :class:`ValueSource`."""
        return Value("context.requestId")


@dataclass(frozen=True)
class RequestTime(ValueSource):
    """When the gateway got the request, in UTC, as RFC 3339 has it, with milliseconds."""

    def text(self) -> Node:
        """See :class:`ValueSource`."""

        def part(start: int, end: int) -> Node:
            return Value(f"requestTime.substring({start}, {end})")

        milliseconds = Value("requestTimeEpoch.substring(10)")
        day = (part(7, 11), "-", Value("months.get($requestTime.substring(3, 6))"), "-", part(0, 2))
        return joined(*day, "T", part(12, 20), ".", milliseconds, "Z")

    def preamble(self) -> Node:
        """See :class:`ValueSource`."""
        # The gateway has it as 09/Apr/2015:12:34:56 +0000, and in milliseconds.
        months = ", ".join(f'"{name}": "{number:02}"' for number, name in enumerate(_MONTHS, start=1))
        return joined(
            Assign("months", f"{{{months}}}"),
            Assign("requestTime", '"$context.requestTime"'),
            Assign("requestTimeEpoch", '"$context.requestTimeEpoch"'),
        )


@dataclass(frozen=True)
class Constant(ValueSource):
    """The same text each time.

    :param value: the text.
    :raises ValueError: it has a sign that means something to templates.
    """

    value: str

    def __post_init__(self) -> None:
        if not _CONSTANT.fullmatch(self.value):
            raise ValueError(
                f'Constant({self.value!r}) has other signs than printable ASCII without " $ # and \\; map a value of '
                "the request, or leave it out"
            )

    def text(self) -> Node:
        """See :class:`ValueSource`."""
        return Text(self.value)


def checked_name(name: str) -> str:
    """Give a name that can stand in an expression.

    :raises ValueError: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} has other signs than letters, digits and . _ : -")
    return name


def is_there(node: Value) -> str:
    """Give the condition that a value is there: undefined, ``null`` and empty are all not."""
    return f'"$!{{{node.expression}}}" != ""'
