"""An app that tells a partner of invoices in three ways, with the secret and a target apart from its connection."""

from __future__ import annotations

import json
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent

_APP = """
import sys

sys.path.insert(0, {repository!r})

from aws_cdk import App, CfnParameter, Fn, SecretValue, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_secretsmanager as secretsmanager

from best_practice_constructs import (
    ApiDestinationTarget,
    ApiKeyAuthorization,
    BasicAuthorization,
    EnrichedEventBus,
    OAuthAuthorization,
    from_data,
    from_metadata,
)
from tests.end_to_end.invoice_event import InvoiceIssued

app = App()
data = Stack(app, "Data")
secret = secretsmanager.Secret(
    data,
    "Secret",
    secret_object_value={{
        "key": SecretValue.unsafe_plain_text("a-key"),
        "username": SecretValue.unsafe_plain_text("shop"),
        "password": SecretValue.unsafe_plain_text("a-password"),
    }},
)
bus = EnrichedEventBus(data, "Bus", archive=False, log_errors=False)

partner = Stack(app, "Partner")
url = CfnParameter(partner, "Url").value_as_string
webhook = ApiDestinationTarget(
    partner,
    "Webhook",
    url=f"{{url}}/webhooks/*",
    authorization=ApiKeyAuthorization(header="x-api-key", secret=secret, secret_field="key"),
    rate_limit_per_second=10,
    body={{
        "invoice": from_data("number"),
        "amount": {{"value": from_data("total"), "currency": "EUR"}},
        "lines": from_data("lines"),
        "note": "<&>",
        "correlation": from_metadata("correlation_id"),
    }},
    header_parameters={{"x-kind": "invoice"}},
    query_string_parameters={{"customer": from_data("customer")}},
    path_parameter_values=[from_data("number")],
)
bus.route(InvoiceIssued, to=webhook)

whole = ApiDestinationTarget(
    partner,
    "Whole",
    url=f"{{url}}/whole",
    authorization=BasicAuthorization(secret=secret),
    rate_limit_per_second=1,
    http_method=events.HttpMethod.PUT,
)
bus.route(InvoiceIssued, to=whole)

apart = Stack(app, "Apart")
again = ApiDestinationTarget(
    apart,
    "Again",
    url=f"{{CfnParameter(apart, 'Url').value_as_string}}/again",
    authorization=webhook.connection,
    rate_limit_per_second=1,
    body={{"invoice": from_data("number")}},
)
bus.route(InvoiceIssued, to=again)

token = ApiDestinationTarget(
    partner,
    "Token",
    url=f"{{url}}/authorized",
    authorization=OAuthAuthorization(
        url=f"{{url}}/token",
        client_id="shop",
        secret=secret,
        secret_field="password",
        body_parameters={{"scope": "invoices"}},
    ),
    rate_limit_per_second=1,
    body={{"invoice": from_data("number")}},
)
bus.route(InvoiceIssued, to=token)
app.synth()
"""


def write_api_destination_app(directory: Path) -> Path:
    """Write the app into a directory and return it."""
    directory.mkdir(parents=True)
    (directory / "cdk.json").write_text(json.dumps({"app": "python app.py"}))
    (directory / "app.py").write_text(_APP.format(repository=str(REPOSITORY)))
    return directory
