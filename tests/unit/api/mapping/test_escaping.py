"""Whatever is written lands where it should, in a real Velocity engine."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs.api.mapping.escaping import form, json_string
from best_practice_constructs.api.mapping.json_pieces import json_literal, json_object
from best_practice_constructs.api.mapping.template_node import Node, Text, Value, joined, template_text
from best_practice_constructs.api.mapping.value_sources import (
    CallerIdentity,
    Claim,
    Constant,
    CorrelationId,
    Header,
    QueryParameter,
    RequestTime,
    ValueSource,
)
from best_practice_constructs.local.mapping_templates import MappingTemplate, TemplateInput, request_context

HOSTILE = (
    "it's",
    'a"b',
    "\\",
    "\\'",
    "\\\\'",
    "$input.body",
    "#set($context.responseOverride.status = 200)",
    "${util.base64Encode('x')}",
    "#end #{end} #else",
    "a&b=c+d %20",
    "\u2028\u0000\x7f\U0001f600",
    '","admin":true,"x":"',
    "</script>",
    "",
)


def _written(node: Node, given: TemplateInput) -> str:
    return MappingTemplate(template_text(node)).render(given).text


def _query(text: str) -> TemplateInput:
    return TemplateInput(querystring={"q": text})


Q = Value("input.params().querystring.get('q')")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_values_stay_texts(text: str) -> None:
    assert json.loads(_written(json_string(Q), _query(text))) == text


@settings(max_examples=30, deadline=None)
@given(text=st.text())
def test_a_value_comes_out_as_it_went_in_however_deep_it_lies(text: str) -> None:
    node: Node = json_string(Q)
    inner = json_object({"v": node})
    assert json.loads(_written(inner, _query(text))) == {"v": text}
    twice = json_object({"w": json_string(inner)})
    assert json.loads(json.loads(_written(twice, _query(text)))["w"]) == {"v": text}
    fields = form({"f": twice, "g": Q})
    read = parse_qs(_written(fields, _query(text)), keep_blank_values=True, strict_parsing=True)
    assert json.loads(json.loads(read["f"][0])["w"]) == {"v": text}
    assert read["g"] == [text]


@settings(max_examples=30, deadline=None)
@given(text=st.text(), name=st.text())
def test_literal_texts_come_out_as_they_were_written(text: str, name: str) -> None:
    node = json_object({name: json_literal({"list": [text, 1, None, True]})})
    assert json.loads(_written(node, TemplateInput())) == {name: {"list": [text, 1, None, True]}}
    twice = json_string(node)
    assert json.loads(json.loads(_written(twice, TemplateInput()))) == {name: {"list": [text, 1, None, True]}}


@pytest.mark.parametrize("sign", ["$", "#", "\n"])
def test_bare_text_with_a_meaning_in_templates_is_refused(sign: str) -> None:
    with pytest.raises(ValueError, match="Velocity takes for its own"):
        template_text(Text(f"a{sign}b"))


CONTEXT = request_context(
    identity={"userArn": "arn:aws:iam::111122223333:user/ada"},
    authorizer={"claims": {"sub": "s-1", "cognito:username": "ada"}},
    requestId="r-1",
    requestTime="09/Apr/2026:12:34:56 +0000",
    requestTimeEpoch=1775738096007,
)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (Claim("sub"), "s-1"),
        (Claim("cognito:username"), "ada"),
        (Claim("email"), ""),
        (CallerIdentity(), "arn:aws:iam::111122223333:user/ada"),
        (CorrelationId(), "r-1"),
        (Constant("a 'b' {c}"), "a 'b' {c}"),
        (RequestTime(), "2026-04-09T12:34:56.007Z"),
        (Header("x-Trace-id"), "t"),
        (QueryParameter("none"), ""),
    ],
)
def test_sources_give_their_values(source: ValueSource, text: str) -> None:
    given = TemplateInput(header={"X-TRACE-ID": "t"}, context=CONTEXT)
    assert json.loads(_written(joined(source.preamble(), json_string(source.text())), given)) == text


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_has_its_number(month: int) -> None:
    at = datetime(2026, month, 3, tzinfo=UTC)
    context = request_context(
        requestTime=at.strftime("%d/%b/%Y:%H:%M:%S +0000"), requestTimeEpoch=int(at.timestamp() * 1000)
    )
    source = RequestTime()
    written = _written(joined(source.preamble(), json_string(source.text())), TemplateInput(context=context))
    assert datetime.fromisoformat(json.loads(written)) == at
