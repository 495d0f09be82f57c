"""Compares what is done with a function's role with what the role allows: nothing unused, nothing missing (C2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from best_practice_constructs.audit.sdk_calls.code_files import CodeFiles
from best_practice_constructs.audit.sdk_calls.reached_code import HandlerNotFoundError, calls_of_handler
from best_practice_constructs.audit.sdk_calls.role_actions import (
    AllowedAction,
    allowed_actions,
    managed_policies,
    policy_name,
    role_of,
)
from best_practice_constructs.audit.sdk_calls.sdk_call import CodeCalls, CodePlace, SdkCall, UnclearCall, UnknownCall
from best_practice_constructs.audit.sdk_calls.service_actions import actions_of
from best_practice_constructs.audit.sdk_calls.service_model import operations
from best_practice_constructs.audit.sdk_calls.service_side_actions import (
    ServiceSideAction,
    actions_with_key,
    service_side_actions,
)
from best_practice_constructs.audit.sdk_calls.template_model import Assembly, Resource, mapping

# Policies that AWS maintains for functions, and that hold no more than what Lambda itself does.
_OF_LAMBDA = frozenset(
    {
        "AWSLambdaBasicExecutionRole",
        "AWSLambdaVPCAccessExecutionRole",
        "AWSXRayDaemonWriteAccess",
        "CloudWatchLambdaInsightsExecutionRolePolicy",
    }
)

# Operations of one word on data, which are told of what is unknown wherever a client of their service is made.
_OF_ONE_WORD = frozenset(
    {"converse", "decrypt", "encrypt", "invoke", "publish", "query", "retrieve", "scan", "sign", "verify"}
)


@dataclass(frozen=True, kw_only=True)
class UnusedAction:
    """An action that the role allows and nothing calls.

    :param action: the action.
    :param policy: the logical id of the role or policy that holds the statement.
    :param path: the path of its construct.
    :param statement: which of its statements, from 0.
    """

    action: str
    policy: str
    path: str
    statement: int


@dataclass(frozen=True, kw_only=True)
class MissingAction:
    """An action that the code calls and the role does not allow, with every place that calls it."""

    action: str
    places: tuple[CodePlace, ...]


@dataclass(frozen=True, kw_only=True)
class FunctionComparison:
    """What was found about one function.

    :param path: the path of its construct.
    :param handler: its handler.
    :param calls: the calls of its code.
    :param unused: what its role allows and nothing calls.
    :param missing: what its code calls and its role does not allow.
    :param unknown: the calls of which reading the code cannot tell what they are.
    :param not_compared: why it was not compared, or ``None``.
    :param unread_policies: managed policies of the role that no template holds.
    """

    path: str
    handler: str
    calls: tuple[SdkCall, ...] = ()
    unused: tuple[UnusedAction, ...] = ()
    missing: tuple[MissingAction, ...] = ()
    unknown: tuple[UnknownCall, ...] = ()
    not_compared: str | None = None
    unread_policies: tuple[str, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether nothing is unused, nothing is missing, and all is known."""
        return not (self.unused or self.missing or self.unknown)


def compare_functions(assembly: Assembly) -> list[FunctionComparison]:
    """Compare each function of an assembly with its role.

    :raises CallDeclarationError: a comment begins as a declaration of calls and is none.
    """
    functions = [each for template in assembly.templates for each in template.of_type("AWS::Lambda::Function")]
    return [compare_function(assembly, function) for function in sorted(functions, key=lambda each: each.path)]


def compare_function(assembly: Assembly, function: Resource) -> FunctionComparison:
    """Compare one function with its role."""
    path, handler = function.path, str(function.properties.get("Handler", ""))
    role = role_of(assembly, function)
    try:
        calls = _calls(function, handler)
    except HandlerNotFoundError as error:
        return FunctionComparison(path=path, handler=handler, not_compared=str(error))
    if isinstance(calls, str) or role is None:
        reason = calls if isinstance(calls, str) else "its role is in no template"
        return FunctionComparison(path=path, handler=handler, not_compared=reason)
    comparison = _Comparison(assembly, function, calls, list(allowed_actions(assembly, role)))
    unread = [policy_name(arn) for arn in managed_policies(assembly, role)[1]]
    return FunctionComparison(
        path=path,
        handler=handler,
        calls=calls.calls,
        unused=tuple(comparison.unused()),
        missing=tuple(comparison.missing()),
        unknown=tuple(sorted({*calls.unknown, *comparison.unclear(calls.unclear)})),
        unread_policies=tuple(name for name in unread if name not in _OF_LAMBDA),
    )


def _calls(function: Resource, handler: str) -> CodeCalls | str:
    """Give the calls of a function's code, or why they cannot be given."""
    code = mapping(function.properties.get("Code"))
    environment = mapping(mapping(function.properties.get("Environment")).get("Variables"))
    runtime = function.properties.get("Runtime")
    if not isinstance(runtime, str) or not runtime.startswith("python"):
        return "its code is not Python"
    inline = code.get("ZipFile")
    if isinstance(inline, str):
        return calls_of_handler(CodeFiles({"index.py": inline}), handler, environment=environment)
    path = function.template.code_path(function)
    if path is None:
        return "its code is not beside the template"
    return calls_of_handler(CodeFiles.of(path), handler, environment=environment)


class _Comparison:
    def __init__(self, assembly: Assembly, function: Resource, calls: CodeCalls, allowed: list[AllowedAction]) -> None:
        self._assembly = assembly
        self._function = function
        self._calls = calls
        self._allowed = allowed
        self._variables = mapping(mapping(function.properties.get("Environment")).get("Variables"))
        self._needs = [*self._of_code(), *service_side_actions(assembly, function)]

    def unused(self) -> Iterator[UnusedAction]:
        reported: set[tuple[str, str, int]] = set()
        for each in self._allowed:
            key = (each.action, each.policy.logical_id, each.statement)
            if key not in reported and not self._is_needed(each):
                reported.add(key)
                yield UnusedAction(
                    action=each.action, policy=each.policy.logical_id, path=each.policy.path, statement=each.statement
                )

    def missing(self) -> Iterator[MissingAction]:
        for action in sorted(self._calls.actions):
            calls = [call for call in self._calls.calls if call.action == action and not call.is_optional]
            places = tuple(call.place for call in calls if not self._is_allowed(call))
            if places:
                yield MissingAction(action=action, places=places)

    def unclear(self, calls: Iterable[UnclearCall]) -> Iterator[UnknownCall]:
        """Give the calls of something unknown that have the name of an operation, where it matters.

        These are operations that the role allows and nothing else calls, and those of services that the code makes
        clients of, which it does not seem to call.
        """
        unused = {each.action for each in self.unused()}
        services = {each.action.partition(":")[0] for each in self._allowed} | self._calls.services
        for call in calls:
            tells = "_" in call.method or call.method in _OF_ONE_WORD
            for service in sorted(services):
                for operation in operations(service).get(call.method, ()):
                    actions = set(actions_of(service, operation))
                    is_its_own = service in self._calls.services and not actions <= self._calls.actions
                    if any(_matches(each, action) for each in unused for action in actions) or (tells and is_its_own):
                        yield UnknownCall(
                            place=call.place,
                            reason=f"{call.method} may be an operation of {service}, called of something unknown",
                        )

    def _of_code(self) -> Iterator[ServiceSideAction]:
        for call in self._calls.calls:
            yield ServiceSideAction(action=call.action, target=self._variables.get(call.variable or ""))

    def _is_needed(self, allowed: AllowedAction) -> bool:
        if any(_matches(allowed.action, need.action) and self._is_on(need, allowed) for need in self._needs):
            return True
        return any(_matches(allowed.action, action) for need in self._needs for action in actions_with_key(need.action))

    def _is_allowed(self, call: SdkCall) -> bool:
        need = ServiceSideAction(action=call.action, target=self._variables.get(call.variable or ""))
        return any(_matches(each.action, call.action) and self._is_on(need, each) for each in self._allowed)

    def _is_on(self, need: ServiceSideAction, allowed: AllowedAction) -> bool:
        """Tell whether what is allowed is on the resource that is needed, as far as both say which that is."""
        if need.target is None or allowed.resource == "*":
            return True
        needed = set(map(id, self._assembly.targets(self._function.template, need.target)))
        given = set(map(id, self._assembly.targets(allowed.policy.template, allowed.resource)))
        if needed and given:
            return bool(needed & given)
        return True


def _matches(pattern: str, action: str) -> bool:
    return fnmatchcase(action.lower(), pattern.lower())
