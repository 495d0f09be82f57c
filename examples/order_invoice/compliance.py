"""The compliance packs that the system passes without a finding."""

from __future__ import annotations

from aws_cdk import App, Validations


def check_at_synth(app: App) -> None:
    """Check every resource with the packs AwsSolutions and Serverless when ``app`` is synthesized.

    A finding fails the synth.
    """
    from cdk_nag import AwsSolutionsChecks, ServerlessChecks

    Validations.of(app).add_plugins(AwsSolutionsChecks(app, verbose=True), ServerlessChecks(app, verbose=True))
