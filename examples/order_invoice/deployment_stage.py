"""Which stage is deployed, and how careful it is, as the context of ``cdk`` says (C1)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass

import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from best_practice_constructs import ServiceDefaults

_STAGE_NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")
_PRODUCTION = "production"
_READY_IN_PRODUCTION = 2


class ContextError(ValueError):
    """The context cannot be deployed; the message says what to write."""


@dataclass(frozen=True, kw_only=True)
class DeploymentStage:
    """A stage: ``production``, or any other name, which is careful as ``development`` is."""

    name: str
    defaults: ServiceDefaults
    provisioned_concurrency: int | None

    @classmethod
    def from_context(cls, context: Mapping[str, str | None]) -> DeploymentStage:
        """Read the stage.

        :param context: ``stage`` (default ``development``), ``version`` (of the application), and, for production,
            ``alarm-actions``: the ARNs of what an alarm calls, separated by commas.
        :raises ContextError: a name that no stack can have, or production without alarm actions.
        """
        name = context.get("stage") or "development"
        version = context.get("version") or "unversioned"
        if not _STAGE_NAME.fullmatch(name):
            raise ContextError(
                f"stage={name!r} cannot name stacks: write lower-case letters, digits and hyphens, 30 at most, "
                "as in -c stage=alice."
            )
        if name != _PRODUCTION:
            development = ServiceDefaults.development(application_version=version)
            return cls(name=name, defaults=dataclasses.replace(development, stage=name), provisioned_concurrency=None)
        arns = [arn.strip() for arn in (context.get("alarm-actions") or "").split(",") if arn.strip()]
        if not arns:
            raise ContextError(
                "stage=production needs somebody who hears its alarms: add -c alarm-actions=arn:aws:sns:…, "
                "the ARNs of SNS topics, separated by commas."
            )
        return cls(
            name=name,
            defaults=ServiceDefaults.production(
                application_version=version, alarm_actions=[_ArnAlarmAction(arn) for arn in arns]
            ),
            provisioned_concurrency=_READY_IN_PRODUCTION,
        )


@jsii.implements(cloudwatch.IAlarmAction)
class _ArnAlarmAction:
    """An alarm action by its ARN: a topic of the account, which this app neither makes nor changes."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def bind(self, scope: Construct, alarm: cloudwatch.IAlarm) -> cloudwatch.AlarmActionConfig:  # noqa: ARG002 -- jsii passes them
        return cloudwatch.AlarmActionConfig(alarm_action_arn=self._arn)
