"""The templates of API Gateway's own documentation, with the results that it tells."""

from __future__ import annotations

import json

from best_practice_constructs.local.mapping_templates import MappingTemplate, TemplateInput, request_context

ALL_PARAMETERS = """
#set($allParams = $input.params())
{
  "params" : {
    #foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
    "$type" : {
      #foreach($paramName in $params.keySet())
      "$paramName" : "$util.escapeJavaScript($params.get($paramName))"
      #if($foreach.hasNext),#end
      #end
    }
    #if($foreach.hasNext),#end
    #end
  }
}
"""

COMMENTS = """
#set($inputRoot = $input.path('$'))
{
    "comments": [
        #foreach($elem in $inputRoot.Items) {
            "commentId": "$elem.commentId.S",
            "userName": "$elem.userName.S",
            "message": "$elem.message.S"
        }#if($foreach.hasNext),#end
	#end
    ]
}
"""

PHOTOS = """
#set($inputRoot = $input.path('$'))
{
  "photos": [
#foreach($elem in $inputRoot.photos.photo)
    {
      "id": "$elem.id",
      "photographedBy": "$elem.photographer_first_name $elem.photographer_last_name",
      "title": "$elem.title",
      "ispublic": $elem.ispublic,
      "isfriend": $elem.isfriend
    }#if($foreach.hasNext),#end

#end
  ]
}
"""

PETS = '{"type": "dog", "price": 249.99, "pets": [{"id": 1}, {"id": 2}]}'


def render(template: str, given: TemplateInput) -> str:
    return MappingTemplate(template).render(given).text


def test_context_variables_are_passed_on() -> None:
    context = request_context(
        stage="prod",
        requestId="abcdefg-000-000-0000-abcdefg",
        resourcePath="/pets",
        httpMethod="GET",
        identity={"sourceIp": "192.0.2.1", "userArn": "arn:aws:sts::111122223333:assumed-role/Admin/carlos-salazar"},
        authorizer={"claims": {"sub": "a-user", "cognito:groups": "readers"}},
    )
    template = """{
        "stage" : "$context.stage", "request_id" : "$context.requestId", "resource_path" : "$context.resourcePath",
        "http_method" : "$context.httpMethod", "source_ip" : "$context.identity.sourceIp",
        "api_key" : "$context.identity.apiKey", "user_arn" : "$context.identity.userArn",
        "sub": "$context.authorizer.claims.sub", "groups": "$context.authorizer.claims.get('cognito:groups')",
        "groups_again": "$context.authorizer.claims['cognito:groups']"
    }"""
    assert json.loads(render(template, TemplateInput(context=context))) == {
        "stage": "prod",
        "request_id": "abcdefg-000-000-0000-abcdefg",
        "resource_path": "/pets",
        "http_method": "GET",
        "source_ip": "192.0.2.1",
        # There is none.
        "api_key": "",
        "user_arn": "arn:aws:sts::111122223333:assumed-role/Admin/carlos-salazar",
        "sub": "a-user",
        "groups": "readers",
        "groups_again": "readers",
    }


def test_every_request_gets_an_id_and_a_time() -> None:
    one, other = request_context(), request_context()
    assert one["requestId"] != other["requestId"]
    text = render("$context.requestId $context.requestTimeEpoch", TemplateInput(context=one))
    assert text == f"{one['requestId']} {one['requestTimeEpoch']}"


def test_all_parameters_are_passed_on() -> None:
    given = TemplateInput(
        path={"example1": "one"}, querystring={"example2": 'a "b"'}, header={"header1": "x", "header2": "y"}
    )
    assert json.loads(render(ALL_PARAMETERS, given)) == {
        "params": {
            "path": {"example1": "one"},
            "querystring": {"example2": 'a "b"'},
            "header": {"header1": "x", "header2": "y"},
        }
    }


def test_a_part_of_the_payload_is_passed_on() -> None:
    template = """{"name" : "$input.params('name')", "body" : $input.json('$.pets'), "all": $input.json('$')}"""
    assert json.loads(render(template, TemplateInput(body=PETS, querystring={"name": "scout"}))) == {
        "name": "scout",
        "body": [{"id": 1}, {"id": 2}],
        "all": json.loads(PETS),
    }


def test_a_payload_is_read_by_path() -> None:
    template = "#set($inputRoot = $input.path('$'))$inputRoot.pets.size() $inputRoot.pets[1].id $inputRoot.price"
    assert render(template, TemplateInput(body=PETS)) == "2 2 249.99"


def test_a_payload_can_be_parsed_again() -> None:
    template = """#set ($errorMessageObj = $util.parseJson($input.path('$.errorMessage')))
{"errorMessageObjKey2ArrVal" : $errorMessageObj.key2.arr[0]}"""
    body = json.dumps({"errorMessage": '{"key1":"var1","key2":{"arr":[1,2,3]}}'})
    assert json.loads(render(template, TemplateInput(body=body))) == {"errorMessageObjKey2ArrVal": 1}


def test_parameters_print_as_java_prints_maps() -> None:
    given = TemplateInput(querystring={"foo": "bar", "baz": "1"})
    assert render("$input.params().querystring", given) == "{foo=bar, baz=1}"


def test_items_become_a_list() -> None:
    items = [
        {"commentId": {"S": str(number)}, "userName": {"S": "u"}, "message": {"S": "Hi"}, "other": {"N": "1"}}
        for number in range(2)
    ]
    assert json.loads(render(COMMENTS, TemplateInput(body=json.dumps({"Items": items})))) == {
        "comments": [{"commentId": str(number), "userName": "u", "message": "Hi"} for number in range(2)]
    }
    assert json.loads(render(COMMENTS, TemplateInput(body='{"Items": []}'))) == {"comments": []}
    # A service's answer without the field at all.
    assert json.loads(render(COMMENTS, TemplateInput(body="{}"))) == {"comments": []}


def test_photos_are_renamed() -> None:
    photo = {
        "id": "12345678901",
        "photographer_first_name": "Saanvi",
        "photographer_last_name": "Sarkar",
        "title": "Sample photo 1",
        "ispublic": True,
        "isfriend": False,
    }
    made = json.loads(render(PHOTOS, TemplateInput(body=json.dumps({"photos": {"page": 1, "photo": [photo, photo]}}))))
    assert made == {
        "photos": [
            {
                "id": "12345678901",
                "photographedBy": "Saanvi Sarkar",
                "title": "Sample photo 1",
                "ispublic": True,
                "isfriend": False,
            }
        ]
        * 2
    }


def test_a_response_s_status_is_overridden() -> None:
    template = MappingTemplate("""#set($inputRoot = $input.path('$'))
$input.json("$")
#if($inputRoot.toString().contains("error"))
#set($context.responseOverride.status = 500)
#set($context.responseOverride.header.hello = "world")
#end""")
    failed = template.render(TemplateInput(body='{"error": "no"}'))
    assert (failed.status, failed.response_headers, json.loads(failed.text)) == (
        500,
        {"hello": "world"},
        {"error": "no"},
    )
    assert template.render(TemplateInput(body='{"id": 1}')).status is None


def test_a_request_s_parameters_are_overridden() -> None:
    rendered = MappingTemplate(
        """#set($context.requestOverride.header.header1 = "testHeader")
#set($context.requestOverride.path.userId = $input.params('id'))
#set($context.requestOverride.querystring['a-b'] = 7)"""
    ).render(TemplateInput(path={"id": "42"}))
    assert rendered.request_headers == {"header1": "testHeader"}
    assert rendered.request_path == {"userId": "42"}
    assert rendered.request_querystring == {"a-b": "7"}


def test_what_a_template_changes_stays_within_it() -> None:
    context = request_context(authorizer={"claims": {"sub": "a"}})
    template = MappingTemplate("#set($context.authorizer.claims.sub = 'b')$context.authorizer.claims.sub")
    given = TemplateInput(context=context)
    assert template.render(given).text == template.render(given).text == "b"
    assert context["authorizer"] == {"claims": {"sub": "a"}}


def test_stage_variables_are_there() -> None:
    given = TemplateInput(stage_variables={"table": "orders"})
    assert render("$stageVariables.table ${stageVariables['table']} $stageVariables.none", given) == "orders orders "


def test_headers_are_found_whatever_their_case() -> None:
    given = TemplateInput(header={"idempotency-key": "k1"})
    template = "$input.params('Idempotency-Key') $input.params().header.get('Idempotency-Key') $input.params('Other')"
    assert render(template, given) == "k1 k1 "
    assert render("$input.params().header.containsKey('IDEMPOTENCY-KEY')", given) == "true"
    # Names of other parameters have one case only.
    assert render("$input.params('ID')", TemplateInput(path={"id": "1"})) == ""
