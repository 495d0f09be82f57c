"""The order/invoice system as a CDK app: ``cdk synth``, ``cdk deploy --all``, with ``-c stage=…``.

Nothing here names an account or a region: both are those of the credentials that deploy.
"""

from __future__ import annotations

import sys

from aws_cdk import App, Tags

from examples.order_invoice.compliance import check_at_synth
from examples.order_invoice.deployment_stage import ContextError, DeploymentStage
from examples.order_invoice.system import create_order_invoice_system


def main() -> int:
    """Synthesize the app.

    Context: ``stage`` (default ``development``), ``version``, ``alarm-actions`` (for production), ``compliance=true``
    (checks every resource with cdk-nag; findings fail the synth).
    """
    app = App()
    context = {name: app.node.try_get_context(name) for name in ("stage", "version", "alarm-actions", "compliance")}
    try:
        stage = DeploymentStage.from_context(context)
    except ContextError as error:
        print(error, file=sys.stderr)
        return 1
    stage.defaults.apply_to(app)
    create_order_invoice_system(
        app, prefix=f"order-invoice-{stage.name}", provisioned_concurrency=stage.provisioned_concurrency
    )
    Tags.of(app).add("application", "order-invoice")
    Tags.of(app).add("stage", stage.name)
    if context["compliance"] == "true":
        check_at_synth(app)
    try:
        app.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise
        print(str(error).partition("ValidationFailed: ")[2], file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
