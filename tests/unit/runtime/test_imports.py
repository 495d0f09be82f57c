"""A handler loads what it uses, and nothing else (L2, L3)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from best_practice_constructs import runtime

HEAVY = ("aws_cdk", "jsii", "constructs", "pydantic", "aws_xray_sdk", "boto3", "requests", "tenacity")

PROGRAMS = {
    "declaration": "from best_practice_constructs.runtime import EventSource, event_declaration, EventMetadata\n"
    'orders = EventSource("com.example.orders")\n@orders.event\nclass OrderPlaced:\n    order_id: str\n',
    "publisher": "from best_practice_constructs.runtime import EventPublisher\nEventPublisher()",
    "api handler": "from best_practice_constructs.runtime import ApiRequest, ApiResponse, Problem, api_handler\n"
    "@api_handler\ndef handler(request: ApiRequest[None]) -> ApiResponse:\n    return ApiResponse(status=204)",
    "queue consumer": "from best_practice_constructs.runtime import EventSource, IdempotentTransaction\n"
    "from best_practice_constructs.runtime import queue_consumer\n"
    'orders = EventSource("com.example.orders")\n@orders.event\nclass OrderPlaced:\n    order_id: str\n'
    "@queue_consumer(event=OrderPlaced)\n"
    "def handler(placed: OrderPlaced, transaction: IdempotentTransaction) -> None:\n    pass",
    "asynchronous consumer": "from best_practice_constructs.runtime import async_event_consumer\n"
    "@async_event_consumer\ndef handler(event: dict[str, object]) -> None:\n    pass",
    "stream consumer": "from best_practice_constructs.runtime import Change, stream_consumer\n"
    "@stream_consumer\ndef handler(change: Change) -> None:\n    pass",
    "change publisher": "from best_practice_constructs.runtime import Change, change_publisher\n"
    "@change_publisher\ndef handler(change: Change) -> None:\n    pass",
    "client": 'import os\nos.environ["AWS_DEFAULT_REGION"] = "us-east-1"\n'
    'from best_practice_constructs.runtime import clients\nclients.client("dynamodb")',
}
NOT_EVEN = {
    "declaration": ("msgspec", "aws_lambda_powertools", "botocore", "json", "urllib"),
    "api handler": ("botocore.session", "botocore.client", "aws_lambda_powertools.utilities.batch"),
    "queue consumer": (
        "asyncio",
        "aws_lambda_powertools.utilities.batch",
        "aws_lambda_powertools.utilities.data_classes",
        "aws_lambda_powertools.utilities.idempotency",
        "botocore.session",
        "botocore.client",
    ),
    "asynchronous consumer": (
        "aws_lambda_powertools.utilities.batch",
        "aws_lambda_powertools.utilities.idempotency",
        "botocore.session",
        "botocore.client",
    ),
    "stream consumer": ("aws_lambda_powertools.utilities.batch", "botocore.session", "botocore.client"),
    "change publisher": ("aws_lambda_powertools.utilities.batch", "botocore.session", "botocore.client"),
    "publisher": ("aws_lambda_powertools", "botocore.session", "botocore.client"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_handler_loads_nothing_that_it_does_not_use(name: str) -> None:
    code = f"{PROGRAMS[name]}\nimport sys\nprint(*sys.modules)"
    out = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{code}"],
        env={**os.environ, "LAMBDA_TASK_ROOT": "/var/task"},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(out.stdout.split())
    assert not loaded & {*HEAVY, *NOT_EVEN.get(name, ())}


SETTINGS = {
    "queue consumer": {
        "IDEMPOTENCY_TABLE_NAME": "records",
        "IDEMPOTENCY_KEY": "order_id",
        "IDEMPOTENCY_EXPIRES_AFTER_SECONDS": "60",
        "IDEMPOTENCY_MODEL": "transaction",
    },
    "asynchronous consumer": {
        "IDEMPOTENCY_TABLE_NAME": "records",
        "IDEMPOTENCY_KEY": "order_id",
        "IDEMPOTENCY_EXPIRES_AFTER_SECONDS": "60",
    },
    "stream consumer": {"STREAM_FAILURES_QUEUE_URL": "https://sqs/failures"},
    "change publisher": {"STREAM_FAILURES_QUEUE_URL": "https://sqs/failures", "EVENT_BUS_NAME": "orders"},
    "api handler": {},
}
# What the library itself calls at each invocation; an API handler's or a stream consumer's calls are its user's.
CLIENTS = {"queue consumer": ["dynamodb"], "asynchronous consumer": ["dynamodb"], "change publisher": ["events"]}
OF_BOTO3 = {"boto3", "s3transfer"}


@pytest.mark.parametrize("name", SETTINGS)
def test_where_it_is_set_up_a_handler_waits_for_nothing_but_its_first_invocation(name: str) -> None:
    variables = {"LAMBDA_TASK_ROOT": "/var/task", "AWS_DEFAULT_REGION": "us-east-1", **SETTINGS[name]}
    code = (
        f"{PROGRAMS[name]}\nimport sys\nfrom best_practice_constructs.runtime import clients\n"
        "print(*clients._clients, *clients._single_attempt_clients)\nprint(handler._run is not None)\n"
        "print(*sys.modules)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **variables}, capture_output=True, text=True, check=True
    )
    created, is_set_up, loaded = out.stdout.splitlines()
    assert created.split() == CLIENTS.get(name, [])
    assert is_set_up == "True"
    # Powertools' idempotency, which records what was handled, imports boto3.
    needless = {*HEAVY} - OF_BOTO3 if name == "asynchronous consumer" else {*HEAVY, *OF_BOTO3}
    assert not set(loaded.split()) & needless


@pytest.mark.parametrize("name", [name for name in SETTINGS if SETTINGS[name]])
def test_what_cannot_be_set_up_is_imported_and_told_at_the_invocation(name: str) -> None:
    code = (
        f"{PROGRAMS[name]}\nfrom best_practice_constructs.testing import FakeLambdaContext\n"
        "from best_practice_constructs.runtime.errors import ConfigurationError\n"
        "try:\n    handler({'Records': []}, FakeLambdaContext())\nexcept ConfigurationError as error:\n    print(error)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "LAMBDA_TASK_ROOT": "/var/task"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert next(iter(SETTINGS[name])) in out.stdout


def test_all_names_can_be_loaded_and_no_others() -> None:
    for name in runtime.__all__:
        assert getattr(runtime, name) is not None
        assert name in dir(runtime)
    with pytest.raises(AttributeError, match="nothing"):
        runtime.nothing  # noqa: B018 -- the fault


def test_without_the_extra_it_says_which_to_install() -> None:
    program = (
        "import sys; sys.modules['aws_lambda_powertools'] = None\n"
        "from best_practice_constructs.runtime import queue_consumer"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert out.returncode == 1
    assert 'pip install "best-practice-constructs[runtime]"' in out.stderr.splitlines()[-1]


def test_decorators_are_found_whatever_was_imported_before() -> None:
    code = (
        "import best_practice_constructs.runtime.queue_consumer_decorator\n"
        "import best_practice_constructs.runtime.api_handler_decorator\n"
        "from best_practice_constructs.runtime import api_handler, queue_consumer\n"
        "assert callable(api_handler) and callable(queue_consumer)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_decorator_is_found_whatever_was_imported_before() -> None:
    code = (
        "import best_practice_constructs.runtime.stream_consumer_decorator\n"
        "from best_practice_constructs.runtime import stream_consumer\n"
        "assert callable(stream_consumer)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
