"""A definition made whole: checked, with the defaults of its tasks, and with what its role must be allowed (S4, H1)."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from constructs import Construct

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.workflows.definition_checks import (
    check_express,
    check_waiting_task,
    definition_problems,
    is_distributed_map,
)
from best_practice_constructs.workflows.definition_states import JSONPATH, JsonObject, StateAt, states_of
from best_practice_constructs.workflows.failed_executions import TELL_FAILURE, add_failure_states, failure_states
from best_practice_constructs.workflows.substitutions import resource_substituted
from best_practice_constructs.workflows.task_defaults import (
    RetryDefaults,
    add_catch,
    add_retries,
    add_timeout,
    integration_of,
    reached_from,
)
from best_practice_constructs.workflows.task_integration import TaskIntegration
from best_practice_constructs.workflows.task_permissions import (
    UnknownPermissionsError,
    map_permissions,
    task_permissions,
)


@dataclass(frozen=True, kw_only=True)
class WorkflowDefinition:
    """A definition, and what it takes.

    :param states: the definition in the Amazon States Language, with placeholders.
    :param permissions: what its tasks need.
    :param has_distributed_map: whether it starts executions of itself.
    """

    states: JsonObject
    permissions: tuple[Permission, ...] = ()
    has_distributed_map: bool = False


@dataclass(kw_only=True)
class DefinitionMaker:
    """Makes a definition whole.

    :param scope: the workflow, for errors.
    :param definition: as it was read; it is changed.
    :param substitutions: what each placeholder stands for.
    :param is_express: whether it is the definition of an express workflow.
    :param timeout: of the whole, in seconds, where the definition does not say it; ``given_timeout`` says it anyway.
    """

    scope: Construct
    definition: JsonObject
    substitutions: Mapping[str, object]
    is_express: bool
    timeout: int
    given_timeout: int | None
    task_timeout: int
    retry: RetryDefaults
    failure_state: str | None
    failures_placeholder: str
    permissions: Mapping[str, Sequence[Permission]]
    derives_permissions: bool
    _integrations: dict[str, TaskIntegration | None] = field(default_factory=dict[str, "TaskIntegration | None"])

    def make(self) -> WorkflowDefinition:
        """Make it.

        :raises InvalidArgumentError: Step Functions would refuse it, it would wait forever, or what a task needs cannot
            be derived.
        """
        self._check_language()
        functions = {
            name: value
            for name, value in self.substitutions.items()
            if hasattr(type(resource_substituted(value)), "function_arn")
        }
        if self.given_timeout is not None:
            self.definition["TimeoutSeconds"] = self.given_timeout
        else:
            self.definition.setdefault("TimeoutSeconds", self.timeout)
        self._add_catch_paths()
        for state in states_of(self.definition):
            if state.type != "Task":
                continue
            integration = self._integrations[state.path] = integration_of(state, functions)
            check_waiting_task(path_of(self.scope), state, integration)
            add_retries(state, self.retry, integration)
            add_timeout(state, self.task_timeout)
        if self.is_express:
            check_express(path_of(self.scope), self.definition, self._integrations)
        self._check_definition()
        self._check_timeouts()
        return WorkflowDefinition(
            states=self.definition,
            permissions=tuple(self._permissions()),
            has_distributed_map=any(is_distributed_map(state) for state in states_of(self.definition)),
        )

    def _check_language(self) -> None:
        if not isinstance(self.definition.get("States"), dict):
            raise self._refusal(
                "a definition without States",
                "there is nothing to do in it",
                'write {"QueryLanguage": "JSONata", "StartAt": "…", "States": {…}}',
            )

    def _add_catch_paths(self) -> None:
        failure_state = self.failure_state
        states = cast("dict[str, JsonObject]", self.definition["States"])
        if failure_state is not None and failure_state not in states:
            close = difflib.get_close_matches(failure_state, states, n=1)
            raise self._refusal(
                f"failure_state={failure_state!r}",
                "the definition has no such state",
                f"write failure_state={close[0]!r}" if close else "name one of its outermost states",
            )
        # What follows a failure must not lead back to it.
        exempt = reached_from(self.definition, failure_state) if failure_state is not None else set[str]()
        outermost = [state for state in states_of(self.definition) if not state.is_nested]
        if failure_state is not None:
            for state in outermost:
                if state.name not in exempt:
                    add_catch(state, failure_state)
        if not self.is_express:
            return
        for state in outermost:
            add_catch(state, TELL_FAILURE)
        if self._is_caught(outermost):
            language = str(self.definition.get("QueryLanguage", JSONPATH))
            add_failure_states(self.definition, failure_states(self.failures_placeholder, language=language))

    def _is_caught(self, states: Sequence[StateAt]) -> bool:
        return any(
            catcher.get("Next") == TELL_FAILURE
            for state in states
            for catcher in cast("list[JsonObject]", state.state.get("Catch", []))
        )

    def _check_definition(self) -> None:
        problems = definition_problems(self.definition)
        if problems:
            raise self._refusal(
                "the definition", f"Step Functions refuses it: {'; '.join(problems)}", "mend what is said of each state"
            )

    def _check_timeouts(self) -> None:
        whole = self.definition["TimeoutSeconds"]
        for state in states_of(self.definition):
            for key in ("TimeoutSeconds", "Seconds"):
                seconds = state.state.get(key)
                if isinstance(seconds, int) and isinstance(whole, int) and seconds > whole:
                    raise self._refusal(
                        f"the state {state.path!r} with {key}={seconds} in a workflow of {whole} s",
                        "the whole ends before",
                        "shorten it, or pass timeout=Duration.seconds(…), longer than all that is waited for"
                        if not self.is_express
                        else "shorten it: an express workflow takes five minutes at most",
                    )

    def _permissions(self) -> list[Permission]:
        found: list[Permission] = []
        given = dict(self.permissions)
        for state in states_of(self.definition):
            own = given.pop(state.path, None) or given.pop(state.name, None)
            if own is not None:
                found += own
            elif self.derives_permissions:
                found += self._derived(state)
        for name in given:
            raise self._refusal(
                f"permissions of {name!r}", "the definition has no such state", "name a state of the definition"
            )
        return found

    def _derived(self, state: StateAt) -> list[Permission]:
        try:
            if state.type == "Task":
                return task_permissions(state, self._integrations.get(state.path), self.substitutions)
            return map_permissions(state, self.substitutions) if is_distributed_map(state) else []
        except UnknownPermissionsError as error:
            raise self._refusal(
                f"the state {state.path!r}",
                f"what its role must be allowed cannot be derived: {error}",
                f"say it, as in permissions={{{state.path!r}: [dynamodb.put_item(table)]}}, of "
                "best_practice_constructs.permissions",
            ) from error

    def _refusal(self, given: str, reason: str, remedy: str) -> InvalidArgumentError:
        return InvalidArgumentError(self.scope, given=given, reason=reason, remedy=remedy)
