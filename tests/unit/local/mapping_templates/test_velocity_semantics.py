"""What was recorded of API Gateway and of Velocity, and what is refused."""

from __future__ import annotations

import pytest

from best_practice_constructs.local.mapping_templates import MappingTemplate, MappingTemplateError, TemplateInput

BODY = '{"yes": true, "no": false, "none": null, "zero": 0, "empty": "", "list": [], "name": "Steve", "three": 3}'
SETTING = "#set($b = $input.path('$'))"


def render(template: str, *, body: str = BODY) -> str:
    return MappingTemplate(template).render(TemplateInput(body=body)).text


# Recorded of API Gateway: github.com/localstack/airspeed, tests/test_templating.snapshot.json.
@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Hello $name", "Hello "),
        ("Hello $!name", "Hello "),
        ("Hello $ ", "Hello $ "),
        ("Hello ${b.name}}.", "Hello Steve}."),
        ("$b.none|$b.missing|$b.missing.more", "||"),
        ('<span style="color: #13ff93">', '<span style="color: #13ff93">'),
        # Nothing but false is false.
        ("#if($b.yes)yes!#end", "yes!"),
        ("#if($b.no)yes!#end", ""),
        ("#if($b.none)yes!#end", "yes!"),
        ("#if($unknown) true #else false #end", " true "),
        ("#if(!$unknown)yes!#end", ""),
        ("#if($b.missing)true#{else}false#end", "true"),
        ("#if($b.no) one #elseif($b.yes) two #else three #end", " two "),
        ("#if($b.no) one #elseif($b.no) two #else three #end", " three "),
        ("#if(!$b.no && !$b.no)yes#end", "yes"),
        ("#if($b.no || $b.yes)yes#end#if($b.no or $b.no)no#end", "yes"),
        # What is undefined is an empty text.
        ('#if("$b.none" == "")empty#end', "empty"),
        ("#set($a = 4 > 2 + 5)$a", "false"),
        ("#set($a = 5 * 4 - 2)$a #set($c = 2 + 5 * 4)$c", "18 22"),
        ("#set($a = 100.0 / 50)$a #set($c = .5*.1)$c", "2.0 0.05"),
        ("#set($a = $b.three % 2)$a", "1"),
        ("#foreach($i in [1, 2, 3])$i. #if($foreach.hasNext)yes#end, #end", "1. yes, 2. yes, 3. , "),
        ("#foreach($i in [1, 2])$foreach.index$foreach.count$velocityCount,#end", "011,122,"),
        ("#foreach($i in [3..1])$i,#end", "3,2,1,"),
        ("#foreach($i in $unknown)foo#end", ""),
        ("#set($i = 1)$i,#foreach($i in [2, 3])$i,#set($i = $i)#end$i", "1,2,3,1"),
        ("#define($hello)hi#end$hello()$hello", "hi()hi"),
        ('#set($v = \'{"a": 2}\')$v #set($w = "{""a"": 2}")$w', '{"a": 2} {"a": 2}'),
        (r"#set($v = '\{\n\t')$v", r"\{\n\t"),
        (r"\$b.name \\$b.name", r"$b.name \Steve"),
        ("#set($m = {'k': 'old'})#set($before = $m.put('k', 'new'))$before - $m.k", "old - new"),
        ("#set($m = {})#set($m['bar'] = 'foo')$m", "{bar=foo}"),
        ("#set($l = ['one', 'two'])#set($l[1] = 'foo')$l", "[one, foo]"),
        ("#set($m = {'k1': 'v1', 'k2': 'v2'})$m.toString()", "{k1=v1, k2=v2}"),
        ("#set($s = 'foobar123bab')$s.replaceAll('ba.', 'foo')", "foofoo123foo"),
        ("#set($s = 'something')$s.substring(3, 6) $s.indexOf('e') $s.length()", "eth 3 9"),
        ("#set($s = 'd123')$s.matches('[0-9]*') $s.startsWith('d')", "false true"),
        ("hello #stop world", "hello "),
        ("## comment\nStuff#* more\n *# end", "Stuff end"),
        ("Grüße", "Grüße"),
    ],
)
def test_what_was_recorded(template: str, text: str) -> None:
    assert render(SETTING + template) == text


# Of Velocity's own documents.
@pytest.mark.parametrize(
    ("template", "text"),
    [
        # The right side is not looked at.
        ("#if($b.no && $b.name.nothing())a#{else}b#end", "b"),
        ("#if($b.yes || $b.name.nothing())a#{else}b#end", "a"),
        ("#if(($b.three == 3.0) && ($b.name != 'x'))same#end", "same"),
        ("#if($b.three == '3')same#end", "same"),
        ("#if($b.zero)yes#end#if($b.list)yes#end#if($b.empty)yes#end", "yesyesyes"),
        ("#if($b.three >= 3 && $b.three lt 4 && not $b.no)yes#end", "yes"),
        ('#set($a = "x" + 1)$a #set($c = -7 / 2)$c', "x1 -3"),
        ("#set($m = {'a': 1, 'b': 2})#foreach($v in $m)$v#end", "12"),
        ("#set($m = {'a': 1})#foreach($e in $m.entrySet())$e.key=$e.value#end", "a=1"),
        ("#set($x = \"$b.name and $unknown.\")$x #set($y = '$b.name')$y", "Steve and . $b.name"),
        ("$b.list.isEmpty() $b.list.empty $b.size() $b.containsKey('name') $b.keySet().size()", "true true 8 true 8"),
        ("$b.name.equals('Steve') $b.name.isEmpty() $b.name.toLowerCase().trim()", "true false steve"),
        ("#set($p = $b.name.split('e'))$p.size() $p[1]", "2 v"),
    ],
)
def test_what_velocity_documents(template: str, text: str) -> None:
    assert render(SETTING + template) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("1.50", "1.5"),
        ("100", "100"),
        ("12345678901234567890", "12345678901234567890"),
        ("1e6", "1000000.0"),
        ("1e7", "1.0E7"),
        ("1.25e10", "1.25E10"),
        ("0.00012", "1.2E-4"),
        ("-0.5", "-0.5"),
        ("0.0", "0.0"),
        ('[1, {"a": "é"}]', '[1,{"a":"é"}]'),
        ('{"a": 1, "b": [{"c": true}]}', '{a=1, b=[{"c":true}]}'),
    ],
)
def test_values_print_as_java_s_do(text: str, printed: str) -> None:
    assert render("$input.path('$.v')", body=f'{{"v": {text}}}') == printed


def test_paths_find_one_or_many() -> None:
    body = '{"l": [{"x": 1}, {"x": "a"}, {}], "o": {"a-b": 2}}'
    assert render("$input.json('$.l[*].x')", body=body) == '[1,"a"]'
    assert render("$input.json('$..x')", body=body) == '[1,"a"]'
    assert render("$input.path('$.l[0].x')", body=body) == "1"
    assert render("""$input.json("$.o['a-b']")""", body=body) == "2"
    # What is not there is an empty text.
    assert render("$input.json('$.q') [$input.path('$.q')]", body=body) == '"" []'


def test_a_payload_that_is_no_json_is_a_text() -> None:
    assert render("$input.body $input.json('$') [$input.path('$.a')]", body="no json") == 'no json "no json" []'
    assert render("$input.body $input.json('$')", body="") == "{} {}"


def test_util_encodes_and_decodes() -> None:
    assert render('$util.urlEncode("a b&c=d/~*é")') == "a+b%26c%3Dd%2F%7E*%C3%A9"
    assert render('$util.urlDecode("a+b%26c%C3%A9")') == "a b&cé"
    assert render("$util.base64Encode('né') $util.base64Decode('bsOp')") == "bsOp né"
    assert (
        render("$util.escapeJavaScript($input.body)", body="'\"\\/\n\x01é😀") == r"\'\"\\\/\n\u0001\u00E9\uD83D\uDE00"
    )


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("#macro(x)y#end#x()", "no macros"),
        ("#x()", "no macros"),
        ('#parse("other")', "no macros"),
        ("#evaluate('x')", "no macros"),
        ("${a|'b'}", "no alternate values"),
        ("#if($x)", "expected"),
        ("#if($x)a#end#end", "expected"),
        (r'#set($x = "\"")', "expected"),
    ],
)
def test_what_api_gateway_does_not_take_is_refused(template: str, reason: str) -> None:
    with pytest.raises(MappingTemplateError, match=reason):
        MappingTemplate(template)


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("$input.body.upper()", r"a string has no method upper\(\) that is known here"),
        ("$input.body.__class__()", r"a string has no method __class__\(\)"),
        ("$util.shout('x')", r"UtilVariable has no method shout\(\)"),
        ("#set($l = [1])$l.get(5)", r"get\(5\) is outside of a list of 1 entries"),
        ("#set($s = 'abc')$s.substring(2, 9)", r"substring\(2, 9\) is outside of a text of 3 characters"),
        ("#set($s = 'abc')$s.substring('a')", r"substring\(\) of a string does not take str"),
        ("$util.parseJson('{')", "Expecting"),
        ("#set($a = 'x' * 2)", r"\* needs numbers"),
        ("$input.path('$[')", "no JSONPath"),
        ("#set($context.responseOverride.status = 'none')", "is 'none', and no number"),
        ("#set($s = 'a')$s.replaceAll('a', '\\')", "ends with a backslash"),
    ],
)
def test_what_fails_names_the_template_and_the_reason(template: str, reason: str) -> None:
    compiled = MappingTemplate(template, name="POST /orders, request template")
    with pytest.raises(MappingTemplateError, match=reason) as caught:
        compiled.render(TemplateInput(body='{"a": 1}'))
    assert str(caught.value).startswith("POST /orders, request template: ")


def test_nothing_of_python_is_reached() -> None:
    assert render("$input.__class__|$util.__dict__|$context.keys|$input.body.format|$b.update") == "||||"


def test_the_engine_stays_as_it_is_for_others() -> None:
    from airspeed import Template

    MappingTemplate("#if($x)$x.length()#end")
    assert Template("#if($x)yes#end").merge({"x": 0}) == ""
