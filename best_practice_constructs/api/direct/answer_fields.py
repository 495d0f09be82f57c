"""The answer to what was taken on: values of the request, and where to ask what became of it (E1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.problem_answers import override
from best_practice_constructs.api.direct.service_call import ServiceAnswer
from best_practice_constructs.api.mapping.escaping import json_string
from best_practice_constructs.api.mapping.json_pieces import json_object
from best_practice_constructs.api.mapping.template_node import Assign, Joined, Node, Value, joined
from best_practice_constructs.api.mapping.value_sources import ValueSource

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PLAIN = re.compile(r"[A-Za-z0-9/._~:?&=-]*")


@dataclass(frozen=True, kw_only=True)
class AnswerFields:
    """An answer of a request's values.

    :param status: the HTTP status.
    :param fields: the members of the JSON body, each a text.
    :param location: the ``Location``, with names of fields in braces; ``None`` for none.
    :param retry_after: seconds after which to ask there; ``None`` for nothing.
    """

    status: int
    fields: Mapping[str, ValueSource]
    location: str | None
    retry_after: int | None

    def bound_to(self, route: DirectRoute) -> ServiceAnswer:
        """Give the answer on a route.

        :raises InvalidArgumentError: a source that answers do not have, or a location that cannot be made.
        """
        for source in self.fields.values():
            route.check(source, in_answer=True)
        if self.retry_after is not None and self.retry_after < 0:
            raise route.refusal(f"retry_after={self.retry_after}", "it is a number of seconds", "pass 0 or more")
        return ServiceAnswer(
            status=self.status,
            template=joined(
                preambles(self.fields.values()),
                self._location(route),
                json_object({name: json_string(source.text()) for name, source in self.fields.items()}),
            ),
            headers={} if self.retry_after is None else {"Retry-After": str(self.retry_after)},
            overridden_headers=() if self.location is None else ("Location",),
        )

    def _location(self, route: DirectRoute) -> Node:
        if self.location is None:
            return Joined(())
        parts: list[Node] = []
        text = ""
        for index, piece in enumerate(_PLACEHOLDER.split(self.location)):
            if index % 2 == 0:
                if not _PLAIN.fullmatch(piece):
                    raise route.refusal(
                        f"location={self.location!r}",
                        f"{piece!r} has signs that a URL does not have as they are",
                        "write a path such as 'order-batches/{batch_id}'",
                    )
                text += piece
                continue
            if piece not in self.fields:
                raise route.refusal(
                    f"location={self.location!r}",
                    f"the answer has no field {piece!r}",
                    f"name one of {', '.join(self.fields) or 'none'}, or add it to answer",
                )
            variable = f"location{index}"
            parts.append(Assign(variable, in_quotes(self.fields[piece].text())))
            # A form's plus is a space, and a path's is a plus.
            text += f"$!{{util.urlEncode(${variable}).replace('+', '%20')}}"
        return joined(*parts, Assign(override("Location"), f'"{text}"'))


def in_quotes(node: Node) -> str:
    """Give the expression of what a piece of values and plain text writes."""
    match node:
        case Value(expression):
            return f'"$!{{{expression}}}"'
        case Joined(parts):
            return '"' + "".join(in_quotes(part)[1:-1] for part in parts) + '"'
        case _:
            return f'"{getattr(node, "text", "")}"'


def preambles(sources: Iterable[ValueSource]) -> Node:
    """Give what has to stand before the values of sources, each once."""
    found: list[Node] = []
    for source in sources:
        preamble = source.preamble()
        if preamble not in found:
            found.append(preamble)
    return Joined(tuple(found))


def source_list(*groups: Mapping[str, ValueSource] | Sequence[ValueSource]) -> list[ValueSource]:
    """Give the sources of several groups in one list."""
    return [each for group in groups for each in (group.values() if isinstance(group, Mapping) else group)]
