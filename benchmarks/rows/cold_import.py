"""What a cold start of the invoice consumer imports."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.benchmark import Benchmark, Comparison, Effort, Target
from benchmarks.bundles import (
    as_directory,
    construct_bundle,
    install_lambda_python,
    install_with_pip,
    set_times_as_the_cdk_does,
    without_what_lambda_has,
)
from benchmarks.measuring import figures_of, in_turns
from benchmarks.payloads import placed_order

_PROGRAM = """
import importlib, io, json, os, sys, time
bundle, lambda_python, module = sys.argv[1:]
sys.path[:0] = [bundle]
sys.path.append(lambda_python)
start = time.process_time()
handler = importlib.import_module(module).handler
imported = time.process_time()
import botocore.client
from botocore.awsrequest import AWSResponse
class Raw(io.BytesIO):
    def stream(self, **_):
        yield self.read()
def make_api_call(client, name, request, call=botocore.client.BaseClient._make_api_call):
    client.meta.events.register("before-send", lambda request, **_: AWSResponse(request.url, 200, {}, Raw(b"{}")))
    return call(client, name, request)
botocore.client.BaseClient._make_api_call = make_api_call
class Context:
    function_name, memory_limit_in_mb, aws_request_id = "issue-invoice", 512, "5d5d1c7a-0000-4000-8000-000000000000"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:111122223333:function:issue-invoice"
    def get_remaining_time_in_millis(self):
        return 10_000
event = json.loads(sys.stdin.read())
os.environ["_X_AMZN_TRACE_ID"] = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
stubbed = time.process_time()
response = handler(event, Context())
called = time.process_time()
assert response == {"batchItemFailures": []}, response
print()
print(json.dumps({"import": imported - start, "first": called - stubbed}))
"""
"""
What Lambda does at a cold start, as far as it is Python: the handler's module is imported, then called. The network is
stubbed below botocore, so that the first call pays for clients, endpoints and signatures, whoever made them when.
"""

_ALONE = "by hand, with byte code that fits"

_ENVIRONMENT: Mapping[str, str] = {
    # What Lambda itself sets …
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
    "AWS_EXECUTION_ENV": "AWS_Lambda_python",
    "AWS_LAMBDA_FUNCTION_NAME": "issue-invoice",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    "LAMBDA_TASK_ROOT": "/var/task",
    "LANG": "en_US.UTF-8",
    # … and the construct.
    "POWERTOOLS_SERVICE_NAME": "invoices",
    "POWERTOOLS_METRICS_NAMESPACE": "shop",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "SERVICE_STAGE": "production",
    "APPLICATION_VERSION": "1",
    "IDEMPOTENCY_TABLE_NAME": "records",
    "IDEMPOTENCY_KEY": "detail.metadata.event_id",
    "IDEMPOTENCY_MODEL": "transaction",
    "IDEMPOTENCY_EXPIRES_AFTER_SECONDS": "1900800",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/111122223333/dead-letters",
    "MAX_RECEIVE_COUNT": "5",
    "QUEUE_IS_FIFO": "false",
    "INVOICES_TABLE_NAME": "invoices",
    "SERIES_TABLE_NAME": "series",
}


def measure(effort: Effort) -> Sequence[Comparison]:
    """Measure the import, and the import with a first batch of one message."""
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        lambda_python = directory / "lambda"
        install_lambda_python(lambda_python)
        bundle = construct_bundle(cache=directory / "cache").path
        by_hand, compiled = directory / "by-hand", directory / "compiled"
        install_with_pip(by_hand)
        set_times_as_the_cdk_does(by_hand)
        install_with_pip(compiled)
        careful, careful_compiled = directory / "careful", directory / "careful-compiled"
        for source, target in ((by_hand, careful), (compiled, careful_compiled)):
            shutil.copytree(source, target)
            without_what_lambda_has(target)

        def side(place: Path, module: str) -> Callable[[], Sequence[float]]:
            return lambda: _cold_start(place, module, lambda_python=lambda_python)

        ours, theirs, with_byte_code, carefully, carefully_compiled = in_turns(
            side(as_directory(bundle, target=directory / "bundle"), "invoices.issue_invoice"),
            side(by_hand, "issue_invoice"),
            side(compiled, "issue_invoice"),
            side(careful, "issue_invoice"),
            side(careful_compiled, "issue_invoice"),
            rounds=effort.choose(9, quick=1),
        )
    return [
        Comparison(name="import", unit="ms", ours=ours[0], theirs=theirs[0], target=Target(most=0.35)),
        Comparison(name="import and first message", unit="ms", ours=_sums(ours), theirs=_sums(theirs)),
        Comparison(name="import, byte code alone", unit="ms", ours=with_byte_code[0], theirs=theirs[0], ours_is=_ALONE),
        Comparison(name="import, both with byte code", unit="ms", ours=ours[0], theirs=with_byte_code[0]),
        Comparison(name="import, by hand with botocore left to Lambda", unit="ms", ours=ours[0], theirs=carefully[0]),
        Comparison(
            name="import, by hand with botocore left to Lambda and byte code",
            unit="ms",
            ours=ours[0],
            theirs=carefully_compiled[0],
        ),
    ]


def _sums(figures: Sequence[Sequence[float]]) -> tuple[float, ...]:
    return tuple(map(sum, zip(*figures, strict=True)))


def _cold_start(bundle: Path, module: str, *, lambda_python: Path) -> Sequence[float]:
    # Nothing of this machine's Python but the standard library, and no byte code written: in Lambda the files cannot be
    # changed, while root can change any file here.
    arguments: list[str | Path] = ["-I", "-S", "-B", "-c", _PROGRAM, bundle, lambda_python, module]
    found = figures_of(arguments, environment=_ENVIRONMENT, replace=True, given=json.dumps(placed_order()))
    return [float(str(found["import"])) * 1000, float(str(found["first"])) * 1000]


BENCHMARK = Benchmark(
    name="cold_import",
    title="Cold import of the invoice consumer's bundle, in a fresh process from files that cannot be changed",
    against="the same handler by hand: Powertools Logger, Tracer, Metrics, Batch and Idempotency, pip install --target",
    measure=measure,
    reasons={
        "import": (
            "what is left is botocore with the DynamoDB client's model, and the X-Ray SDK, which both sides have. "
            "Tried: no asyncio (wrapt 1 under the X-Ray SDK), no boto3, no Powertools batch processing (it loads the "
            "classes of all events), no listing of all services' data, patterns compiled when they are first needed. "
            "The client is created here, and not at the first message, because a starting function has a whole "
            "processor."
        ),
    },
    notes=(
        "Both are installed for the Python that measures, and find boto3 where Lambda has it, with byte code. By "
        "hand, pip compiles for its own Python and notes the sources' times in the byte code; the CDK writes "
        "1980-01-01 into every asset's zip, so that in Lambda no note fits, and each cold start compiles again what "
        "it cannot keep. The same times are set here, and Python finds out by itself. Times are of the processor, "
        "which other work of the machine hardly touches. A careful user takes boto3 and botocore out of the package "
        "after the installation, so that Lambda's, which have byte code, are loaded: the rows with botocore left to "
        "Lambda. Lambda's variables are set, those of tracing included, so "
        "that both load the X-Ray SDK."
    ),
)
