"""Compares what is done with a function's role with what the role allows: nothing unused, nothing missing (C2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from best_practice_constructs.audit.sdk_calls.action_patterns import actions_like, matches
from best_practice_constructs.audit.sdk_calls.code_files import CodeFiles
from best_practice_constructs.audit.sdk_calls.reached_code import HandlerNotFoundError, calls_of_handler
from best_practice_constructs.audit.sdk_calls.resource_matching import NeededAction, ResourceMatching
from best_practice_constructs.audit.sdk_calls.role_actions import (
    AllowedAction,
    UnreadStatement,
    allowed_actions,
    managed_policies,
    policy_name,
    role_of,
    unread_statements,
)
from best_practice_constructs.audit.sdk_calls.sdk_call import CodeCalls, CodePlace, SdkCall, UnclearCall, UnknownCall
from best_practice_constructs.audit.sdk_calls.service_actions import actions_of
from best_practice_constructs.audit.sdk_calls.service_model import operations
from best_practice_constructs.audit.sdk_calls.service_side_actions import actions_with_key, service_side_actions
from best_practice_constructs.audit.sdk_calls.template_model import Assembly, Resource, mapping

# Policies that AWS maintains for functions, and that hold no more than what Lambda itself does.
_OF_LAMBDA = frozenset(
    {
        "AWSLambdaBasicDurableExecutionRolePolicy",
        "AWSLambdaBasicExecutionRole",
        "AWSLambdaVPCAccessExecutionRole",
        "AWSXRayDaemonWriteAccess",
        "CloudWatchLambdaInsightsExecutionRolePolicy",
    }
)

# The functions of Python that the CDK makes for its own custom resources: their code and roles are not the user's.
_OF_CDK = (
    "BucketNotificationsHandler050a0587b7544547bf325f094a3db834",
    "CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C",
)

# The calls of this package's own code, of which its declarations say on what they are.
_RUNTIME = "best_practice_constructs/runtime/"

# Of what a pattern allows and nothing calls.
_MOST_TOLD = 3

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
    :param wider_by: of a pattern that is used, what else it allows: the first few.
    """

    action: str
    policy: str
    path: str
    statement: int
    wider_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MissingAction:
    """An action that the code calls and the role does not allow, with every place that calls it.

    :param variable: of an action that the role allows on something else: the variable of the function that names what
        is called.
    :param only_on: of one that the role allows for the runtime's own calls alone: the variable that names what they are
        on.
    """

    action: str
    places: tuple[CodePlace, ...]
    variable: str | None = None
    only_on: str | None = None


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
    :param is_left_out: there is nothing to compare: its code is not Python, or the CDK's own.
    :param unread_policies: managed policies of the role that no template holds.
    :param unread_statements: statements that say what they do not allow.
    """

    path: str
    handler: str
    calls: tuple[SdkCall, ...] = ()
    unused: tuple[UnusedAction, ...] = ()
    missing: tuple[MissingAction, ...] = ()
    unknown: tuple[UnknownCall, ...] = ()
    not_compared: str | None = None
    is_left_out: bool = False
    unread_policies: tuple[str, ...] = ()
    unread_statements: tuple[UnreadStatement, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether it was compared, nothing is unused, nothing is missing, and all is known and read."""
        is_read = not (self.unread_policies or self.unread_statements)
        return is_read and not (self.not_compared or self.unused or self.missing or self.unknown)


def compare_functions(assembly: Assembly) -> list[FunctionComparison]:
    """Compare each function of an assembly with its role.

    :raises CallDeclarationError: a comment begins as a declaration of calls and is none.
    """
    functions = [each for template in assembly.templates for each in template.of_type("AWS::Lambda::Function")]
    return [compare_function(assembly, function) for function in sorted(functions, key=lambda each: each.path)]


def compare_function(assembly: Assembly, function: Resource) -> FunctionComparison:
    """Compare one function with its role."""
    path, handler = function.path, str(function.properties.get("Handler", ""))
    if (left_out := _left_out(function)) is not None:
        return FunctionComparison(path=path, handler=handler, not_compared=left_out, is_left_out=True)
    role = role_of(assembly, function)
    try:
        calls = _calls(function, handler)
    except HandlerNotFoundError as error:
        return FunctionComparison(path=path, handler=handler, not_compared=str(error))
    if isinstance(calls, str) or role is None:
        reason = calls if isinstance(calls, str) else "its role is in no template"
        return FunctionComparison(path=path, handler=handler, not_compared=reason)
    not_read = tuple(unread_statements(assembly, role))
    comparison = _Comparison(assembly, function, calls, list(allowed_actions(assembly, role)), not_read)
    unread = managed_policies(assembly, role)[1]
    return FunctionComparison(
        path=path,
        handler=handler,
        calls=calls.calls,
        unused=tuple(comparison.unused()),
        missing=tuple(comparison.missing()),
        unknown=tuple(sorted({*calls.unknown, *comparison.unclear(calls.unclear), *comparison.mistyped()})),
        unread_policies=tuple(policy_name(arn) for arn in unread if not _is_of_lambda(arn)),
        unread_statements=not_read,
    )


def _is_of_lambda(arn: object) -> bool:
    return policy_name(arn) in _OF_LAMBDA and "iam::aws:policy/" in str(arn)


def _left_out(function: Resource) -> str | None:
    runtime = function.properties.get("Runtime")
    if not isinstance(runtime, str) or not runtime.startswith("python"):
        return "its code is not Python"
    if function.logical_id.startswith(_OF_CDK):
        return "it is the CDK's own, for a custom resource"
    return None


def _calls(function: Resource, handler: str) -> CodeCalls | str:
    """Give the calls of a function's code, or why they cannot be given."""
    code = mapping(function.properties.get("Code"))
    environment = mapping(mapping(function.properties.get("Environment")).get("Variables"))
    inline = code.get("ZipFile")
    if isinstance(inline, str):
        return calls_of_handler(CodeFiles({"index.py": inline}), handler, environment=environment)
    path = function.template.code_path(function)
    if path is None:
        return "its code is not beside the template"
    return calls_of_handler(CodeFiles.of(path), handler, environment=environment)


class _Comparison:
    def __init__(
        self,
        assembly: Assembly,
        function: Resource,
        calls: CodeCalls,
        allowed: list[AllowedAction],
        not_read: tuple[UnreadStatement, ...],
    ) -> None:
        self._assembly = assembly
        self._function = function
        self._calls = calls
        self._allowed = allowed
        self._not_read = not_read
        self._variables = mapping(mapping(function.properties.get("Environment")).get("Variables"))
        self._matching = ResourceMatching(assembly, function)
        self._needs = [*map(self._need, calls.calls), *service_side_actions(assembly, function)]

    def unused(self) -> Iterator[UnusedAction]:
        reported: set[tuple[str, str, int]] = set()
        for each in self._allowed:
            key = (each.action, each.policy.logical_id, each.statement)
            is_needed = self._is_needed(each.action, each)
            wider_by = tuple(self._wider_by(each)) if is_needed else ()
            if key not in reported and (wider_by or not is_needed):
                reported.add(key)
                yield UnusedAction(
                    action=each.action,
                    policy=each.policy.logical_id,
                    path=each.policy.path,
                    statement=each.statement,
                    wider_by=wider_by,
                )

    def missing(self) -> Iterator[MissingAction]:
        places: dict[tuple[str, str, str], list[CodePlace]] = {}
        for call in self._calls.calls:
            if not call.is_optional and not self._is_allowed(call):
                is_on_other = any(matches(each.action, call.action) for each in self._allowed)
                variable = call.variable if is_on_other and call.variable in self._variables else None
                only_on = None if variable else self._only_on(call)
                places.setdefault((call.action, variable or "", only_on or ""), []).append(call.place)
        for (action, named, runtimes), found in sorted(places.items()):
            distinct = tuple(dict.fromkeys(found))
            yield MissingAction(action=action, places=distinct, variable=named or None, only_on=runtimes or None)

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
                    if any(matches(each, action) for each in unused for action in actions) or (tells and is_its_own):
                        yield UnknownCall(
                            place=call.place,
                            reason=f"{call.method} may be an operation of {service}, called of something unknown",
                        )

    def mistyped(self) -> Iterator[UnknownCall]:
        """Give the calls whose declarations name a variable that the function does not have."""
        for call in self._calls.calls:
            if call.is_declared and call.variable not in self._variables and not call.is_optional:
                reason = f"its declaration says 'on {call.variable}', and the function has no variable of this name"
                yield UnknownCall(place=call.place, reason=reason, is_declared=True)

    def _need(self, call: SdkCall) -> NeededAction:
        target = self._variables.get(call.variable or "")
        return NeededAction(action=call.action, target=target, is_inferred=not call.is_declared)

    def _is_needed(self, action: str, allowed: AllowedAction) -> bool:
        if any(matches(action, need.action) and self._matching.may_be_on(need, allowed) for need in self._needs):
            return True
        return any(matches(action, each) for need in self._needs for each in actions_with_key(need.action))

    def _wider_by(self, allowed: AllowedAction) -> Iterator[str]:
        others = (each for each in actions_like(allowed.action) if not self._is_needed(each, allowed))
        return islice(others, _MOST_TOLD)

    def _is_allowed(self, call: SdkCall) -> bool:
        if any(each.may_allow(call.action) for each in self._not_read):
            return True
        need = self._need(call)
        return any(
            matches(each.action, call.action)
            and self._matching.may_be_on(need, each)
            and (_is_of_runtime(call) or self._is_free(each, need))
            for each in self._allowed
        )

    def _is_free(self, allowed: AllowedAction, need: NeededAction) -> bool:
        """Tell whether what is allowed is not for the runtime's own calls alone, such as of idempotency records."""
        claims = self._claims(allowed)
        if not claims or self._matching.is_on(need, allowed):
            return True
        targets = [self._variables.get(call.variable or "") for call in claims]
        return need.target is not None and need.target in targets

    def _claims(self, allowed: AllowedAction) -> list[SdkCall]:
        """Give the runtime's own calls whose resource a statement is on for sure."""
        return [
            call
            for call in self._calls.calls
            if call.is_declared
            and _is_of_runtime(call)
            and matches(allowed.action, call.action)
            and self._matching.is_on(self._need(call), allowed)
        ]

    def _only_on(self, call: SdkCall) -> str | None:
        """Give the variable that names what the runtime's calls are on, where the role allows the action on that."""
        allowed = (each for each in self._allowed if matches(each.action, call.action))
        return next((claim.variable for each in allowed for claim in self._claims(each)), None)


def _is_of_runtime(call: SdkCall) -> bool:
    return call.place.file.startswith(_RUNTIME)
