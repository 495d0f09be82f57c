"""By which statements services let each other in, in the order/invoice system: all of them, with their reasons.

The embedded stage does not check them, so they are read here. ``test_service_grants.py`` fails when one is new or gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.compliance import workflow_grants
from tests.compliance.template_grants import Grant

_TRACES = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")


@dataclass(frozen=True, kw_only=True)
class Section:
    """Grants that are there for one reason.

    :param reason: why they are there, and why nothing narrower does.
    :param grants: all of them, by stack.
    """

    reason: str
    grants: Mapping[str, frozenset[Grant]]


def _section(reason: str, **grants: Iterable[Grant]) -> Section:
    by_stack = {stack.replace("_", "-"): frozenset(each) for stack, each in grants.items()}
    return Section(reason=reason, grants=by_stack)


# Functions, by what invokes them.
_OF_API = ("PlaceOrder", "GetOrder", "CancelOrder")
_OF_QUEUE = {
    "orders": ("RecordInvoice", "RecordCreditNote"),
    "invoices": ("IssueInvoice", "IssueCreditNote"),
    "notices": ("WriteInvoiceNotice/Consumer", "WriteCreditNotice/Consumer"),
}
_OF_STREAM = {
    "orders": {"PublishOrderFacts/Consumer": "Orders"},
    "invoices": {"PublishInvoiceFacts/Consumer": "Invoices", "CountSales": "Invoices"},
}
_OF_EVENT = "RecordDocument"

# What a route brings where, by its rule.
_TO_QUEUES = {
    "orders": {"RecordInvoice": "OnInvoiceIssued", "RecordCreditNote": "OnCreditNoteIssued"},
    "invoices": {"IssueInvoice": "OnOrderPlaced", "IssueCreditNote": "OnOrderCancelled"},
}
_TO_TOPIC = ("CustomerNotices/OnInvoiceIssued", "CustomerNotices/OnCreditNoteIssued")
_TO_FUNCTION = "RecordDocument/OnDocumentsObjectCreated"
_TO_PARTNER = "PartnerWebhook/OnInvoiceIssued"
_OF_TOPIC = ("WriteInvoiceNotice", "WriteCreditNotice")


def _functions(stack: str) -> list[str]:
    """Name the constructs that hold a function of a stack and its role."""
    queues = [f"{each}/Function" for each in _OF_QUEUE.get(stack, ())]
    streams = [f"{each}/Function" for each in _OF_STREAM.get(stack, {})]
    others = {"orders": list(_OF_API), "invoices": [f"{_OF_EVENT}/Function"]}.get(stack, [])
    return [*queues, *streams, *others]


def _of_functions(stack: str) -> Iterable[Grant]:
    for function in _functions(stack):
        role = f"{function}/Role"
        yield Grant(policy=role, principal="lambda.amazonaws.com", action="sts:AssumeRole", on="the role itself")
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            yield Grant(policy=role, principal="role", action=action, on=f"{function}/LogGroup")
        for action in _TRACES:
            yield Grant(policy=role, principal="role", action=action, on="*")


def _polls(stack: str) -> Iterable[Grant]:
    for consumer in _OF_QUEUE[stack]:
        for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"):
            policy = f"{consumer}/Function/Role/DefaultPolicy"
            yield Grant(policy=policy, principal="role", action=action, on=f"{consumer}/Queue")


def _reads(stack: str) -> Iterable[Grant]:
    for consumer, table in _OF_STREAM[stack].items():
        for action in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"):
            policy, stream = f"{consumer}/Function/Role/DefaultPolicy", f"{table}.StreamArn"
            yield Grant(policy=policy, principal="role", action=f"dynamodb:{action}", on=stream)


def _sends(queue: str, *, service: str, source: str) -> Grant:
    return Grant(
        policy=f"{queue}/Policy",
        principal=f"{service}.amazonaws.com",
        action="sqs:SendMessage",
        on=queue,
        when=f"ArnEquals aws:SourceArn {source}",
    )


def _invokes(method: str, path: str, function: str) -> Grant:
    place = path.replace("*", "{order_id}")
    api = "orderinvoiceordersApiRestApi68E7893C"
    return Grant(
        policy=f"Api/RestApi/Default{place}/{method}/ApiPermission.{api}.{method}..{place[1:].replace('/', '.')}",
        principal="apigateway.amazonaws.com",
        action="lambda:InvokeFunction",
        on=f"{function}/Function",
        when="ArnLike aws:SourceArn arn:<partition>:execute-api:<region>:<account>:Api/RestApi/"
        f"Api/RestApi/DeploymentStage.v1/{method}{path}",
    )


def _tls_only(*queues: str) -> Iterable[Grant]:
    for queue in queues:
        yield Grant(
            policy=f"{queue}/Policy",
            principal="*",
            action="sqs:*",
            on=queue,
            when="Bool aws:SecureTransport false",
            effect="Deny",
        )


def _tls_only_bucket(bucket: str) -> Iterable[Grant]:
    for when in ("Bool aws:SecureTransport false", "NumericLessThan s3:TlsVersion 1.2"):
        for on in (bucket, f"{bucket}/*"):
            policy = f"{bucket}/Policy"
            yield Grant(policy=policy, principal="*", action="s3:*", on=on, when=when, effect="Deny")


def _by_role(*routes: str, action: str, on: str) -> Iterable[Grant]:
    for route in routes:
        when = "ArnLike aws:SourceArn arn:<partition>:events:<region>:<account>:rule/* and "
        when += "StringEquals aws:SourceAccount <account>"
        role = f"{route}/Role"
        yield Grant(
            policy=role, principal="events.amazonaws.com", action="sts:AssumeRole", on="the role itself", when=when
        )
        yield Grant(policy=role, principal="role", action=action, on=on)


def _queues(stack: str) -> list[str]:
    """Name every queue of a stack."""
    of_consumers = [f"{each}/{queue}" for each in _OF_QUEUE.get(stack, ()) for queue in ("Queue", "DeadLetters")]
    of_streams = [f"{each}/Failures" for each in _OF_STREAM.get(stack, {})]
    of_routes = [f"{each}/{route}/DeadLetters" for each, route in _TO_QUEUES.get(stack, {}).items()]
    others = {
        "shared": ["Bus/DeadLetters"],
        "invoices": [f"{_OF_EVENT}/Failures", f"{_TO_FUNCTION}/DeadLetters"],
        "partner": [f"{_TO_PARTNER}/DeadLetters"],
        "notices": [*(f"{route}/DeadLetters" for route in _TO_TOPIC), *(f"{each}/Undelivered" for each in _OF_TOPIC)],
    }
    return [*of_consumers, *of_streams, *of_routes, *others.get(stack, [])]


SECTIONS = (
    _section(
        "Lambda runs each function with a role of its own, writes its log with it, and sends its traces. X-Ray knows "
        "no resource.",
        **{stack: _of_functions(stack) for stack in ("orders", "invoices", "notices")},
    ),
    _section(
        "Lambda polls a consumer's queue with the role of its function: these three actions, and on no other queue.",
        **{stack: _polls(stack) for stack in _OF_QUEUE},
    ),
    _section(
        "Lambda reads a table's stream with the role of the function: the four actions that it asks for when the "
        "mapping is made, on this stream.",
        **{stack: _reads(stack) for stack in _OF_STREAM},
    ),
    _section(
        "EventBridge brings a routed event to the consumer's queue, and what it cannot bring to the route's dead "
        "letters: for that one rule, whose ARN names the account too.",
        **{
            stack: [
                _sends(queue, service="events", source=f"{consumer}/{route}/Rule")
                for consumer, route in routes.items()
                for queue in (f"{consumer}/Queue", f"{consumer}/{route}/DeadLetters")
            ]
            for stack, routes in _TO_QUEUES.items()
        },
        shared=[_sends("Bus/DeadLetters", service="events", source="Bus/Bus")],
    ),
    _section(
        "EventBridge invokes the function for the bucket's new documents, for that one rule.",
        invoices=[
            Grant(
                policy=f"{_TO_FUNCTION}/Permission",
                principal="events.amazonaws.com",
                action="lambda:InvokeFunction",
                on=f"{_OF_EVENT}/Function/Function",
                when=f"ArnLike aws:SourceArn {_TO_FUNCTION}/Rule",
            ),
            _sends(f"{_TO_FUNCTION}/DeadLetters", service="events", source=f"{_TO_FUNCTION}/Rule"),
        ],
    ),
    _section(
        "EventBridge publishes to the topic by a role that rules of this account alone may have; the topic itself lets "
        "nobody in.",
        notices=[
            *_by_role(*_TO_TOPIC, action="sns:Publish", on="CustomerNotices"),
            *(_sends(f"{route}/DeadLetters", service="events", source=f"{route}/Rule") for route in _TO_TOPIC),
        ],
    ),
    _section(
        "EventBridge calls the partner's webhook by a role that rules of this account alone may have, and may call "
        "nothing else; what it cannot tell goes to the route's dead letters, for that one rule.",
        partner=[
            *_by_role(
                _TO_PARTNER, action="events:InvokeApiDestination", on="PartnerWebhook/Destination/ApiDestination"
            ),
            _sends(f"{_TO_PARTNER}/DeadLetters", service="events", source=f"{_TO_PARTNER}/Rule"),
        ],
    ),
    _section(
        "SNS brings what the topic gets to its consumers' queues, and what it cannot bring to their dead letters: for "
        "that one topic.",
        notices=[
            _sends(queue, service="sns", source="CustomerNotices")
            for consumer in _OF_TOPIC
            for queue in (f"{consumer}/Consumer/Queue", f"{consumer}/Undelivered")
        ],
    ),
    _section(
        "API Gateway invokes a function for its own method of this API and stage, and for no test in the console.",
        orders=[
            _invokes("POST", "/orders", "PlaceOrder"),
            _invokes("GET", "/orders/*", "GetOrder"),
            _invokes("POST", "/orders/*/cancellation", "CancelOrder"),
        ],
    ),
    _section(
        "API Gateway logs for the whole account by this role, and asks for no condition.",
        shared=[
            Grant(
                policy="ApiGatewayLoggingRole/Role",
                principal="apigateway.amazonaws.com",
                action="sts:AssumeRole",
                on="the role itself",
            )
        ],
    ),
    _section(
        "CloudWatch delivers the bus's errors into its log group, for this account.",
        shared=[
            Grant(
                policy="Bus/Logs/LogGroup/Policy/ResourcePolicy",
                principal="delivery.logs.amazonaws.com",
                action=action,
                on="Bus/Logs/LogGroup",
                when="StringEquals aws:SourceAccount <account>",
            )
            for action in ("logs:CreateLogStream", "logs:PutLogEvents")
        ],
    ),
    _section(
        "S3 writes down who accessed the documents, for this bucket of this account.",
        invoice_data=[
            Grant(
                policy="DocumentsAccessLogs/Policy",
                principal="logging.s3.amazonaws.com",
                action="s3:PutObject",
                on="DocumentsAccessLogs/*",
                when="ArnLike aws:SourceArn Documents and StringEquals aws:SourceAccount <account>",
            )
        ],
    ),
    _section(
        "Step Functions has the role of a workflow for workflows of this account alone, and EventBridge that of a "
        "route for its rules.",
        fulfilment=workflow_grants.of_roles(),
    ),
    _section(
        "A workflow's log is delivered, and its traces are sent, by services that know no resource for it; Step "
        "Functions asks for all of them when the workflow is made.",
        fulfilment=workflow_grants.of_logs_and_traces(),
    ),
    _section(
        "The workflow's tasks call tables and the bus themselves: these operations, and events of these two kinds.",
        fulfilment=workflow_grants.of_tasks(),
    ),
    _section(
        "An event starts the starter, which starts the workflow under the event's name, or tells the failures queue "
        "why it could not.",
        fulfilment=workflow_grants.of_start(),
    ),
    _section(
        "EventBridge tells the failures queue of executions that did not succeed, and brings what it cannot deliver to "
        "dead letters: for that one rule each.",
        fulfilment=workflow_grants.of_rules(),
    ),
    _section(
        "Nobody comes to a queue, a topic or a bucket but over TLS.",
        fulfilment=workflow_grants.over_tls(),
        **{stack: _tls_only(*_queues(stack)) for stack in ("shared", "orders", "invoices", "partner")},
        notices=[
            *_tls_only(*_queues("notices")),
            Grant(
                policy="CustomerNotices/Policy",
                principal="*",
                action="sns:Publish",
                on="CustomerNotices",
                when="Bool aws:SecureTransport false",
                effect="Deny",
            ),
        ],
        invoice_data=[*_tls_only_bucket("Documents"), *_tls_only_bucket("DocumentsAccessLogs")],
    ),
)
"""Every statement of the system, grouped by its reason."""
