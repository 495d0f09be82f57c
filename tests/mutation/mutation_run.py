"""Runs the order/invoice system without one permission at a time, and writes down which scenario noticed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from best_practice_constructs.local import (
    ACTIONS_OF_LAMBDA,
    Deployment,
    LocalStage,
    permission_mutants,
    role_permissions,
)
from examples.order_invoice.running_system import RunningSystem
from tests.end_to_end.order_invoice_stage import REPOSITORY
from tests.mutation.acting_system import ActingSystem
from tests.mutation.permission_names import PermissionNames
from tests.mutation.scenarios import scenarios_of


@dataclass(frozen=True, kw_only=True, order=True)
class Mutant:
    """A function's role without one permission.

    :param function: the construct of the function.
    :param action: what it went without.
    :param on: the construct that it was allowed on.
    :param killed_by: the scenario that failed; empty when none did.
    :param reason: how it failed.
    :param is_told_by_log: the function's log names the refused action, too.
    """

    function: str
    action: str
    on: str
    killed_by: str
    reason: str = ""
    is_told_by_log: bool = False


@dataclass(frozen=True, kw_only=True, order=True)
class ServiceSidePermission:
    """What a service does with a function's role, which no mutant can show."""

    function: str
    action: str
    on: str


class MutationRun:
    """The mutants of one deployed copy of the system.

    :param system: the copy.
    :param deployment: what was deployed.
    """

    def __init__(self, system: RunningSystem, deployment: Deployment) -> None:
        self._system = system
        self._names = PermissionNames(deployment)
        self._scenarios = scenarios_of(ActingSystem(system))

    @property
    def functions(self) -> tuple[str, ...]:
        """The constructs of all functions."""
        return tuple(self._scenarios)

    def mutants_of(self, function: str) -> Iterator[Mutant]:
        """Try a function without each of its permissions."""
        found = permission_mutants(self._system.stage, self._system.function_name(function), self._scenarios[function])
        for mutant in found:
            yield Mutant(
                function=function,
                action=mutant.permission.action,
                on=self._names.on(mutant.permission.resource),
                killed_by=mutant.killed_by or "",
                reason=mutant.reason,
                is_told_by_log=mutant.is_told_by_log,
            )

    def service_side(self) -> list[ServiceSidePermission]:
        """Give what no mutant can show."""
        return sorted(
            ServiceSidePermission(function=function, action=permission.action, on=self._names.on(permission.resource))
            for function in self.functions
            for permission in role_permissions(self._system.stage, self._system.function_name(function))
            if permission.action in ACTIONS_OF_LAMBDA
        )


@contextmanager
def deployed_run() -> Generator[MutationRun]:
    """Give the run of a copy on a stage of its own, with IAM enforced."""
    with LocalStage(enforce_iam=True) as stage:
        deployment = stage.deploy(stage.synthesize(REPOSITORY, context={"stage": "mutants"}))
        yield MutationRun(RunningSystem(stage, deployment, prefix="order-invoice-mutants"), deployment)


def run_mutants(
    run: MutationRun, functions: Collection[str], *, tell: Callable[[Mutant], object] = lambda _: None
) -> list[Mutant]:
    """Try every function without each of its permissions.

    :param tell: told each mutant when it is tried.
    """
    mutants: list[Mutant] = []
    for function in functions:
        for mutant in run.mutants_of(function):
            tell(mutant)
            mutants.append(mutant)
    return mutants
