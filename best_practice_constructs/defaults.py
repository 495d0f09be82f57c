"""Every default that depends on the service or its stage, once, each with its practice ids.

:class:`ServiceDefaults` is set on an app, stage, stack or construct and inherited downward. What a user passes to a
construct comes before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import IConstruct

from best_practice_constructs.construct_place import told_scope_of
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.role_options import check_role_options
from best_practice_constructs.units import refuse_unitless
from best_practice_constructs.weak_identity_map import WeakIdentityMap

LogLevel = Literal["DEBUG", "INFO", "WARN", "ERROR"]

_defaults_by_construct: dict[str, ServiceDefaults] = {}
_used: WeakIdentityMap[IConstruct, ServiceDefaults] = WeakIdentityMap()
_scopes_of_users: WeakIdentityMap[IConstruct, frozenset[str]] = WeakIdentityMap()


def _reference(construct: IConstruct) -> str:
    # Python may hold several proxies of one construct over time; the reference of the JavaScript object is what stays.
    return str(construct.__jsii_ref__.ref)  # type: ignore[attr-defined] # pyright: ignore -- jsii declares it nowhere


def _scopes(user: IConstruct) -> frozenset[str]:
    if user not in _scopes_of_users:
        scope = told_scope_of(user)
        above = _scopes(scope) if scope is not None else map(_reference, user.node.scopes)
        _scopes_of_users[user] = frozenset((*above, _reference(user)))
    return _scopes_of_users[user]


@dataclass(frozen=True, kw_only=True)
class ServiceDefaults:
    """What the constructs of one service in one stage have in common.

    Precedence: what is passed to a construct, then the ``ServiceDefaults`` of the nearest scope, then the library's own
    (``ServiceDefaults()``, the careful ones: data and logs survive the deletion of the stack). A scope further down
    changes some of them with ``dataclasses.replace(ServiceDefaults.of(scope), memory_size=1024).apply_to(scope)``.

    :param service: the service's name in logs, metrics, traces and events (H7, E6); the stack's id when ``None``.
    :param stage: the stage's name, such as ``"development"`` (C1, E6).
    :param application_version: what is deployed: a release or a commit (E6, H14).
    :param log_retention: how long logs are kept (H13).
    :param log_level: ``"DEBUG"``, ``"INFO"``, ``"WARN"``, ``"ERROR"`` (H7).
    :param removal_policy: what happens to queues, tables, buckets and log groups when the stack is deleted (C7, H6).
    :param runtime: of the functions; the newest Python by default.
    :param architecture: of the functions; arm64 by default (L7).
    :param memory_size: of the functions, in MB (L8).
    :param timeout: of the functions; 10 s, well under API Gateway's 29 s, so that a caller learns of it.
    :param tracing: of the functions and APIs; active by default (H11).
    :param alarm_actions: what every alarm of the constructs does (H9).
    :param alarm_actions_required: an alarm that nobody hears is an error when ``True``, as the production preset has it
        (H9).
    :param role_path: of every role that the constructs make, such as ``"/orders/"``: policies can tell the roles of one
        service from others (C2); ``"/"`` when ``None``.
    :param permissions_boundary: what these roles may do at most, whatever they are allowed (C2).

    :raises InvalidArgumentError: a timeout without a unit.

    ```python
    from aws_cdk import App, Stack
    from best_practice_constructs import ServiceDefaults

    app = App()
    ServiceDefaults.development(service="orders").apply_to(app)
    assert ServiceDefaults.of(Stack(app, "Orders")).service == "orders"
    ```
    """

    service: str | None = None
    stage: str = "development"
    application_version: str = "unversioned"
    log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH
    log_level: LogLevel = "INFO"
    removal_policy: RemovalPolicy = RemovalPolicy.RETAIN
    runtime: lambda_.Runtime = lambda_.Runtime.PYTHON_3_14
    architecture: lambda_.Architecture = lambda_.Architecture.ARM_64
    memory_size: int = 512
    timeout: Duration = Duration.seconds(10)
    tracing: lambda_.Tracing = lambda_.Tracing.ACTIVE
    alarm_actions: tuple[cloudwatch.IAlarmAction, ...] = ()
    alarm_actions_required: bool = False
    role_path: str | None = None
    permissions_boundary: iam.IManagedPolicy | None = None

    def __post_init__(self) -> None:
        refuse_unitless("ServiceDefaults", timeout=self.timeout)

    @classmethod
    def development(cls, *, service: str | None = None, application_version: str = "unversioned") -> ServiceDefaults:
        """Give the preset of a development stage: nothing outlives the stack, alarms may be silent."""
        return cls(
            service=service,
            stage="development",
            application_version=application_version,
            log_retention=logs.RetentionDays.ONE_WEEK,
            removal_policy=RemovalPolicy.DESTROY,
        )

    @classmethod
    def production(
        cls,
        *,
        alarm_actions: Sequence[cloudwatch.IAlarmAction],
        service: str | None = None,
        application_version: str = "unversioned",
    ) -> ServiceDefaults:
        """Give the preset of a production stage: data and logs outlive the stack, every alarm is heard.

        :raises ValueError: no alarm action is given: an alarm that nobody hears is useless (H9).
        """
        if not alarm_actions:
            raise ValueError(
                "ServiceDefaults.production(alarm_actions=[]) cannot work: an alarm that nobody hears is useless. "
                "Pass at least one action, such as aws_cloudwatch_actions.SnsAction(topic)."
            )
        return cls(
            service=service,
            stage="production",
            application_version=application_version,
            log_retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=RemovalPolicy.RETAIN,
            alarm_actions=tuple(alarm_actions),
            alarm_actions_required=True,
        )

    def apply_to(self, scope: IConstruct) -> None:
        """Set these defaults for ``scope`` and everything below it.

        :raises InvalidArgumentError: ``scope`` has defaults already, or constructs that were made with others; a path
            that IAM refuses, or a boundary that is no managed policy.
        """
        check_role_options(scope, role_path=self.role_path, permissions_boundary=self.permissions_boundary)
        reference = _reference(scope)
        if any(reference in _scopes(user) for user in list(_used)):
            raise InvalidArgumentError(
                scope,
                given="ServiceDefaults after its constructs",
                reason="the constructs made so far have other defaults, and would keep them",
                remedy="apply the ServiceDefaults before the first construct of the scope is made",
            )
        if reference in _defaults_by_construct:
            raise InvalidArgumentError(
                scope,
                given="a second ServiceDefaults",
                reason="this scope has defaults already, and the constructs below it may have used them",
                remedy="apply one ServiceDefaults per scope, before its constructs are made",
            )
        _defaults_by_construct[reference] = self

    @classmethod
    def of(cls, scope: IConstruct) -> ServiceDefaults:
        """Give the defaults of the nearest scope that has some, or the library's own."""
        if _defaults_by_construct:
            for ancestor in reversed(scope.node.scopes):
                found = _defaults_by_construct.get(_reference(ancestor))
                if found is not None:
                    return found
        return _LIBRARY_DEFAULTS

    @classmethod
    def used_in(cls, scope: IConstruct) -> ServiceDefaults:
        """Give what :meth:`of` gives to a construct that is made with it: in ``scope`` it cannot change any more."""
        if scope not in _used:
            above = told_scope_of(scope)
            own = _defaults_by_construct.get(_reference(scope))
            _used[scope] = own or (cls.used_in(above) if above is not None else cls.of(scope))
        return _used[scope]


_LIBRARY_DEFAULTS = ServiceDefaults()
