"""Records the SDK calls among what code mentions and calls."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping, Sequence

from best_practice_constructs.audit.sdk_calls.argument_actions import (
    NOT_WRITTEN,
    WrittenArguments,
    argument_actions,
    has_argument_actions,
    named_versions,
)
from best_practice_constructs.audit.sdk_calls.call_declaration import CallDeclaration
from best_practice_constructs.audit.sdk_calls.call_resources import CallResources
from best_practice_constructs.audit.sdk_calls.code_scope import Node, Scope
from best_practice_constructs.audit.sdk_calls.code_value import (
    Class,
    Client,
    Collection,
    External,
    Instance,
    Member,
    Resource,
    Text,
    Value,
)
from best_practice_constructs.audit.sdk_calls.container_values import (
    CONTAINER,
    is_method_of_containers,
    may_hold,
)
from best_practice_constructs.audit.sdk_calls.misspelt_members import misspelt_member
from best_practice_constructs.audit.sdk_calls.sdk_call import CodeCalls, CodePlace, SdkCall, UnclearCall, UnknownCall
from best_practice_constructs.audit.sdk_calls.service_actions import (
    actions_of,
    depends_on_statement,
    has_unknown_action,
    transaction_items,
    version_action,
    version_actions,
)
from best_practice_constructs.audit.sdk_calls.service_model import (
    ON_FAILURE,
    batch_action,
    is_service,
    operations,
    resource_type,
    waiters,
)
from best_practice_constructs.audit.sdk_calls.value_inference import ValueInference

# What every client has, and what calls nothing.
_OF_EVERY_CLIENT = frozenset({"can_paginate", "close", "exceptions", "meta", "waiter_names"})
_NAMED = {"get_paginator": "paginator", "get_waiter": "waiter", "generate_presigned_url": "signed request"}
_GETATTR = External("builtins.getattr")


class CallRecorder:
    """Records the calls of one handler's code.

    :param inference: says what expressions may be.
    :param environment: the variables that the code runs with.
    """

    def __init__(self, inference: ValueInference, environment: Mapping[str, object]) -> None:
        self._inference = inference
        self._resources = CallResources(inference, environment)
        self.clear()

    def clear(self) -> None:
        """Forget what was recorded, to record it anew."""
        self._calls: set[SdkCall] = set()
        self._unknown: set[UnknownCall] = set()
        self._unclear: set[UnclearCall] = set()
        self._misspelt: set[CodePlace] = set()
        self._services: set[str] = set()
        # Operations on an object, or on a version of it: what they take, their calls tell.
        self._mentioned: set[tuple[str, str, CodePlace]] = set()
        self._with_arguments: set[tuple[str, str, CodePlace]] = set()
        self._called: set[tuple[str, str, CodePlace]] = set()
        self._transactions: set[tuple[str, str, CodePlace]] = set()
        self._items: set[tuple[str, CodePlace, CallDeclaration | None, frozenset[str]]] = set()
        # The calls of attributes, which are visited after them.
        self._calls_of: dict[int, ast.Call] = {}

    def found(self) -> CodeCalls:
        """Give all that was recorded."""
        for service, operation, place in self._mentioned - self._called:
            self._add(actions_of(service, operation), place, None)
        for service, operation, place in self._with_arguments - self._called:
            self._arguments(service, operation, NOT_WRITTEN, place)
        for service, operation, place in self._transactions:
            actions = transaction_items(service, operation)
            items = [item for item in self._items if item[0] in actions]
            for kind, where, declaration, on in items:
                self._add([actions[kind]], where, declaration, on=on)
            if not items:
                self._unknown.add(
                    UnknownCall(place=place, reason=f"no item of {operation} is written where it can be read")
                )
        return CodeCalls(
            calls=tuple(sorted(self._calls, key=_key)),
            unknown=tuple(sorted(self._unknown)),
            unclear=tuple(sorted(each for each in self._unclear if each.place not in self._misspelt)),
            services=frozenset(self._services),
        )

    def declared(self, declaration: CallDeclaration, scope: Scope, *, line: int) -> None:
        """Record what a declaration says."""
        self._add(declaration.actions or (), _place(scope, line), declaration)

    def attribute(self, node: Node, attribute: ast.Attribute, scope: Scope) -> None:
        """Record the operations that an attribute is, of whatever may be a client or a resource."""
        place = _place(scope, attribute.lineno)
        owners = self._inference.values(attribute.value, scope)
        is_known = any(isinstance(owner, Client) and owner.service for owner in owners)
        if (reason := misspelt_member(owners, attribute.attr)) is not None:
            self._unknown.add(UnknownCall(place=place, reason=reason, is_misspelt=True))
            self._misspelt.add(place)
        for owner in owners:
            # An annotation that says only that it is some client adds nothing to what is known.
            if owner != Client(None) or not is_known:
                on = self._on(owner, attribute, scope)
                self._member(owner, attribute.attr, place, node.declaration, on=on)

    def call(self, node: Node, call: ast.Call, scope: Scope) -> None:
        """Record a call that names its operation in an argument, and what may be a call of a client."""
        place = _place(scope, call.lineno)
        made = self._inference.values(call, scope)
        self._services.update(each.service for each in made if isinstance(each, Client | Resource) and each.service)
        if isinstance(call.func, ast.Attribute):
            self._calls_of[id(call.func)] = call
            owners = self._inference.values(call.func.value, scope)
            if self._is_unclear(owners, call.func.attr):
                self._unclear.add(UnclearCall(place=_place(scope, call.func.lineno), method=call.func.attr))
            for owner in owners:
                if isinstance(owner, Client | Resource):
                    place_of_name = _place(scope, call.func.lineno)
                    on = self._on(owner, call.func, scope)
                    self._version(owner, call.func.attr, call, place=place_of_name, node=node, on=on)
        for value in self._inference.values(call.func, scope):
            if isinstance(value, Member) and isinstance(value.owner, Client) and value.name in _NAMED:
                self._named(value.owner, value.name, call, scope, node)
            elif value == _GETATTR and len(call.args) > 1:
                names = self._texts(call.args[1], scope)
                for owner in self._inference.values(call.args[0], scope):
                    if isinstance(owner, Client | Resource):
                        self._got(owner, names, place, node.declaration)

    def handed_on(self, node: Node, call: ast.Call, scope: Scope) -> None:
        """Record that a client is given to code that is not read."""
        called = [value for value in self._inference.values(call.func, scope) if isinstance(value, External)]
        name = next((value.name for value in called if not _is_harmless(value.name)), None)
        if name is None or node.declaration is not None:
            return
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            if any(isinstance(each, Client | Resource) for each in self._inference.values(argument, scope)):
                reason = f"a client is given to {name}, whose code is not read"
                self._unknown.add(UnknownCall(place=_place(scope, call.lineno), reason=reason))

    def dictionary(self, node: Node, dictionary: ast.Dict, scope: Scope) -> None:
        """Record what may be an item of a transaction, such as ``{"Put": {…}}``."""
        for key, value in zip(dictionary.keys, dictionary.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and not isinstance(value, ast.Constant):
                on = self._resources.of_item(value, scope)
                self._items.add((key.value, _place(scope, key.lineno), node.declaration, on))

    def _on(self, owner: Value, attribute: ast.Attribute, scope: Scope) -> frozenset[str]:
        """Give the variables that name what a method is called on."""
        call = self._calls_of.get(id(attribute))
        if isinstance(owner, Client) and owner.service is not None and call is not None:
            return self._resources.of_client(owner.service, attribute.attr, call, scope)
        if isinstance(owner, Resource):
            return self._resources.of_resource(owner, attribute.attr, attribute.value, scope)
        return frozenset()

    def _is_unclear(self, owners: Iterable[Value], method: str) -> bool:
        """Tell whether a method may be one of a client that is not known, and is none of what is known."""
        found = frozenset(owners)
        if not may_hold(found) or (CONTAINER in found and is_method_of_containers(method)):
            return False
        return not any(self._has(owner, method) for owner in found)

    def _has(self, owner: Value, method: str) -> bool:
        if isinstance(owner, Client):
            return owner.service is None or method in operations(owner.service)
        if isinstance(owner, Resource):
            return bool(resource_type(owner.service, owner.name).calls(method))
        return isinstance(owner, Class | Instance) and bool(self._inference.attribute(owner, method))

    def _member(
        self,
        owner: Value,
        name: str,
        place: CodePlace,
        declaration: CallDeclaration | None,
        *,
        on: frozenset[str] = frozenset(),
    ) -> None:
        if isinstance(owner, Client):
            if name in _OF_EVERY_CLIENT or name in _NAMED:
                return
            if owner.service is None or not is_service(owner.service):
                named = "the client is of a service whose name is not written in the code"
                unknown = f"botocore knows no service {owner.service!r}" if owner.service else named
                self._unknown.add(UnknownCall(place=place, reason=unknown))
                return
            self._operations(owner.service, operations(owner.service).get(name, ()), place, declaration, on=on)
        elif isinstance(owner, Resource):
            called = resource_type(owner.service, owner.name).calls(name, is_loaded=owner.is_loaded)
            self._operations(owner.service, called, place, declaration, on=on)
            if (listed := resource_type(owner.service, owner.name).collection(name)) is not None:
                self._operations(owner.service, (listed[0],), place, declaration)
        elif isinstance(owner, Collection) and owner.name is not None:
            called = resource_type(owner.service, owner.name).calls(name, is_loaded=owner.is_loaded)
            batch = batch_action(owner.service, owner.name, name)
            self._operations(owner.service, (batch,) if batch else called, place, declaration)

    def _operations(
        self,
        service: str,
        names: Sequence[str],
        place: CodePlace,
        declaration: CallDeclaration | None,
        *,
        on: frozenset[str] = frozenset(),
    ) -> None:
        for operation in names:
            if operation == ON_FAILURE and len(names) > 1:
                self._add(actions_of(service, operation), place, declaration, on=on, is_optional=True)
                continue
            if declaration is None and has_argument_actions(service, operation):
                self._with_arguments.add((service, operation, place))
            if transaction_items(service, operation):
                self._transactions.add((service, operation, place))
            elif depends_on_statement(service, operation):
                self._unknown.add(UnknownCall(place=place, reason="its statement tells which of PartiQL's it is"))
            elif has_unknown_action(service, operation):
                reason = f"AWS's service authorization data know no action of {service}'s {operation}"
                self._unknown.add(UnknownCall(place=place, reason=reason))
            elif version_action(service, operation) is None or declaration is not None:
                self._add(actions_of(service, operation), place, declaration, on=on)
            else:
                self._mentioned.add((service, operation, place))

    def _version(
        self,
        owner: Client | Resource,
        name: str,
        call: ast.Call,
        *,
        place: CodePlace,
        node: Node,
        on: frozenset[str],
    ) -> None:
        if owner.service is None or not is_service(owner.service):
            return
        if isinstance(owner, Client):
            called: Iterable[str] = operations(owner.service).get(name, ())
        else:
            called = resource_type(owner.service, owner.name).calls(name)
        for operation in called:
            if node.declaration is not None:
                continue
            self._called.add((owner.service, operation, place))
            self._arguments(owner.service, operation, WrittenArguments.of(call), place)
            action = version_action(owner.service, operation)
            if action is None:
                continue
            for is_version in named_versions(operation, name, call):
                if is_version:
                    self._add(version_actions(owner.service, operation), place, None, on=on)
                    continue
                self._add(actions_of(owner.service, operation), place, None, on=on)
                if is_version is None:
                    self._add([action], place, None, on=on, is_optional=True)

    def _arguments(self, service: str, operation: str, arguments: WrittenArguments, place: CodePlace) -> None:
        for action, is_optional in argument_actions(service, operation, arguments):
            self._calls.add(SdkCall(action=action, place=place, is_optional=is_optional))

    def _named(self, client: Client, method: str, call: ast.Call, scope: Scope, node: Node) -> None:
        place = _place(scope, call.lineno)
        service = client.service
        keywords = [
            each.value for each in call.keywords if each.arg in ("ClientMethod", "operation_name", "waiter_name")
        ]
        names = [name for each in (*call.args[:1], *keywords) for name in self._texts(each, scope)]
        if service is None or not names:
            self._unknown.add(
                UnknownCall(place=place, reason=f"the {_NAMED[method]} is of an operation that is computed")
            )
            return
        for name in names:
            polled = waiters(service).get(name)
            found = ((polled,) if polled else ()) if method == "get_waiter" else operations(service).get(name, ())
            self._operations(service, found, place, node.declaration)
            for operation in found:
                if version_action(service, operation) is not None:
                    self._add(actions_of(service, operation), place, node.declaration)

    def _got(
        self, owner: Client | Resource, names: list[str], place: CodePlace, declaration: CallDeclaration | None
    ) -> None:
        for name in names:
            self._member(owner, name, place, declaration)
        if not names:
            self._unknown.add(UnknownCall(place=place, reason="the name of the client's method is computed"))

    def _texts(self, node: ast.expr, scope: Scope) -> list[str]:
        return [each.text for each in self._inference.values(node, scope) if isinstance(each, Text)]

    def _add(
        self,
        actions: Iterable[str],
        place: CodePlace,
        declaration: CallDeclaration | None,
        *,
        on: frozenset[str] = frozenset(),
        is_optional: bool = False,
    ) -> None:
        declared = declaration.variable if declaration else None
        variables: Iterable[str | None] = [declared] if declared else on or [None]
        for variable in variables:
            for action in actions:
                self._calls.add(
                    SdkCall(
                        action=action,
                        place=place,
                        variable=variable,
                        is_optional=is_optional or (declaration is not None and declaration.is_optional),
                        is_declared=declared is not None,
                    )
                )


def _is_harmless(name: str) -> bool:
    top = name.partition(".")[0]
    return top in sys.stdlib_module_names or " " in name


def _place(scope: Scope, line: int) -> CodePlace:
    lines = scope.module.lines
    text = lines[line - 1].strip() if line <= len(lines) else ""
    return CodePlace(file=scope.module.file, line=line, text=text)


def _key(call: SdkCall) -> tuple[str, CodePlace, str, bool]:
    return call.action, call.place, call.variable or "", call.is_optional
