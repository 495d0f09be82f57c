"""Whatever a request holds: it comes out as a value, and is neither run nor part of the structure around it."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from best_practice_constructs.local.mapping_templates import MappingTemplate, TemplateInput

# AWS's advice for JSON: the quotes that JSON does not escape are turned back.
ESCAPED = MappingTemplate(r"""#set($v = $input.path('$.v'))
{"value": "$util.escapeJavaScript($v).replaceAll("\\'", "'")", "after": "kept"}""")
PARAMETER = MappingTemplate(r"""{"value": "$util.escapeJavaScript($input.params('id')).replaceAll("\\'", "'")"}""")
FORM = MappingTemplate("Action=SendMessage&MessageBody=$util.urlEncode($input.body)&Last=1")
NAIVE = MappingTemplate("""{"value": "$input.path('$.v')"}""")

HOSTILE = (
    '","admin":true,"x":"',
    "'",
    "\\",
    "\\'",
    "\\\\'",
    '\\"',
    "$context.requestId",
    "#set($context.responseOverride.status = 200)",
    "#end",
    "${input.body}",
    "$1",
    "__FORMAL_REFERENCE__REPLACE_TEXT__",
    "\x00\x1f\x7f\u2028\ud7ff\U0001f600",
    "</script>",
    "&Action=DeleteQueue",
)
texts = st.one_of(st.sampled_from(HOSTILE), st.text(), st.text(alphabet="\\'\"$#{}()[]/ an"))


@given(value=texts)
def test_an_escaped_value_comes_out_as_it_was(value: str) -> None:
    rendered = ESCAPED.render(TemplateInput(body=json.dumps({"v": value})))
    assert json.loads(rendered.text) == {"value": value, "after": "kept"}
    assert rendered.status is None


@given(value=texts)
def test_an_escaped_parameter_comes_out_as_it_was(value: str) -> None:
    for given_ in (TemplateInput(path={"id": value}), TemplateInput(header={"id": value})):
        assert json.loads(PARAMETER.render(given_).text) == {"value": value}


@given(body=texts.filter(bool))
def test_an_encoded_payload_stays_one_field(body: str) -> None:
    fields = parse_qsl(FORM.render(TemplateInput(body=body)).text, keep_blank_values=True, strict_parsing=True)
    assert fields == [("Action", "SendMessage"), ("MessageBody", body), ("Last", "1")]


@pytest.mark.parametrize("value", ['","admin":true,"x":"', '"', "\n"])
def test_the_engine_shows_what_a_careless_template_lets_through(value: str) -> None:
    text = NAIVE.render(TemplateInput(body=json.dumps({"v": value}))).text
    assert text == f'{{"value": "{value}"}}'
