"""Which pages of other origins may read an API handler's answers."""

from __future__ import annotations

import json

import pytest

from best_practice_constructs.runtime import ApiHandler, ApiRequest, ApiResponse, Problem, api_handler
from tests.unit.runtime.support import FakeContext

SHOP = "https://shop.example"


def _asked_from(origin: str | None, *, name: str = "Origin", wanted: str = "answer") -> dict[str, object]:
    return {"httpMethod": "GET", "path": f"/{wanted}", "headers": {name: origin} if origin else {}}


def _handler(**headers: str) -> ApiHandler[None]:
    @api_handler
    def handler(request: ApiRequest[None]) -> ApiResponse:
        if request.path == "/problem":
            raise Problem(status=429, headers={"Retry-After": "6"})
        if request.path == "/fault":
            raise RuntimeError("a fault")
        return ApiResponse(status=201, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return handler


@pytest.fixture
def _shop_and_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ALLOW_ORIGINS", f"{SHOP}, https://desk.example")
    monkeypatch.setenv("CORS_EXPOSE_HEADERS", "Location,Retry-After")


@pytest.mark.usefixtures("_shop_and_desk")
@pytest.mark.parametrize("origin", [SHOP, "https://desk.example"])
@pytest.mark.parametrize("name", ["Origin", "origin"])
@pytest.mark.parametrize(("wanted", "status"), [("answer", 201), ("problem", 429), ("fault", 500)])
def test_pages_of_the_origins_may_read_every_answer(
    context: FakeContext, origin: str, name: str, wanted: str, status: int
) -> None:
    response = _handler()(_asked_from(origin, name=name, wanted=wanted), context)
    assert response["statusCode"] == status
    assert response["headers"]["Access-Control-Allow-Origin"] == origin
    assert response["headers"]["Access-Control-Expose-Headers"] == "Location,Retry-After"
    assert response["headers"]["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in response["headers"]


@pytest.mark.usefixtures("_shop_and_desk")
@pytest.mark.parametrize(
    "origin",
    [None, "https://evil.example", "https://shop.example.evil", "http://shop.example", "https://shop.example/", "null"],
)
@pytest.mark.parametrize("wanted", ["answer", "problem", "fault"])
def test_pages_of_others_may_read_none_and_caches_know_that_it_depends(
    context: FakeContext, monkeypatch: pytest.MonkeyPatch, origin: str | None, wanted: str
) -> None:
    monkeypatch.setenv("CORS_ALLOW_CREDENTIALS", "true")
    headers = _handler()(_asked_from(origin, wanted=wanted), context)["headers"]
    assert not [name for name in headers if name.startswith("Access-Control-")]
    assert headers["Vary"] == "Origin"


@pytest.mark.usefixtures("_shop_and_desk")
def test_credentials_are_let_in_where_the_api_says_so(context: FakeContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ALLOW_CREDENTIALS", "true")
    headers = _handler()(_asked_from(SHOP), context)["headers"]
    assert headers["Access-Control-Allow-Credentials"] == "true"


def test_all_origins_are_never_let_in_with_credentials(context: FakeContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ALLOW_ORIGINS", "*")
    monkeypatch.setenv("CORS_ALLOW_CREDENTIALS", "true")
    for origin in (SHOP, None):
        assert _handler()(_asked_from(origin), context)["headers"] == {"Access-Control-Allow-Origin": "*"}


@pytest.mark.usefixtures("_shop_and_desk")
@pytest.mark.parametrize(
    ("own", "name", "vary"),
    [
        ("Accept-Language", "Vary", "Accept-Language, Origin"),
        ("origin", "vary", "origin"),
        ("*", "VARY", "*"),
        ("Accept, ORIGIN", "Vary", "Accept, ORIGIN"),
    ],
)
def test_what_the_answer_varies_by_besides_stays(context: FakeContext, own: str, name: str, vary: str) -> None:
    headers = _handler(**{name: own})(_asked_from(SHOP), context)["headers"]
    assert {header: value for header, value in headers.items() if header.lower() == "vary"} == {name: vary}


@pytest.mark.usefixtures("_shop_and_desk")
def test_what_the_handler_says_itself_stays(context: FakeContext) -> None:
    allowing = _handler(access_control_allow_origin="https://partner.example")
    headers = allowing(_asked_from(SHOP), context)["headers"]
    assert headers["access-control-allow-origin"] == "https://partner.example"
    assert not [name for name in headers if name.startswith("Access-Control-")]
    exposing = _handler(access_control_expose_headers="ETag")
    headers = exposing(_asked_from(SHOP), context)["headers"]
    assert headers["Access-Control-Allow-Origin"] == SHOP
    assert [value for name, value in headers.items() if name.lower() == "access-control-expose-headers"] == ["ETag"]


@pytest.mark.usefixtures("_shop_and_desk")
def test_headers_that_are_none_are_a_fault_and_no_crash(context: FakeContext) -> None:
    @api_handler
    def handler(request: ApiRequest[None]) -> ApiResponse:
        return ApiResponse(status=200, headers={1: "one"})  # type: ignore[dict-item]  # the fault

    response = handler(_asked_from(SHOP), context)
    assert json.loads(response["body"])["status"] == 500
    assert response["headers"]["Access-Control-Allow-Origin"] == SHOP


def test_without_cors_no_answer_speaks_of_it(context: FakeContext, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = _handler()
    assert handler(_asked_from(SHOP), context)["headers"] == {}
    monkeypatch.setenv("CORS_ALLOW_ORIGINS", SHOP)
    assert handler(_asked_from(SHOP), context)["headers"] == {}, "read once for a process"
    handler.forget()
    assert handler(_asked_from(SHOP), context)["headers"]["Access-Control-Allow-Origin"] == SHOP
