"""Direct integrations end to end: generated templates and roles as they are deployed, on the embedded stage."""

from __future__ import annotations

import json
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from botocore.credentials import Credentials

from best_practice_constructs.local import Deployment, LocalStage
from examples.order_invoice.order_client import Answer, OrderClient

pytestmark = [pytest.mark.end_to_end, pytest.mark.xdist_group("direct_integrations")]

APP = Path(__file__).with_name("direct_integrations")
HOSTILE = ('it\'s "quoted" \\ and $context.requestId', '"}}, "admin": {"BOOL": true', "a/b&Action=DeleteQueue=ü😀#end")


@dataclass(frozen=True)
class Api:
    stage: LocalStage
    deployment: Deployment

    def output(self, name: str) -> str:
        return self.deployment.outputs["Direct"][f"Told{name}"]

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        url = self.stage.local_url(self.output("Url"))
        variables = self.stage.environment_variables()
        credentials = Credentials(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"])
        client = OrderClient(url, credentials=credentials, region=variables["AWS_DEFAULT_REGION"])
        return client.send(
            method, path, body=body, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )

    def received(self, queue: str) -> dict[str, object]:
        client = self.stage.client("sqs")
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            answer = client.receive_message(
                QueueUrl=self.output(queue), WaitTimeSeconds=1, MessageAttributeNames=["All"]
            )
            for message in answer.get("Messages", []):
                client.delete_message(QueueUrl=self.output(queue), ReceiptHandle=message.get("ReceiptHandle", ""))
                return cast("dict[str, object]", message)
        raise AssertionError(f"nothing came into {queue}")


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    # With permissions: each integration has the rights of its role and no others.
    with LocalStage(enforce_iam=True) as stage:
        yield Api(stage, stage.deploy(stage.synthesize(APP)))


@pytest.fixture(scope="module")
def unchecked_api() -> Iterator[Api]:
    # The emulator knows no condition of events:PutEvents, by which the role names the source and the detail type; the
    # unit tests look at that statement.
    with LocalStage() as stage:
        yield Api(stage, stage.deploy(stage.synthesize(APP)))


@pytest.mark.parametrize("name", HOSTILE)
def test_an_item_is_written_once_read_listed_and_changed(api: Api, name: str) -> None:
    shop, product = f"shop {name.replace('/', '|')}", f"product {name.replace('/', '|')}"
    path = f"shops/{urllib.parse.quote(shop, safe='')}/products"
    one = f"{path}/{urllib.parse.quote(product, safe='')}"
    assert api.call("GET", one).status == 404
    put = api.call("PUT", one, {"name": name, "price": "12.5", "owner": "me"})
    assert (put.status, put.body) == (201, {"shop": shop, "product_id": product})
    again = api.call("PUT", one, {"name": "other", "price": 1})
    assert (again.status, again.body["title"]) == (409, "Conflict")
    assert again.headers["content-type"] == "application/problem+json"
    found = api.call("GET", one)
    assert found.status == 200
    created_at = found.body["created_at"]
    assert found.body == {"product_id": product, "name": name, "price": "12.5", "created_at": created_at}
    assert api.call("GET", path).body == {"items": [found.body], "next": None}
    item = api.stage.client("dynamodb").get_item(
        TableName=api.output("Table"), Key={"shop": {"S": shop}, "product_id": {"S": product}}
    )["Item"]
    assert item["owner"] != {"S": "me"}
    assert item["price"] == {"N": "12.5"}
    changed = api.call("PATCH", one, {"name": f"new {name}"})
    assert (changed.status, changed.body) == (200, {"name": f"new {name}", "created_at": created_at, "note": None})
    assert api.call("PATCH", f"{one}2", {"name": "none"}).status == 404


def test_a_page_ends_where_the_next_one_begins(api: Api) -> None:
    for number in range(52):
        assert api.call("PUT", f"shops/long/products/p{number:02}", {"name": "n", "price": 1}).status == 201
    first = api.call("GET", "shops/long/products")
    items = cast("list[dict[str, str]]", first.body["items"])
    assert [item["product_id"] for item in items] == [f"p{number:02}" for number in range(50)]
    assert first.body["next"] == "p49"


@pytest.mark.parametrize("words", HOSTILE)
def test_a_request_is_accepted_into_a_queue(api: Api, words: str) -> None:
    wish = {"product_id": "lamp", "words": words}
    accepted = api.call("POST", "wishes", wish)
    assert accepted.status == 202
    request_id = str(accepted.body["request_id"])
    assert urllib.parse.unquote(accepted.headers["location"]) == f"wishes/{request_id}"
    message = api.received("Wishes")
    assert json.loads(str(message["Body"])) == wish
    attributes = cast("dict[str, dict[str, str]]", message["MessageAttributes"])
    assert attributes["request_id"]["StringValue"] == request_id


def test_what_does_not_fit_its_type_is_refused_by_the_gateway(api: Api) -> None:
    assert api.call("POST", "wishes", {"product_id": 3}).status == 400
    assert api.call("POST", "events/post", {"words": "without a key"}).status == 400


@pytest.mark.parametrize("words", HOSTILE)
def test_a_typed_event_is_put_on_the_bus(unchecked_api: Api, words: str) -> None:
    accepted = unchecked_api.call("POST", "events/post", {"words": words}, Idempotency_Key=f"key {len(words)}")
    assert (accepted.status, accepted.body) == (202, {"event_id": f"key {len(words)}"})
    event = json.loads(str(unchecked_api.received("Seen")["Body"]))
    assert (event["source"], event["detail-type"]) == ("com.example.partners", "ParcelDelivered")
    assert event["detail"]["data"] == {"partner": "post", "words": words}
    assert event["detail"]["metadata"]["event_id"] == f"key {len(words)}"


@pytest.mark.parametrize("words", HOSTILE)
def test_a_notice_is_published(api: Api, words: str) -> None:
    assert api.call("POST", "notices", {"words": words}).status == 202
    notice = json.loads(str(api.received("Seen")["Body"]))
    assert json.loads(notice["Message"]) == {"words": words}
    assert notice["MessageAttributes"]["words"]["Value"] == words
