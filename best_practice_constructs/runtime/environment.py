"""The names of the environment variables by which constructs configure the runtime.

Constructs write them, the runtime reads them; both take the names from here.
"""

from __future__ import annotations

SERVICE_NAME = "POWERTOOLS_SERVICE_NAME"
METRICS_NAMESPACE = "POWERTOOLS_METRICS_NAMESPACE"
LOG_LEVEL = "POWERTOOLS_LOG_LEVEL"
POWERTOOLS_DEV = "POWERTOOLS_DEV"
TRACE_DISABLED = "POWERTOOLS_TRACE_DISABLED"

IN_LAMBDA = "LAMBDA_TASK_ROOT"
"""Lambda sets it, and nobody else."""

SERVICE_STAGE = "SERVICE_STAGE"
"""The stage of the service, such as ``development`` or ``production``."""

APPLICATION_VERSION = "APPLICATION_VERSION"
"""The version of the application, as the deployment names it (a commit, a release)."""

EVENT_BUS_NAME = "EVENT_BUS_NAME"

CLAIM_CHECK_BUCKET_NAME = "CLAIM_CHECK_BUCKET_NAME"
"""Where the fields of large events are put aside."""

CLAIM_CHECK_THRESHOLD_BYTES = "CLAIM_CHECK_THRESHOLD_BYTES"
"""The size above which an event is large."""

CLAIM_CHECK_EXPIRES_AFTER_DAYS = "CLAIM_CHECK_EXPIRES_AFTER_DAYS"
"""How long that bucket keeps what was put aside."""

IDEMPOTENCY_TABLE_NAME = "IDEMPOTENCY_TABLE_NAME"

IDEMPOTENCY_KEY = "IDEMPOTENCY_KEY"
"""A JMESPath expression into the message body."""

IDEMPOTENCY_EXPIRES_AFTER_SECONDS = "IDEMPOTENCY_EXPIRES_AFTER_SECONDS"

IDEMPOTENCY_MODEL = "IDEMPOTENCY_MODEL"
"""``record`` (a record around the handler) or ``transaction`` (the record commits with the effect)."""

DEAD_LETTER_QUEUE_URL = "DEAD_LETTER_QUEUE_URL"

MAX_RECEIVE_COUNT = "MAX_RECEIVE_COUNT"

QUEUE_IS_FIFO = "QUEUE_IS_FIFO"
"""``true`` or ``false``."""

CORS_ALLOW_ORIGINS = "CORS_ALLOW_ORIGINS"
"""The origins whose pages may read an API handler's answers, separated by commas; ``*`` for all of them."""

CORS_ALLOW_CREDENTIALS = "CORS_ALLOW_CREDENTIALS"
"""``true`` where those pages may send credentials that the browser keeps, such as cookies."""

CORS_EXPOSE_HEADERS = "CORS_EXPOSE_HEADERS"
"""The header fields of the answers that those pages may read, separated by commas."""

STREAM_FAILURES_QUEUE_URL = "STREAM_FAILURES_QUEUE_URL"
"""Where records of a stream go that can never be handled."""

FAILED_RECORDS_RAISE = "FAILED_RECORDS_RAISE"
"""Set by the embedded stage, whose emulator takes a stream's partial response for a success: then a batch with a record
that failed raises, and comes again whole."""

SNS_TOPIC_ARN = "SNS_TOPIC_ARN"
"""The topic that ``TopicPublisher`` publishes to."""

ASYNC_FAILURES_QUEUE_URL = "ASYNC_FAILURES_QUEUE_URL"
"""Where events of an asynchronous consumer go that can never be handled."""
