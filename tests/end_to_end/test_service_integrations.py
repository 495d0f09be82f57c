"""Routes that call services without a function, run with their deployed templates and roles."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from best_practice_constructs.local import Deployment, LocalStage

pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("service_integrations")]

APP = Path(__file__).with_name("service_integrations")
HOSTILE = ('it\'s "quoted" \\ and $context.requestId', '"}}, "admin": {"BOOL": true', "a/b&Action=DeleteQueue=ü😀#end")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def json(self) -> dict[str, object]:
        return cast("dict[str, object]", json.loads(self.body))


@dataclass(frozen=True)
class Api:
    stage: LocalStage
    deployment: Deployment

    def output(self, name: str) -> str:
        return self.deployment.outputs["Direct"][f"Told{name}"]

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        url = self.stage.local_url(self.output("Url")).rstrip("/") + path
        data = None if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        # Else urllib calls it a form.
        given = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
        request = urllib.request.Request(url, method=method, data=data, headers=given)  # noqa: S310 -- loopback
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 -- as above
                return Answer(response.status, dict(response.headers), response.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read().decode())

    def received(self, queue: str) -> dict[str, object]:
        client = self.stage.client("sqs")
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for message in client.receive_message(QueueUrl=self.output(queue), WaitTimeSeconds=1).get("Messages", []):
                client.delete_message(QueueUrl=self.output(queue), ReceiptHandle=message.get("ReceiptHandle", ""))
                return {"body": message.get("Body", "")}
        raise AssertionError(f"nothing came into {queue}")


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    # With permissions: each integration has the rights of its role and no others.
    with LocalStage(enforce_iam=True) as stage:
        yield Api(stage, stage.deploy(stage.synthesize(APP)))


@pytest.mark.parametrize("note", HOSTILE)
def test_an_item_is_put_once_and_read(api: Api, note: str) -> None:
    name = "id of " + note.replace("/", "|")
    item_id = urllib.parse.quote(name, safe="")
    put = api.call("PUT", f"/items/{item_id}", {"note": note})
    assert (put.status, put.json) == (201, {"id": name})
    assert put.headers["Location"] == put.headers["x-amzn-requestid"]
    found = api.call("GET", f"/items/{item_id}")
    assert (found.status, found.json) == (200, {"note": note, "greeting": "hello"})
    assert found.headers["Cache-Control"] == "max-age=1"
    item = api.stage.client("dynamodb").get_item(TableName=api.output("Table"), Key={"id": {"S": name}})["Item"]
    assert set(item) == {"id", "note", "requested"}
    again = api.call("PUT", f"/items/{item_id}", {"note": "other"})
    assert again.status == 409
    assert "ConditionalCheckFailedException" in again.body


def test_what_is_not_there_is_404(api: Api) -> None:
    missing = api.call("GET", "/items/none")
    assert (missing.status, missing.json) == (404, {"message": "there is none"})


def test_a_request_is_validated_before(api: Api) -> None:
    refused = api.call("PUT", "/items/invalid", {"note": 3})
    assert (refused.status, refused.json) == (400, {"message": "Invalid request body"})
    assert api.call("POST", "/events", "<note/>", Content_Type="text/xml").status == 415
    assert api.call("GET", "/items/invalid").status == 404


def test_a_role_s_permissions_are_checked(api: Api) -> None:
    # The role may get and put items.
    refused = api.call("POST", "/items", {})
    assert (refused.status, refused.json) == (403, {"kind": "AccessDeniedException"})
    denied = api.stage.failed_integrations()[-1]
    assert denied.method.startswith("POST /items (REST API ")
    assert "is not authorized to perform: dynamodb:Scan" in denied.reason


@pytest.mark.parametrize("note", HOSTILE)
def test_an_event_is_put_on_the_bus(api: Api, note: str) -> None:
    put = api.call("POST", "/events", {"note": note})
    assert put.status == 202
    assert put.json["id"]
    event = json.loads(str(api.received("Seen")["body"]))
    assert (event["detail-type"], event["detail"]) == ("Noted", {"note": note})


@pytest.mark.parametrize("text", HOSTILE)
def test_a_notice_is_published(api: Api, text: str) -> None:
    published = api.call("POST", "/notices", text)
    assert published.status == 202
    notice = json.loads(str(api.received("Seen")["body"]))
    assert (notice["Message"], notice["MessageId"]) == (text, published.json["id"])


@pytest.mark.parametrize("text", HOSTILE)
def test_a_message_is_sent(api: Api, text: str) -> None:
    sent = api.call("POST", "/messages", text)
    assert sent.status == 202
    assert sent.json["id"]
    assert api.received("Queue")["body"] == text


@pytest.mark.parametrize("note", HOSTILE)
def test_an_execution_is_started(api: Api, note: str) -> None:
    started = api.call("POST", "/executions", {"note": note})
    assert started.status == 202
    execution = api.stage.client("stepfunctions").describe_execution(executionArn=str(started.json["arn"]))  # type: ignore[attr-defined] # its types are not installed
    assert json.loads(execution["input"]) == {"note": note}


def test_an_object_is_read(api: Api) -> None:
    api.stage.client("s3").put_object(
        Bucket=api.output("Bucket"), Key="a b ü.txt", Body="grüß Gott".encode(), ContentType="text/plain; charset=utf-8"
    )
    found = api.call("GET", "/files/" + urllib.parse.quote("a b ü.txt", safe=""))
    assert (found.status, found.body, found.headers["Content-Type"]) == (200, "grüß Gott", "text/plain; charset=utf-8")
    assert api.call("GET", "/files/none").status in (403, 404)


def test_a_function_is_invoked_with_what_the_template_makes(api: Api) -> None:
    priced = api.call("POST", "/prices", {"sku": "a"})
    assert (priced.status, priced.json) == (200, {"price": 3, "given": {"sku": "a"}})
    failed = api.call("POST", "/prices", {"fail": True})
    assert (failed.status, failed.json) == (404, {"message": "[404] no such price"})


def test_what_cannot_work_is_told_with_its_reason(api: Api) -> None:
    for path in ("/broken", "/stranger"):
        failed = api.call("POST", path, {"a": 1})
        # The caller learns nothing, as on AWS, but in the API's own words.
        assert (failed.status, failed.json) == (500, {"problem": "ours"})
    broken, stranger = api.stage.failed_integrations()[-2:]
    assert broken.method.startswith("POST /broken (REST API ")
    assert "a string has no method upper()" in broken.reason
    assert stranger.method.startswith("POST /stranger (REST API ")
    assert "does not trust apigateway.amazonaws.com" in stranger.reason


def test_claims_of_a_signed_in_user_reach_the_template(api: Api) -> None:
    assert api.call("POST", "/mine", {"id": "mine"}).status == 401
    cognito = api.stage.client("cognito-idp")
    user = {"UserPoolId": api.output("Pool"), "Username": "somebody"}
    made = cognito.admin_create_user(**user)["User"]  # type: ignore[attr-defined] # its types are not installed
    cognito.admin_set_user_password(**user, Password="Pass-word-1", Permanent=True)  # type: ignore[attr-defined] # as above
    tokens = cognito.admin_initiate_auth(  # type: ignore[attr-defined] # as above
        UserPoolId=api.output("Pool"),
        ClientId=api.output("Client"),
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "somebody", "PASSWORD": "Pass-word-1"},
    )["AuthenticationResult"]
    answer = api.call("POST", "/mine", {"id": "mine"}, Authorization=tokens["IdToken"])
    sub = next(attribute["Value"] for attribute in made["Attributes"] if attribute["Name"] == "sub")
    assert (answer.status, answer.json) == (200, {"owner": sub})
