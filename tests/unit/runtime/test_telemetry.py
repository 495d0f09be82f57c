"""Log lines, metrics and traces of an invocation."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest
from aws_lambda_powertools.metrics import MetricUnit

from best_practice_constructs.runtime import LambdaContext, logger, metrics, telemetry, tracer
from tests.unit.runtime.support import FakeContext, log_lines_in, metrics_in


@pytest.fixture(autouse=True)
def service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "shop")
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE", raising=False)


def work(event: Mapping[str, object], context: LambdaContext) -> str:
    logger().info("Working", extra={"order": event["order"]})
    logger().append_keys(customer=event["order"])
    metrics().add_metric(name="OrdersPlaced", unit=MetricUnit.Count, value=1)
    if event["order"] == "bad":
        raise RuntimeError("not today")
    return "done"


def do_nothing(event: Mapping[str, object], context: LambdaContext) -> None:
    """Do nothing."""


def test_accessors_give_the_same_thing_each_time() -> None:
    assert logger() is logger()
    assert metrics() is metrics()
    assert tracer() is tracer()


def test_an_invocation_has_its_context_in_its_lines_and_its_metrics_written(
    context: FakeContext, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = telemetry.instrumented(work, name="handler")
    assert handler({"order": "1"}, context) == "done"
    with pytest.raises(RuntimeError):
        handler({"order": "bad"}, context)
    output = capsys.readouterr().out
    first, second = log_lines_in(output)
    assert (first["service"], first["function_request_id"], first["order"]) == ("shop", "request-1", "1")
    assert str(first["timestamp"]).endswith("+00:00")
    assert "customer" not in second, "nothing of one invocation is in the next"
    assert metrics_in(output)["OrdersPlaced"] == 2
    assert '"Namespace":"shop"' in output


def test_an_invocation_without_metrics_writes_none_and_warns_of_nothing(
    context: FakeContext, capsys: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    handler = telemetry.instrumented(do_nothing, name="handler")
    handler({}, context)
    capsys.readouterr()
    handler({}, context)
    assert capsys.readouterr().out == ""
    assert list(recwarn) == []


@pytest.mark.parametrize("name", ["name", "message", "args", "module", "process", "filename", "created"])
def test_the_names_of_pythons_own_records_are_taken(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """docs/runtime.md warns of it."""
    logger().debug("Noted", extra={name: "of the handler"})
    with pytest.raises(KeyError, match=name):
        logger().info("Noted", extra={name: "of the handler"})
    assert capsys.readouterr().out == ""


def test_some_names_are_dropped_and_others_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    """docs/runtime.md says which."""
    given = "of the handler"
    logger().info("Noted", order_id="1", level=given, timestamp=given, location=given, service=given)
    (line,) = log_lines_in(capsys.readouterr().out)
    assert {name for name, value in line.items() if value == given} == {"service"}
    assert line["order_id"] == "1"


def test_a_cold_start_is_counted_once(
    context: FakeContext, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telemetry, "_is_first_invocation", True)
    handler = telemetry.instrumented(do_nothing, name="handler")
    handler({}, context)
    handler({}, context)
    assert metrics_in(capsys.readouterr().out) == {"ColdStart": 1}


def test_nothing_is_traced_where_nothing_collects_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0")
    assert not telemetry.is_traced()
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
    assert telemetry.is_traced()
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    assert not telemetry.is_traced()
    recorder = tracer()
    recorder.put_annotation("order", "1")
    recorder.put_metadata("order", {"id": 1})
    assert recorder.capture_method(len)([1, 2]) == 2


TRACED = """
import os
os.environ["LAMBDA_TASK_ROOT"] = "/var/task"
os.environ["AWS_XRAY_DAEMON_ADDRESS"] = "127.0.0.1:2000"
os.environ["POWERTOOLS_SERVICE_NAME"] = "shop"
import sys
from best_practice_constructs.runtime import telemetry, tracer
assert "aws_xray_sdk" not in sys.modules
from tests.unit.runtime.support import FakeContext
sent = []
def work(event, context):
    tracer().put_annotation("order", "17")
    tracer().put_metadata("detail", {"a": 1})
    return tracer().capture_method(price)(2)
def price(n):
    return n * 2
handler = telemetry.instrumented(work, name="place_order")
assert "aws_xray_sdk" in sys.modules, "loaded while the function starts"
from aws_xray_sdk.core import xray_recorder
class Emitter:
    ip = "127.0.0.1"
    def send_entity(self, entity):
        sent.append((entity.name, entity.annotations))
    def set_daemon_address(self, address):
        pass
xray_recorder.emitter = Emitter()
assert handler({}, FakeContext()) == 4
assert sent == [], "not sampled"
os.environ["_X_AMZN_TRACE_ID"] = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
assert handler({}, FakeContext()) == 4
names = [name for name, _ in sent]
assert names == ["## __main__.price", "## place_order"], names
assert sent[1][1]["order"] == "17"
assert sent[1][1]["Service"] == "shop"
"""


def test_a_sampled_invocation_is_recorded() -> None:
    subprocess.run([sys.executable, "-c", TRACED], check=True)
