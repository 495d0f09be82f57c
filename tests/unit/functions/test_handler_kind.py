"""A handler and the construct that invokes it agree on what is read, as far as the handler's source tells."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Annotations, Match
from constructs import Construct

from best_practice_constructs import (
    AsyncFunctionConsumer,
    ChangePublisher,
    EnrichedEventBus,
    EventSource,
    IdempotentQueueConsumer,
    InvalidArgumentError,
    ProvisionedApi,
    SinglePurposeFunction,
    StreamConsumer,
    TopicConsumer,
)

orders = EventSource("com.example.orders")


@orders.event
class OrderPlaced:
    """An order is there."""

    order_id: str


_Decorator = Literal["queue_consumer", "stream_consumer", "change_publisher", "async_event_consumer", "api_handler"]
_FITTING: dict[_Decorator, tuple[str, ...]] = {
    "queue_consumer": ("IdempotentQueueConsumer", "TopicConsumer"),
    "stream_consumer": ("StreamConsumer",),
    "change_publisher": ("ChangePublisher",),
    "async_event_consumer": ("AsyncFunctionConsumer",),
    "api_handler": ("ProvisionedApi",),
}


def _queue(stack: Stack, entry: str) -> object:
    return IdempotentQueueConsumer(stack, "C", entry=entry, handler="tell.handler")


def _topic(stack: Stack, entry: str) -> object:
    return TopicConsumer(stack, "C", topic=sns.Topic(stack, "Topic"), entry=entry, handler="tell.handler")


def _stream(stack: Stack, entry: str) -> object:
    start = lambda_.StartingPosition.LATEST
    stream = kinesis.Stream(stack, "Stream")
    return StreamConsumer(stack, "C", stream=stream, starting_position=start, entry=entry, handler="tell.handler")


def _changes(stack: Stack, entry: str) -> object:
    key = dynamodb.Attribute(name="order_id", type=dynamodb.AttributeType.STRING)
    table = dynamodb.Table(stack, "Table", partition_key=key, stream=dynamodb.StreamViewType.NEW_IMAGE)
    bus = EnrichedEventBus(stack, "Bus")
    return ChangePublisher(stack, "C", table=table, bus=bus, events=[OrderPlaced], entry=entry, handler="tell.handler")


def _events(stack: Stack, entry: str) -> object:
    return AsyncFunctionConsumer(stack, "C", entry=entry, handler="tell.handler")


def _api(stack: Stack, entry: str) -> object:
    function = SinglePurposeFunction(stack, "F", entry=entry, handler="tell.handler")
    return ProvisionedApi(stack, "C").get("/orders", function)


_MAKERS: dict[str, Callable[[Stack, str], object]] = {
    "IdempotentQueueConsumer": _queue,
    "TopicConsumer": _topic,
    "StreamConsumer": _stream,
    "ChangePublisher": _changes,
    "AsyncFunctionConsumer": _events,
    "ProvisionedApi": _api,
}


def _entry(directory: Path, source: str) -> str:
    (directory / "tell.py").write_text(source, encoding="utf-8")
    return str(directory)


def _decorated(decorator: str) -> str:
    return (
        f"from best_practice_constructs.runtime import {decorator}\n\n\n"
        f"@{decorator}\ndef handler(given: object) -> None: ...\n"
    )


@pytest.mark.parametrize("construct", _MAKERS)
@pytest.mark.parametrize("decorator", _FITTING)
def test_each_construct_takes_its_own_kind_of_handler_only(
    stack: Stack, tmp_path: Path, decorator: _Decorator, construct: str
) -> None:
    entry = _entry(tmp_path, _decorated(decorator))
    if construct in _FITTING[decorator]:
        _MAKERS[construct](stack, entry)
        return
    with pytest.raises(InvalidArgumentError, match=rf"^Stack/C: handler='tell\.handler', .*runtime\.{decorator}") as e:
        _MAKERS[construct](stack, entry)
    wanted = next(name for name, constructs in _FITTING.items() if construct in constructs)
    assert f"Make it with runtime.{wanted}" in str(e.value)
    assert f"{construct} invokes it with" in str(e.value)
    assert _FITTING[decorator][0] in e.value.remedy


@pytest.mark.parametrize("decorator", _FITTING)
def test_a_plain_function_takes_any(stack: Stack, tmp_path: Path, decorator: str) -> None:
    function = SinglePurposeFunction(
        stack, "Function", entry=_entry(tmp_path, _decorated(decorator)), handler="tell.handler"
    )
    assert function.handler_kind is not None
    assert function.handler_kind.decorator == decorator


@pytest.mark.parametrize("construct", _MAKERS)
@pytest.mark.parametrize(
    "source",
    [
        "def handler(event, context): ...\n",
        "import sys\nmatch sys.platform:\n    case _:\n        def handler(event, context): ...\n",
        "from plain import handler\n",
    ],
)
def test_a_function_without_a_decorator_is_no_consumer_of_what_has_to_be_handled_once(
    stack: Stack, tmp_path: Path, construct: str, source: str
) -> None:
    (tmp_path / "plain.py").write_text("async def handler(event, context): ...\n", encoding="utf-8")
    entry = _entry(tmp_path, source)
    # An API takes whatever answers, and windows of a stream need a function that returns their state.
    if construct in ("ProvisionedApi", "StreamConsumer"):
        _MAKERS[construct](stack, entry)
        return
    wanted = next(name for name, constructs in _FITTING.items() if construct in constructs)
    with pytest.raises(InvalidArgumentError, match=r"^Stack/C: handler='tell\.handler', a function without") as error:
        _MAKERS[construct](stack, entry)
    assert f"put @{wanted} of best_practice_constructs.runtime above it" in error.value.remedy
    assert "SinglePurposeFunction" in error.value.remedy


def test_a_function_of_the_user_below_a_consumer_takes_any(stack: Stack, tmp_path: Path) -> None:
    class Mine(Construct):
        """What a user composes."""

    consumer = IdempotentQueueConsumer(
        stack, "C", entry=_entry(tmp_path, _decorated("queue_consumer")), handler="tell.handler"
    )
    other = _entry(tmp_path, _decorated("stream_consumer"))
    SinglePurposeFunction(consumer, "Other", entry=other, handler="tell.handler")
    SinglePurposeFunction(Mine(stack, "Mine"), "Function", entry=other, handler="tell.handler")


@pytest.mark.parametrize(
    "source",
    [
        (
            "from best_practice_constructs.runtime import stream_consumer as consumer\n"
            "@consumer(record=dict)\ndef handler(given): ...\n"
        ),
        "from best_practice_constructs import runtime\n@runtime.stream_consumer\ndef handler(given): ...\n",
        (
            "import best_practice_constructs.runtime\n"
            "@best_practice_constructs.runtime.stream_consumer()\ndef handler(given): ...\n"
        ),
        "import best_practice_constructs.runtime as bpc\n@bpc.stream_consumer\ndef handler(given): ...\n",
        (
            "from best_practice_constructs.runtime.stream_consumer_decorator import stream_consumer\n"
            "def handle(given): ...\nhandler = stream_consumer(handle)\n"
        ),
        "from best_practice_constructs.runtime import stream_consumer\nhandler = stream_consumer(record=dict)(print)\n",
        (
            "from best_practice_constructs.runtime import stream_consumer\nconsumer = stream_consumer(record=dict)\n"
            "@consumer\ndef handler(given): ...\n"
        ),
        "from inner import handler\n",
        "from inner import handler as told\nfrom inner import handler\n",
        "from package.deeper import handler\n",
    ],
)
def test_however_the_decorator_is_written_it_is_known(stack: Stack, tmp_path: Path, source: str) -> None:
    (tmp_path / "inner.py").write_text(_decorated("stream_consumer"), encoding="utf-8")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("from .things import handler\n", encoding="utf-8")
    (tmp_path / "package" / "deeper.py").write_text("from . import handler\n", encoding="utf-8")
    (tmp_path / "package" / "things.py").write_text("from inner import handler\n", encoding="utf-8")
    with pytest.raises(InvalidArgumentError, match=r"Stack/C: .*runtime\.stream_consumer"):
        _queue(stack, _entry(tmp_path, source))


@pytest.mark.parametrize(
    "source",
    [
        "import wrappers\n@wrappers.logged\ndef handler(event, context): ...\n",
        "from shop.handlers import stream_consumer\n@stream_consumer\ndef handler(given): ...\n",
        "from inner import *\n",
        "from elsewhere import handler\n",
        "from tell import handler\n",
        "handler = handler\n",
        (
            "import os\nfrom best_practice_constructs.runtime import stream_consumer\n"
            "if os.environ.get('LOCAL'):\n    def handler(event, context): ...\n"
            "else:\n    @stream_consumer\n    def handler(given): ...\n"
        ),
        (
            "import functools\nfrom best_practice_constructs.runtime import stream_consumer\n"
            "@functools.partial(stream_consumer, record=dict)\ndef handler(given): ...\n"
        ),
        "handlers = {}\ndef __getattr__(name): ...\n",
        (
            "from best_practice_constructs.runtime import stream_consumer\nfrom adapters import from_queue\n"
            "@from_queue\n@stream_consumer\ndef handler(given): ...\n"
        ),
        "with make() as handler:\n    pass\n",
        "for handler in [print]:\n    pass\n",
        "(handler := print)\n",
        "def set_up():\n    global handler\n    handler = print\n",
    ],
)
def test_what_cannot_be_known_raises_no_alarm(stack: Stack, tmp_path: Path, source: str) -> None:
    (tmp_path / "inner.py").write_text(_decorated("stream_consumer"), encoding="utf-8")
    consumer = IdempotentQueueConsumer(stack, "C", entry=_entry(tmp_path, source), handler="tell.handler")
    assert consumer.function.handler_kind is None


class TestTheModule:
    def _refusal(
        self, stack: Stack, tmp_path: Path, source: str, handler: str = "tell.handler"
    ) -> InvalidArgumentError:
        with pytest.raises(InvalidArgumentError) as error:
            SinglePurposeFunction(stack, "F", entry=_entry(tmp_path, source), handler=handler)
        return error.value

    def test_what_it_defines_is_listed_without_what_it_imports(self, stack: Stack, tmp_path: Path) -> None:
        source = "import json\nfrom os import path\nTABLE = 'orders'\n_cache = {}\ndef place(event, context): ...\n"
        error = self._refusal(stack, tmp_path, source, handler="tell.handler")
        assert error.reason == "tell.py defines no 'handler' at its top level; it defines place"
        assert error.remedy == "name a function of that module"

    def test_the_function_that_was_meant_is_proposed(self, stack: Stack, tmp_path: Path) -> None:
        error = self._refusal(
            stack, tmp_path, "import handle\ndef handler(event, context): ...\n", handler="tell.handlr"
        )
        assert error.remedy == "write 'tell.handler'"

    @pytest.mark.parametrize("handler", ["./tell.handler", "/tell.handler", "shop//tell.handler", ".tell.handler"])
    def test_a_path_is_no_module(self, stack: Stack, tmp_path: Path, handler: str) -> None:
        error = self._refusal(stack, tmp_path, "def handler(event, context): ...\n", handler=handler)
        assert "which is no name of a module" in error.reason

    def test_the_module_that_was_meant_is_proposed(self, stack: Stack, tmp_path: Path) -> None:
        error = self._refusal(stack, tmp_path, "def handler(event, context): ...\n", handler="tel.handler")
        assert "it has tell" in error.reason
        assert error.remedy == "write 'tell.handler'"

    def test_where_both_are_the_package_is_read_as_python_does(self, stack: Stack, tmp_path: Path) -> None:
        entry = _entry(tmp_path, "def other(event, context): ...\n")
        (tmp_path / "tell").mkdir()
        (tmp_path / "tell" / "__init__.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
        SinglePurposeFunction(stack, "F", entry=entry, handler="tell.handler")

    def test_an_imported_function_is_a_handler(self, stack: Stack, tmp_path: Path) -> None:
        entry = _entry(tmp_path, "from elsewhere import handler\n")
        SinglePurposeFunction(stack, "F", entry=entry, handler="tell.handler")

    def test_what_is_no_python_is_refused(self, stack: Stack, tmp_path: Path) -> None:
        entry = _entry(tmp_path, "def handler(:\n")
        with pytest.raises(InvalidArgumentError, match=r"Stack/F: handler='tell\.handler' .*its module is no Python"):
            SinglePurposeFunction(stack, "F", entry=entry, handler="tell.handler", runtime=lambda_.Runtime.PYTHON_3_9)

    @pytest.mark.skipif(sys.version_info >= (3, 14), reason="it knows all that functions may be written in")
    def test_what_may_be_newer_python_is_left_to_lambda(self, stack: Stack, tmp_path: Path) -> None:
        entry = _entry(tmp_path, "def handler(event, context):\n    return t'{event}'\n")
        function = SinglePurposeFunction(
            stack, "F", entry=entry, handler="tell.handler", runtime=lambda_.Runtime.PYTHON_3_14
        )
        assert function.handler_kind is None
        Annotations.from_stack(stack).has_warning(
            "/Stack", Match.string_like_regexp(r"^Stack/F, given handler='tell\.handler': Python 3\.\d+ cannot read")
        )
