"""A function with one purpose: its own code, role, log group and failure path (S2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Unpack

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from best_practice_constructs.construct_place import tell_place
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.errors import InvalidArgumentError, named
from best_practice_constructs.functions.asynchronous_invocations import AsynchronousInvocations
from best_practice_constructs.functions.bundling import bundled_code
from best_practice_constructs.functions.function_checks import MAXIMUM_TIMEOUT_SECONDS, FunctionChecks
from best_practice_constructs.functions.function_options import OPTIONS_THAT_ARE_LAYERS, InnerFunctionOptions
from best_practice_constructs.functions.function_resource import complete_resource
from best_practice_constructs.functions.function_role import create_role
from best_practice_constructs.functions.invocation_model import InvocationModel
from best_practice_constructs.functions.provisioned_alias import (
    ALIAS_NAME,
    create_provisioned_alias,
    scale_provisioned_alias,
)
from best_practice_constructs.functions.provisioned_concurrency import ProvisionedConcurrencyScaling
from best_practice_constructs.functions.runtime_environment import runtime_environment
from best_practice_constructs.permissions.permission import Permission

_ASYNCHRONOUS_ID = "AsynchronousInvocations"
_LONGEST_EVENT_AGE = Duration.hours(6)


class SinglePurposeFunction(Construct):
    """One Lambda function with a code, role, log group and failure path of its own (S2).

    Creates an ``aws_lambda.Function`` on the newest Python and arm64 (L7), with explicit memory and timeout (L8), JSON
    logs (H7) into its own log group with retention and no custom resource (H13), active tracing (H11), the recursion
    guard, and a role that may write to that log group and send traces, and nothing else until :meth:`allow` is called
    (C2). Asynchronous invocations are retried and then go to an on-failure queue with an alarm (H3); a construct that
    knows that the function is only polled or called synchronously takes that part away.

    :param entry: the directory that holds the handler, its modules and its locked ``requirements.txt``; bundled without
        Docker (L3).
    :param handler: ``"module.function"`` in ``entry`` (checked), or what ``code`` needs.
    :param code: any ``aws_lambda.Code`` instead of ``entry``.
    :param runtime: default: the service's, the newest Python.
    :param architecture: default: the service's, arm64 (L7).
    :param memory_size: MB, 128 to 10,240; default: the service's, 512 (L8).
    :param timeout: 1 s to 15 minutes; default: the service's, 10 s.
    :param environment: more variables; those of the runtime can be overridden.
    :param layers: at most five, right for the architecture (L7).
    :param insights_version: Lambda Insights (H10), such as ``LambdaInsightsVersion.VERSION_1_0_404_0``; off by default,
        as it costs.
    :param tracing: default: the service's, active (H11).
    :param log_group: a log group of yours; then ``log_retention`` has no meaning.
    :param log_retention: default: the service's, one month (H13).
    :param removal_policy: of the log group and the on-failure queue; default: the service's.
    :param logging_format: default ``JSON`` (H7); ``TEXT`` has no levels.
    :param application_log_level_v2: default: the service's log level (H7).
    :param system_log_level_v2: of the Lambda platform's own lines; default ``INFO``: its reports tell duration, memory
        and cold starts (H8).
    :param recursive_loop: default ``TERMINATE``: Lambda stops a loop through SQS, SNS or S3 after about 16 rounds.
    :param reserved_concurrent_executions: protects what is downstream; 0 is the off switch (L5). Default: none, as it
        takes from the account's pool.
    :param provisioned_concurrent_executions: environments kept ready, on an alias of the current version (L4). Default:
        none.
    :param provisioned_concurrency_scaling: how that number follows use and schedules (L4).
    :param role: a role of yours; it gets the same statements.
    :param role_path: of the role, such as ``"/orders/"``; default: the service's, ``"/"`` (C2).
    :param permissions_boundary: what the role may do at most; default: the service's, none (C2).
    :param vpc: off by default: a function that calls AWS APIs needs no VPC.
    :param invocation_model: who invokes it (L1). Default: asynchronous until another construct of this library knows
        better.
    :param max_event_age: of asynchronous events, 60 s to 6 h; default 6 h, to outlive an outage downstream (H3, H6).
    :param retry_attempts: of asynchronous invocations, 0 to 2; default 2 (H1, H3).
    :param on_failure: a destination of yours instead of the on-failure queue (H3).
    :param on_success: a destination for results; default: none.
    :param customize: called with the inner ``aws_lambda.Function`` at last, for all that has no parameter here.
    :param inner: what the inner function takes beside, under aws-cdk-lib's names: see ``InnerFunctionOptions``, such as
        ``description``, ``ephemeral_storage_size``, ``filesystem``, ``vpc_subnets``.

    :ivar function: the ``aws_lambda.Function``.
    :ivar role: its role.
    :ivar log_group: its log group.
    :ivar alias: the alias that carries provisioned concurrency, or ``None``.
    :ivar scaling: the alias's scalable attribute, or ``None``.
    :ivar handler: as given.
    :ivar handler_kind: which decorator of the runtime makes the handler, as far as its source tells, or ``None``.

    :raises InvalidArgumentError: what Lambda would refuse at deployment, and what could never work, is refused here.

    Sources: Lambda developer guide, *Asynchronous invocation*, *Configuring provisioned concurrency*; talk 12:17,
    25:45–29:13, 43:57, 51:37.

    ```python
    from aws_cdk import App, Stack
    from best_practice_constructs import SinglePurposeFunction

    stack = Stack(App(), "Orders")
    SinglePurposeFunction(
        stack, "PlaceOrder", entry="examples/single_purpose_function/service", handler="greet.handler"
    )
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        handler: str,
        entry: str | None = None,
        code: lambda_.Code | None = None,
        runtime: lambda_.Runtime | None = None,
        architecture: lambda_.Architecture | None = None,
        memory_size: int | None = None,
        timeout: Duration | None = None,
        environment: Mapping[str, str] | None = None,
        layers: Sequence[lambda_.ILayerVersion] = (),
        insights_version: lambda_.LambdaInsightsVersion | None = None,
        tracing: lambda_.Tracing | None = None,
        log_group: logs.ILogGroup | None = None,
        log_retention: logs.RetentionDays | None = None,
        removal_policy: RemovalPolicy | None = None,
        logging_format: lambda_.LoggingFormat = lambda_.LoggingFormat.JSON,
        application_log_level_v2: lambda_.ApplicationLogLevel | None = None,
        system_log_level_v2: lambda_.SystemLogLevel | None = None,
        recursive_loop: lambda_.RecursiveLoop = lambda_.RecursiveLoop.TERMINATE,
        reserved_concurrent_executions: int | None = None,
        provisioned_concurrent_executions: int | None = None,
        provisioned_concurrency_scaling: ProvisionedConcurrencyScaling | None = None,
        role: iam.IRole | None = None,
        role_path: str | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
        vpc: ec2.IVpc | None = None,
        invocation_model: InvocationModel | None = None,
        max_event_age: Duration | None = None,
        retry_attempts: int = 2,
        on_failure: lambda_.IDestination | None = None,
        on_success: lambda_.IDestination | None = None,
        customize: Callable[[lambda_.Function], object] | None = None,
        **inner: Unpack[InnerFunctionOptions],
    ) -> None:
        defaults, checks = ServiceDefaults.used_in(scope), FunctionChecks(scope, id)
        checks.options(type(self), inner)
        checks.units(inner, timeout=timeout, max_event_age=max_event_age)
        runtime = runtime or defaults.runtime
        architecture = architecture or defaults.architecture
        memory_size = memory_size if memory_size is not None else defaults.memory_size
        timeout = timeout or defaults.timeout
        tracing = tracing or defaults.tracing
        removal_policy = removal_policy or defaults.removal_policy
        max_event_age = max_event_age or _LONGEST_EVENT_AGE
        checks.kinds(runtime=runtime, architecture=architecture, tracing=tracing, log_retention=log_retention)
        self._variables = variables = runtime_environment(scope, defaults, tracing=tracing) | dict(environment or {})

        self.handler_kind = checks.source(entry=entry, has_code=code is not None, handler=handler, runtime=runtime)
        checks.whole_number("memory_size", memory_size, low=128, high=10_240, why="Lambda offers 128 to 10,240 MB (L8)")
        checks.duration(
            "timeout",
            timeout,
            low=1,
            high=MAXIMUM_TIMEOUT_SECONDS,
            why="Lambda stops every function after 15 minutes; longer work is a workflow",
        )
        checks.duration("max_event_age", max_event_age, low=60, high=21_600, why="Lambda keeps an event 60 s to 6 h")
        checks.whole_number("retry_attempts", retry_attempts, low=0, high=2, why="Lambda retries at most twice")
        checks.environment(variables)
        checks.concurrency(reserved=reserved_concurrent_executions, provisioned=provisioned_concurrent_executions)
        extensions = (insights_version is not None) + len(OPTIONS_THAT_ARE_LAYERS & inner.keys())
        checks.layers(layers, architecture, extensions=extensions)
        checks.excluding(log_group=log_group is not None, log_retention=log_retention is not None)
        is_json = checks.logs_are_json(logging_format, application_log_level_v2, system_log_level_v2)

        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        self.timeout, self.handler = timeout, handler
        self.reserved_concurrent_executions = reserved_concurrent_executions
        self._checks = checks

        self.log_group: logs.ILogGroup = log_group or logs.LogGroup(
            self, "LogGroup", retention=log_retention or defaults.log_retention, removal_policy=removal_policy
        )
        self.role, observe_policy = create_role(
            self,
            role=role,
            log_group=self.log_group,
            traced=tracing != lambda_.Tracing.DISABLED,
            in_vpc=vpc is not None,
            insights=insights_version is not None,
            defaults=defaults,
            role_path=role_path,
            permissions_boundary=permissions_boundary,
        )
        self.function = lambda_.Function(
            self,
            "Function",
            code=code
            or bundled_code(
                self,
                entry=Path(entry or ""),
                handler=handler,
                runtime=runtime,
                architecture=architecture,
                has_layers=bool(layers),
            ),
            handler=handler,
            runtime=runtime,
            architecture=architecture,
            memory_size=memory_size,
            timeout=timeout,
            environment=variables,
            layers=list(layers) or None,
            insights_version=insights_version,
            role=self.role,
            log_group=self.log_group,
            logging_format=logging_format,
            application_log_level_v2=application_log_level_v2 or lambda_.ApplicationLogLevel[defaults.log_level]
            if is_json
            else None,
            system_log_level_v2=system_log_level_v2 or lambda_.SystemLogLevel.INFO if is_json else None,
            recursive_loop=recursive_loop,
            reserved_concurrent_executions=reserved_concurrent_executions,
            vpc=vpc,
            **inner,
        )
        complete_resource(self.function, tracing=tracing)
        if observe_policy is not None:
            self.function.node.add_dependency(observe_policy)

        self.alias: lambda_.Alias | None = None
        self.scaling: lambda_.IScalableFunctionAttribute | None = None
        self._asynchronous: AsynchronousInvocations | None = None
        self._on_failure_queue_is_used = self._is_invoked_unqualified = False
        self._models = {invocation_model} if invocation_model else set[InvocationModel]()
        self._keeps_asynchronous = invocation_model is not None or on_failure is not None or on_success is not None
        self._create_asynchronous = partial(
            AsynchronousInvocations,
            self,
            _ASYNCHRONOUS_ID,
            function=self.function,
            role=self.role,
            max_event_age=max_event_age,
            retry_attempts=retry_attempts,
            on_failure=on_failure,
            on_success=on_success,
            removal_policy=removal_policy,
            defaults=defaults,
        )
        if provisioned_concurrent_executions is not None:
            self.provision(provisioned_concurrent_executions, scaling=provisioned_concurrency_scaling)
        elif provisioned_concurrency_scaling is not None:
            self.provision(provisioned_concurrency_scaling.min_capacity or 1, scaling=provisioned_concurrency_scaling)
        self._settle_asynchronous()
        if customize is not None:
            customize(self.function)

    @property
    def on_failure_queue(self) -> sqs.Queue | None:
        """The queue of events that failed asynchronously, or ``None``. Reading it keeps it (see :meth:`invoked_by`)."""
        if self._asynchronous is None:
            return None
        self._on_failure_queue_is_used = True
        return self._asynchronous.on_failure_queue

    @property
    def asynchronous_invocations(self) -> AsynchronousInvocations | None:
        """What asynchronous invocations need (queue, policy, alarm, configuration), or ``None``."""
        return self._asynchronous

    @property
    def event_invoke_config(self) -> lambda_.CfnEventInvokeConfig | None:
        """The retries, age and destinations of asynchronous invocations, or ``None``."""
        return self._asynchronous.event_invoke_config if self._asynchronous else None

    @property
    def invocation_target(self) -> lambda_.IFunction:
        """What to invoke: the alias that carries provisioned concurrency, or the function.

        Who has read it invokes that for good: :meth:`provision` is refused afterwards.
        """
        self._is_invoked_unqualified |= self.alias is None
        return self.alias or self.function

    def allow(self, *permissions: Permission) -> None:
        """Let the function do what ``permissions`` say, and nothing more (C2)."""
        for permission in permissions:
            given: object = permission
            if not isinstance(given, Permission):
                raise InvalidArgumentError(
                    self,
                    given=f"allow({named(given)})",
                    reason="a permission names operations and resources, both exactly (C2)",
                    remedy="pass one of best_practice_constructs.permissions, such as dynamodb.put_item(table), or a "
                    "Permission(actions=…, resources=…); several with a star, allow(*sam.sqs_poller_policy(queue))",
                )
            # One call into the CDK, where a statement and the role's answer to it are four.
            iam.Grant.add_to_principal(
                grantee=self.role,
                actions=list(permission.actions),
                resource_arns=list(permission.resources),
                conditions=dict(permission.conditions) or None,
            )

    def add_environment(self, name: str, value: str) -> None:
        """Set an environment variable.

        :raises InvalidArgumentError: Lambda keeps that name to itself.
        """
        self._checks.environment({name: value})
        self.function.add_environment(name, value)
        self._variables[name] = value

    def environment_variable(self, name: str) -> str | None:
        """Give the value of an environment variable, as it was set so far; ``None`` where it is not."""
        return self._variables.get(name)

    def invoked_by(self, model: InvocationModel) -> None:
        """Say how this function is invoked; the constructs of this library call it (L1, H3).

        A function that is only polled or called synchronously loses its asynchronous part, unless ``invocation_model``
        was chosen or ``on_failure_queue`` was read; one that is invoked asynchronously too keeps or regains it.
        """
        self._models.add(model)
        self._settle_asynchronous()

    def provision(
        self, concurrent_executions: int, *, scaling: ProvisionedConcurrencyScaling | None = None
    ) -> lambda_.Alias:
        """Keep environments ready, on an alias of the current version (L4).

        On ``$LATEST`` provisioned concurrency would silently do nothing.

        :param concurrent_executions: environments kept ready.
        :param scaling: how that number follows use and schedules.
        :raises InvalidArgumentError: it is provisioned already, or more is provisioned than reserved.
        """
        if self.alias is not None:
            raise InvalidArgumentError(
                self,
                given=f"provision({concurrent_executions}) a second time",
                reason="the alias has its provisioned concurrency already, and one alias has one number",
                remedy="set it once: on the function, or on one route",
            )
        if self._is_invoked_unqualified or self._on_failure_queue_is_used:
            raise InvalidArgumentError(
                self,
                given=f"provision({concurrent_executions}) of a function that is wired up already",
                reason="who invokes it, or reads its on_failure_queue, has the function itself, and would pass the "
                "alias by (L4)",
                remedy="pass provisioned_concurrent_executions= to the function, or provision it before it is used",
            )
        self._checks.concurrency(
            reserved=self.reserved_concurrent_executions,
            provisioned=concurrent_executions,
            most=scaling.max_capacity if scaling else None,
        )
        self.alias = create_provisioned_alias(self, function=self.function, concurrent_executions=concurrent_executions)
        if scaling is not None:
            self.scaling = scale_provisioned_alias(self.alias, scaling, concurrent_executions=concurrent_executions)
        if self._asynchronous is not None:
            self._remove_asynchronous()
            self._settle_asynchronous()
        return self.alias

    def _settle_asynchronous(self) -> None:
        wanted = not self._models or InvocationModel.ASYNCHRONOUS in self._models
        if wanted and self._asynchronous is None:
            self._asynchronous = self._create_asynchronous(qualifier=ALIAS_NAME if self.alias else "$LATEST")
            if self.alias:
                self._asynchronous.node.add_dependency(self.alias)
        elif not wanted and not self._keeps_asynchronous and not self._on_failure_queue_is_used:
            self._remove_asynchronous()

    def _remove_asynchronous(self) -> None:
        if self._asynchronous is not None:
            self.node.try_remove_child(_ASYNCHRONOUS_ID)
            self._asynchronous = None
