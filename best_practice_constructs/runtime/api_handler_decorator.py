"""Make a function the handler of an API's method: a typed request in, a response or a problem document out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, TypedDict, TypeVar, cast, overload

from best_practice_constructs.runtime import codec, telemetry
from best_practice_constructs.runtime.api_handler_check import check_api_handler
from best_practice_constructs.runtime.api_request import ApiRequest
from best_practice_constructs.runtime.api_response import ApiResponse
from best_practice_constructs.runtime.cross_origin import CrossOrigin
from best_practice_constructs.runtime.decorator_arguments import API_HANDLER
from best_practice_constructs.runtime.invocation import Cause, caused_by
from best_practice_constructs.runtime.preparation import prepared
from best_practice_constructs.runtime.problem import MEDIA_TYPE, Problem
from best_practice_constructs.runtime.proxy_event import ProxyEvent
from best_practice_constructs.runtime.request_body import BodyReader

if TYPE_CHECKING:
    from best_practice_constructs.runtime.invocation import LambdaContext

BodyT = TypeVar("BodyT")


class ProxyResponse(TypedDict):
    """What API Gateway reads from a function."""

    statusCode: int
    headers: dict[str, str]
    body: str
    isBase64Encoded: bool


class ApiHandler(Generic[BodyT]):
    """A Lambda handler that was made by :func:`api_handler`.

    Tests call the function itself as ``handler.__wrapped__(request)``, and the whole as Lambda does:
    ``handler(event, context)``.
    """

    def __init__(self, handler: Callable[[ApiRequest[BodyT]], ApiResponse], *, body: type[BodyT] | None) -> None:
        API_HANDLER.check_handler(handler)
        check_api_handler(handler)
        functools.update_wrapper(self, handler)
        self.__wrapped__: Callable[[ApiRequest[BodyT]], ApiResponse] = handler
        self._reader = BodyReader(body) if body is not None else None
        telemetry.load_tracer()
        self._run: Callable[[Mapping[str, object], LambdaContext], ProxyResponse] | None = prepared(self._set_up)

    def __call__(self, event: Mapping[str, object], context: LambdaContext) -> ProxyResponse:
        """Answer a request as API Gateway gives it (payload version 1); no exception leaves it."""
        if self._run is None:
            self._run = self._set_up()
        return self._run(event, context)

    def forget(self) -> None:
        """Forget what was set up from the environment, as a new process would; for tests."""
        self._run = None

    def _set_up(self) -> Callable[[Mapping[str, object], LambdaContext], ProxyResponse]:
        answer = functools.partial(self._answer, CrossOrigin.from_environment())
        return telemetry.instrumented(answer, name=self.__wrapped__.__name__)

    def _answer(self, cross_origin: CrossOrigin, event: Mapping[str, object], context: LambdaContext) -> ProxyResponse:
        proxy_event = ProxyEvent(event, fallback_request_id=context.aws_request_id)
        request_id = proxy_event.request_id
        logger = telemetry.logger()

        def readable(response: ProxyResponse) -> ProxyResponse:
            # Problems too: a page that may not read why it was refused can tell nobody.
            headers = cross_origin.added_to(response["headers"], origin=proxy_event.headers.get("origin"))
            return {**response, "headers": headers}

        with logger.append_context_keys(correlation_id=request_id), caused_by(Cause(correlation_id=request_id)):
            try:
                body = self._body(proxy_event)
                return readable(_response(self.__wrapped__(proxy_event.request(body))))
            except Problem as problem:
                logger.info("Request refused", status=problem.status, title=problem.title, detail=problem.detail)
                return readable(_problem_response(problem))
            except Exception:
                logger.exception("Request failed")
                return readable(
                    _problem_response(
                        Problem(status=500, detail="The request could not be answered.", request_id=request_id)
                    )
                )

    def _body(self, proxy_event: ProxyEvent) -> BodyT:
        if self._reader is None:
            return cast(BodyT, None)
        return self._reader.read(
            proxy_event.body,
            content_type=proxy_event.headers.get("content-type"),
            is_base64_encoded=proxy_event.is_base64_encoded,
        )


@overload
def api_handler(handler: Callable[[ApiRequest[None]], ApiResponse], /) -> ApiHandler[None]: ...
@overload
def api_handler(*, body: type[BodyT]) -> Callable[[Callable[[ApiRequest[BodyT]], ApiResponse]], ApiHandler[BodyT]]: ...
@overload
def api_handler(*, body: None = None) -> Callable[[Callable[[ApiRequest[None]], ApiResponse]], ApiHandler[None]]: ...
def api_handler(
    handler: Callable[[ApiRequest[BodyT]], ApiResponse] | None = None, /, *, body: type[BodyT] | None = None
) -> ApiHandler[BodyT] | Callable[[Callable[[ApiRequest[BodyT]], ApiResponse]], ApiHandler[BodyT]]:
    """Make a function the handler of an API's method.

    It gets an :class:`ApiRequest` and returns an :class:`ApiResponse` or raises a :class:`Problem`. A body that is not
    of the type never reaches it: 415 for another media type, 400 for what is not JSON, 422 for a value of another type,
    each a problem document. What it raises besides is logged and answered by a 500 that says nothing about the inside.
    Where the API allows pages of other origins (CORS), each answer says so, unless the handler does it itself.

    :param body: the type of the request's body, a dataclass; without one the body is not read.
    :raises InvalidHandlerError: the handler does not take the one ``ApiRequest``, or ``body`` is no class.

    ```python
    from dataclasses import dataclass

    from best_practice_constructs.runtime import ApiRequest, ApiResponse, api_handler


    @dataclass(frozen=True, kw_only=True)
    class NewOrder:
        product: str
        quantity: int


    @api_handler(body=NewOrder)
    def handler(request: ApiRequest[NewOrder]) -> ApiResponse:
        return ApiResponse(status=202, body={"product": request.body.product}, headers={"Location": "/orders/1"})
    ```
    """
    API_HANDLER.check_class(body)
    if handler is not None:
        return ApiHandler(handler, body=body)

    def decorate(handler: Callable[[ApiRequest[BodyT]], ApiResponse]) -> ApiHandler[BodyT]:
        return ApiHandler(handler, body=body)

    return decorate


def _response(response: ApiResponse) -> ProxyResponse:
    if response.body is None:
        return _proxy_response(response.status, headers=response.headers, body="")
    headers = dict(response.headers)
    if "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = "application/json"
    return _proxy_response(response.status, headers=headers, body=codec.encode(response.body).decode())


def _problem_response(problem: Problem) -> ProxyResponse:
    headers = {**problem.headers, "Content-Type": MEDIA_TYPE}
    return _proxy_response(problem.status, headers=headers, body=codec.encode(problem.document()).decode())


def _proxy_response(status: int, *, headers: Mapping[str, str], body: str) -> ProxyResponse:
    return {"statusCode": status, "headers": dict(headers), "body": body, "isBase64Encoded": False}
