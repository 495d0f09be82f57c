"""A workflow that measures what a function costs, and how fast it is, at settings of its memory (L8, L7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from best_practice_constructs.construct_place import path_of, stack_of, tell_place
from best_practice_constructs.defaults import ServiceDefaults
from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.durations import duration_of, whole_seconds
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.event_route import EventRoute
from best_practice_constructs.events.existing_event_bus import ExistingEventBus
from best_practice_constructs.observability.alarm import create_alarm
from best_practice_constructs.operations.command_names import POWER_TUNING
from best_practice_constructs.operations.lambda_prices import PUBLISHED_PRICES, LambdaPrices, published_prices
from best_practice_constructs.units import refuse_unitless
from best_practice_constructs.workflows.tuned_function import TunableFunction, tuned_functions
from best_practice_constructs.workflows.tuning.definitions import Definition, restoring_definition, tuning_definition
from best_practice_constructs.workflows.tuning.expressions import ANY_REGION
from best_practice_constructs.workflows.tuning.plan_states import (
    LEAST_MEMORY,
    MOST_INVOCATIONS,
    MOST_MEMORY,
    MOST_PARALLEL,
    MOST_SETTINGS,
    TuningDefaults,
)
from best_practice_constructs.workflows.tuning_role import create_tuning_role
from best_practice_constructs.workflows.workflow_role import acknowledge_delivery

# 1,769 MB is where Lambda gives one whole processor, 3,008 MB the most that a new account may have.
_MEMORY_SIZES = (128, 256, 512, 1024, 1769, 3008)
_RESTORING_SECONDS = 3_600


class PowerTuning(Construct):
    """Measures a function at settings of its memory, and tells the cheapest, the fastest and the balanced one (L8, L7).

    Creates a workflow that calls Lambda directly, without any function: it publishes a version at each setting, puts
    the configuration back at once, invokes each version, reads what Lambda billed from the tail of the log, deletes the
    versions, and computes costs. A second workflow puts back and deletes what a tuning leaves behind when it is
    stopped, times out or fails: EventBridge starts it, with retries, a dead-letter queue and an alarm (H1, H6); a
    second alarm tells when that one fails. Both log every step (without data, as Lambda's answers hold the function's
    environment) and are traced (H11). Their roles may call this function's API and its versions, and nothing else (C2).

    Run it with ``python -m best_practice_constructs.operations.power_tuning``, which shows a table and draws a plot.
    What the execution is given comes before the parameters: ``memory_sizes``, ``invocations``, ``parallel``,
    ``balance``, ``payload``, or ``payloads`` with weights.

    :param function: a :class:`SinglePurposeFunction`, a consumer, or an ``aws_lambda.IFunction``. It is really invoked.
    :param other_architecture: the same code on the other architecture, as a second function, to be compared (L7); code
        with native libraries is another there, so that no workflow can make one of the other.
    :param memory_sizes: MB, 128 to 10,240, at most 40; default 128, 256, 512, 1,024, 1,769 and 3,008.
    :param invocations: of each setting in a warm environment; default 20. One more comes before, as a cold start.
    :param parallel: how many of them at once, up to 40; default 1. More start more environments.
    :param payload: what the function is invoked with, an object or a list of JSON; default an empty object.
    :param balance: of the balanced choice, from 0, the speed alone, to 1, the cost alone; default 0.5.
    :param prices: default: those that AWS publishes for the region, see ``operations.lambda_prices``.
    :param timeout: of a whole tuning; default two hours.
    :param log_retention: default: the service's (H13).
    :param removal_policy: of the log group and the dead-letter queue; default: the service's.
    :param role_path: of the roles, such as ``"/orders/"``; default: the service's, ``"/"`` (C2).
    :param permissions_boundary: what the roles may do at most; default: the service's, none (C2).
    :param customize: called with the inner ``aws_stepfunctions.StateMachine`` that tunes at last, for all that has no
        parameter here.

    :ivar functions: the ``aws_lambda.IFunction``, one or two.
    :ivar state_machine: the ``aws_stepfunctions.StateMachine`` that tunes.
    :ivar restoring_state_machine: the one that cleans up after a tuning that ended otherwise.
    :ivar definition: of the first, as data.
    :ivar restoring_definition: of the second.
    :ivar role: of the first.
    :ivar restoring_role: of the second: it may neither publish nor invoke.
    :ivar log_group: of both.
    :ivar restoring_route: how EventBridge starts the second: a rule, a dead-letter queue, an alarm.
    :ivar not_restored_alarm: goes off when the second fails: the function may have another memory than it should.

    :raises InvalidArgumentError: no function, a version or an alias, two functions on one architecture, one of another
        account or region, numbers out of range, a region without published prices.

    Sources: Lambda developer guide, *Configure Lambda function memory*; Step Functions developer guide, *AWS SDK
    integrations*; talk 27:52, 29:13.

    ```python
    from aws_cdk import App, CfnOutput, Stack
    from best_practice_constructs import PowerTuning, SinglePurposeFunction

    stack = Stack(App(), "Orders")
    greet = SinglePurposeFunction(
        stack, "Greet", entry="examples/single_purpose_function/service", handler="greet.handler"
    )
    tuning = PowerTuning(stack, "GreetTuning", function=greet, payload={"name": "Ada"}, memory_sizes=[128, 512, 1769])
    CfnOutput(stack, "Tuning", value=tuning.state_machine.state_machine_arn)
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        function: TunableFunction,
        other_architecture: TunableFunction | None = None,
        memory_sizes: Sequence[int] = _MEMORY_SIZES,
        invocations: int = 20,
        parallel: int = 1,
        payload: object = None,
        balance: float = 0.5,
        prices: LambdaPrices | None = None,
        timeout: Duration | None = None,
        log_retention: logs.RetentionDays | None = None,
        removal_policy: RemovalPolicy | None = None,
        role_path: str | None = None,
        permissions_boundary: iam.IManagedPolicy | None = None,
        customize: Callable[[stepfunctions.StateMachine], object] | None = None,
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        defaults = ServiceDefaults.used_in(scope)
        refuse_unitless(self, timeout=timeout)
        self.functions = tuned_functions(self, function=function, other_architecture=other_architecture)
        self._check_numbers(memory_sizes, invocations=invocations, parallel=parallel, balance=balance)
        placeholders = {f"Function{number}": each.function_arn for number, each in enumerate(self.functions)}
        names = [f"${{{name}}}" for name in placeholders]
        substitutions = {"Partition": Aws.PARTITION, **placeholders}
        self.definition = tuning_definition(
            TuningDefaults(
                memory_sizes=tuple(memory_sizes),
                invocations=invocations,
                parallel=parallel,
                balance=balance,
                payload=self._json_payload(payload),
                prices=self._prices_by_region(prices),
            ),
            functions=names,
            restoring="${Restoring}",
            timeout_seconds=whole_seconds(timeout) if timeout else 7_200,
        )
        self.restoring_definition = restoring_definition(functions=names, timeout_seconds=_RESTORING_SECONDS)
        self.log_group = logs.LogGroup(
            self,
            "Log",
            retention=log_retention or defaults.log_retention,
            removal_policy=removal_policy or defaults.removal_policy,
        )

        def create_role(id: str, *, measures: bool) -> iam.Role:
            return create_tuning_role(
                self,
                id,
                functions=self.functions,
                measures=measures,
                defaults=defaults,
                role_path=role_path,
                permissions_boundary=permissions_boundary,
            )

        self.role = create_role("Role", measures=True)
        self.restoring_role = create_role("RestoringRole", measures=False)
        self.restoring_state_machine = self._state_machine(
            "Restoring", self.restoring_definition, role=self.restoring_role, substitutions=substitutions
        )
        self.state_machine = self._state_machine(
            "Workflow",
            self.definition,
            role=self.role,
            substitutions={**substitutions, "Restoring": self.restoring_state_machine.state_machine_arn},
        )
        self.restoring_route = self._route(role_path=role_path, permissions_boundary=permissions_boundary)
        self.not_restored_alarm = self._alarm(defaults)
        if customize is not None:
            customize(self.state_machine)

    def _state_machine(
        self, id: str, definition: Definition, *, role: iam.Role, substitutions: Mapping[str, str]
    ) -> stepfunctions.StateMachine:
        state_machine = stepfunctions.StateMachine(
            self,
            id,
            definition_body=stepfunctions.DefinitionBody.from_string(json.dumps(definition, ensure_ascii=False)),
            definition_substitutions=substitutions,
            role=role,
            # An execution is found by its name for 90 days, and may take longer than five minutes.
            state_machine_type=stepfunctions.StateMachineType.STANDARD,
            logs=stepfunctions.LogOptions(
                destination=self.log_group, level=stepfunctions.LogLevel.ALL, include_execution_data=False
            ),
            tracing_enabled=True,
        )
        acknowledge_delivery(role)
        return state_machine

    def _route(self, *, role_path: str | None, permissions_boundary: iam.IManagedPolicy | None) -> EventRoute:
        """Clean up after each tuning that did not come to its end: nothing in it can do so when it is stopped."""
        pattern = {
            "source": ["aws.states"],
            "detail-type": ["Step Functions Execution Status Change"],
            "detail": {
                "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                "stateMachineArn": [self.state_machine.state_machine_arn],
            },
        }
        bus = ExistingEventBus.default(self, "DefaultBus")
        return bus.route(
            pattern,
            to=self.restoring_state_machine,
            id="OnUnfinishedTuning",
            role_path=role_path,
            permissions_boundary=permissions_boundary,
        )

    def _alarm(self, defaults: ServiceDefaults) -> cloudwatch.Alarm:
        dimensions = {"StateMachineArn": self.restoring_state_machine.state_machine_arn}
        names = ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
        metrics: dict[str, cloudwatch.IMetric] = {
            f"m{number}": cloudwatch.Metric(
                namespace="AWS/States",
                metric_name=name,
                dimensions_map=dimensions,
                statistic="Sum",
                period=duration_of(300),
            )
            for number, name in enumerate(names)
        }
        return create_alarm(
            self,
            "NotRestoredAlarm",
            metric=cloudwatch.MathExpression(
                expression=" + ".join(f"FILL({name}, 0)" for name in metrics),
                using_metrics=metrics,
                label="Configurations that were not put back",
                period=duration_of(300),
            ),
            threshold=1,
            description=(
                f"{path_of(self)} could not put back what a tuning left: the function may have another memory than it "
                "should, and versions of the tuning. Its description says what it was before. Mend the cause, which "
                f"the execution of {path_of(self)}/Restoring shows, then: {POWER_TUNING} "
                f"{self.state_machine.state_machine_arn} --restore"
            ),
            defaults=defaults,
        )

    def _check_numbers(self, memory_sizes: Sequence[int], *, invocations: int, parallel: int, balance: float) -> None:
        sizes = list(memory_sizes)
        is_list_of_sizes = all(_is_whole(size, LEAST_MEMORY, MOST_MEMORY) for size in sizes)
        if not is_list_of_sizes or not 1 <= len(sizes) <= MOST_SETTINGS or len(set(sizes)) < len(sizes):
            raise self._refusal(
                f"memory_sizes={sizes}",
                f"Lambda offers whole numbers of MB, {LEAST_MEMORY} to {MOST_MEMORY:,}, and a tuning tries 1 to "
                f"{MOST_SETTINGS} different ones",
                "pass some, such as [128, 512, 1769]",
            )
        if not _is_whole(parallel, 1, MOST_PARALLEL):
            raise self._refusal(
                f"parallel={parallel}",
                f"Step Functions runs up to {MOST_PARALLEL} steps of a list at once",
                f"pass 1 to {MOST_PARALLEL}",
            )
        if not _is_whole(invocations, parallel, MOST_INVOCATIONS):
            raise self._refusal(
                f"invocations={invocations} with parallel={parallel}",
                "with fewer invocations than run at once, all of them are cold starts",
                f"pass {parallel} or more, such as 20",
            )
        total = (invocations + 1) * len(sizes) * len(self.functions)
        if total > MOST_INVOCATIONS:
            raise self._refusal(
                f"{invocations} invocations of {len(sizes) * len(self.functions)} settings, {total:,} with the cold "
                "starts",
                f"the history of an execution has room for {MOST_INVOCATIONS:,} of them",
                "pass fewer invocations or memory_sizes: an execution may be given others",
            )
        if isinstance(balance, bool) or not 0 <= balance <= 1:
            raise self._refusal(
                f"balance={balance}", "it says what share the cost has in the choice", "pass a number from 0 to 1"
            )

    def _prices_by_region(self, prices: LambdaPrices | None) -> dict[str, dict[str, float | str]]:
        if prices is not None:
            return {ANY_REGION: prices.to_json()}
        region = stack_of(self).region
        if is_deploy_time_value(region):
            return {name: each.to_json() for name, each in PUBLISHED_PRICES.items()}
        found = published_prices(region)
        if found is None:
            raise self._refusal(
                f"a tuning in {region} without prices",
                "the table has none of that region",
                "pass prices=LambdaPrices(arm64=…, x86_64=…, request=…, as_of=…, source=…), of "
                "best_practice_constructs.operations.lambda_prices",
            )
        return {region: found.to_json()}

    def _json_payload(self, payload: object) -> object:
        if payload is None:
            return {}
        if not isinstance(payload, Mapping | list | tuple):
            raise self._refusal(
                f"payload={payload!r}",
                "Step Functions hands objects and lists on as they are, and texts and numbers otherwise",
                'pass a mapping or a list, such as {"order_id": "1"}',
            )
        try:
            plain: object = json.loads(json.dumps(payload, allow_nan=False))
        except (TypeError, ValueError) as error:
            raise self._refusal(
                f"payload={payload!r}", f"a function is invoked with JSON, and {error}", "pass what JSON can say"
            ) from error
        return plain

    def _refusal(self, given: str, reason: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError(self, given=given, reason=reason, remedy=remedy)


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
