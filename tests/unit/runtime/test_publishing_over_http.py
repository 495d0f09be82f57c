"""Publishing through botocore to a server: what fails, in part or as a whole, is sent again, and nothing is lost."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import botocore.session
import pytest
from botocore.config import Config
from hypothesis import given, settings
from hypothesis import strategies as st

from best_practice_constructs.runtime import EventPublisher, OutgoingEvent, PublishError, clients
from best_practice_constructs.runtime.invocation import invoked
from tests.unit.helpers.examples import examples
from tests.unit.runtime.support import FakeContext, OrderCancelled

Ids = list[str]
Answer = Callable[[Ids], "str | list[str | None]"]
"""What the server says to a call: an error code for each entry, or what is wrong with the whole call."""

_STATUS = {"InternalFailure": 500, "ServiceUnavailable": 503, "ThrottlingException": 400, "AccessDeniedException": 400}
_CLOSED, _CLOSED_AFTER = "closed", "closed after it was taken"


class Bus:
    """EventBridge's PutEvents on the loopback interface."""

    def __init__(self) -> None:
        self.answer: Answer = lambda ids: [None] * len(ids)
        self.calls: list[Ids] = []
        self.taken: Counter[str] = Counter()
        bus = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.headers["X-Amz-Target"] == "AWSEvents.PutEvents"
                ids = [json.loads(each["Detail"])["metadata"]["event_id"] for each in body["Entries"]]
                bus.calls.append(ids)
                self._say(ids, bus.answer(ids))

            def _say(self, ids: Ids, answer: str | list[str | None]) -> None:
                if answer == _CLOSED_AFTER:
                    bus.taken.update(ids)
                if answer in (_CLOSED, _CLOSED_AFTER):
                    self.close_connection = True
                    return
                if isinstance(answer, str):
                    self._write(_STATUS[answer], {"__type": answer, "message": "no"})
                    return
                bus.taken.update(each for each, code in zip(ids, answer, strict=True) if code is None)
                entries = [{"ErrorCode": code, "ErrorMessage": "no"} if code else {"EventId": "e"} for code in answer]
                self._write(200, {"FailedEntryCount": len(answer) - answer.count(None), "Entries": entries})

            def _write(self, status: int, body: object) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Generator[Bus]:
    served = Bus()
    monkeypatch.setenv("EVENT_BUS_NAME", "shop")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_EVENTBRIDGE", served.url)
    monkeypatch.setattr("best_practice_constructs.runtime.batched_sending.time.sleep", lambda _: None)
    thread = threading.Thread(target=served.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    served.server.shutdown()
    thread.join()
    served.server.server_close()


def _events(count: int) -> list[OutgoingEvent]:
    return [OutgoingEvent(event=OrderCancelled(order_id=str(n)), event_id=str(n)) for n in range(count)]


def test_what_an_answer_refuses_is_sent_exactly_once_more(bus: Bus) -> None:
    refused = {"1", "4", "9"}
    bus.answer = lambda ids: ["InternalFailure" if len(bus.calls) == 1 and each in refused else None for each in ids]
    assert EventPublisher().publish_all(_events(10)) == tuple(str(n) for n in range(10))
    assert bus.calls == [[str(n) for n in range(10)], ["1", "4", "9"]]
    assert bus.taken == Counter(str(n) for n in range(10))


@pytest.mark.parametrize("fault", ["InternalFailure", "ServiceUnavailable", "ThrottlingException", _CLOSED])
def test_a_call_that_fails_as_a_whole_is_made_again_and_the_attempts_are_five_in_all(bus: Bus, fault: str) -> None:
    bus.answer = lambda ids: fault if len(bus.calls) < 5 else [None] * len(ids)
    EventPublisher().publish_all(_events(3))
    assert bus.calls == [["0", "1", "2"]] * 5
    assert bus.taken == Counter(["0", "1", "2"])
    bus.calls.clear()
    bus.answer = lambda _: fault
    with pytest.raises(PublishError) as error:
        EventPublisher().publish_all(_events(2))
    assert [each.event_id for each in error.value.failed] == ["0", "1"]
    assert len(bus.calls) == 5


def test_what_is_not_allowed_is_not_tried_again(bus: Bus) -> None:
    bus.answer = lambda _: "AccessDeniedException"
    with pytest.raises(PublishError, match="AccessDeniedException"):
        EventPublisher().publish_all(_events(2))
    assert len(bus.calls) == 1


def test_an_answer_that_gets_lost_repeats_the_same_events_under_their_ids(bus: Bus) -> None:
    bus.answer = lambda ids: _CLOSED_AFTER if len(bus.calls) == 1 else [None] * len(ids)
    EventPublisher().publish_all(_events(2))
    assert bus.taken == Counter({"0": 2, "1": 2})


def test_a_connection_that_hangs_is_given_up_and_the_call_made_again(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def answer(ids: Ids) -> str | list[str | None]:
        if len(bus.calls) == 1:
            ended.wait(10)
            return _CLOSED
        ended.set()
        return [None] * len(ids)

    bus.answer = answer
    # Ten seconds, what the runtime's own client waits, are too long for a test.
    config = Config(read_timeout=0.2, retries={"total_max_attempts": 1})
    clients.use("events", botocore.session.get_session().create_client("events", config=config))
    EventPublisher().publish_all(_events(1))
    assert bus.calls == [["0"], ["0"]]
    assert bus.taken == Counter(["0"])


def test_the_attempts_end_with_the_invocation(bus: Bus, context: FakeContext) -> None:
    context.remaining_milliseconds = 900
    bus.answer = lambda _: "ServiceUnavailable"
    with invoked(context), pytest.raises(PublishError):
        EventPublisher().publish_all(_events(1))
    assert len(bus.calls) == 1


_ENTRY = st.sampled_from([None, None, "InternalFailure", "ThrottlingException", "NotAuthorizedForSource"])


def test_whatever_fails_each_event_is_taken_once_or_named(bus: Bus) -> None:
    @settings(deadline=None, max_examples=examples(100))
    @given(
        count=st.integers(0, 23),
        faults=st.lists(
            st.sampled_from(["InternalFailure", "ThrottlingException", _CLOSED])
            | st.lists(_ENTRY, min_size=10, max_size=10),
            max_size=8,
        ),
    )
    def none_is_lost(count: int, faults: list[str | list[str | None]]) -> None:
        answers = iter(faults)

        def answer(ids: Ids) -> str | list[str | None]:
            well: list[str | None] = [None] * 10
            given_answer = next(answers, well)
            return given_answer if isinstance(given_answer, str) else given_answer[: len(ids)]

        bus.answer, bus.calls, bus.taken = answer, [], Counter()
        failed: list[str] = []
        try:
            EventPublisher().publish_all(_events(count))
        except PublishError as error:
            failed = [each.event_id for each in error.failed]
        assert bus.taken + Counter(failed) == Counter(str(n) for n in range(count))
        assert all(bus.taken[each] <= 1 for each in bus.taken)
        assert all(len(each) <= 10 for each in bus.calls)

    none_is_lost()
