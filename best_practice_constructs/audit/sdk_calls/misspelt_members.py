"""Methods and modules' names that there are not, in code that calls the SDK: what they call cannot be known (C2)."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from best_practice_constructs.audit.sdk_calls.code_value import UNKNOWN, Client, OwnModule, Value
from best_practice_constructs.audit.sdk_calls.container_values import CONTAINER, is_method_of_containers
from best_practice_constructs.audit.sdk_calls.service_model import is_service, operations

_CLIENTS = "best_practice_constructs.runtime.clients"
# What clients have beside operations; some services add what only signs, such as generate_db_auth_token.
_OF_EVERY_CLIENT = frozenset(
    {"can_paginate", "close", "exceptions", "get_paginator", "get_waiter", "meta", "waiter_names"}
)
_A_SLIP = 0.85
_NO_OPERATIONS = ("_", "generate_")


def misspelt_member(owners: Collection[Value], name: str) -> str | None:
    """Say that none of what an attribute may be of has it; ``None`` where one has it, or may have it."""
    clients = [owner for owner in owners if isinstance(owner, Client) and owner.service and is_service(owner.service)]
    modules = [owner for owner in owners if isinstance(owner, OwnModule) and owner.module.name == _CLIENTS]
    # What keeps clients by their names, as this package's own does, may give others.
    others = set(owners) - set(clients) - {Client(None)}
    if clients and others <= {CONTAINER, UNKNOWN}:
        is_sure = not others and Client(None) not in owners
        return _of_clients({str(client.service) for client in clients}, name, is_sure=is_sure)
    if modules and len(modules) == len(owners) and not name.startswith("__"):
        return _of_module(modules[0], name)
    return None


def _of_clients(found: set[str], name: str, *, is_sure: bool) -> str | None:
    methods = {method for service in found for method in operations(service)}
    if name in methods or name in _OF_EVERY_CLIENT or name.startswith(_NO_OPERATIONS):
        return None
    if not is_sure and (is_method_of_containers(name) or not difflib.get_close_matches(name, methods, cutoff=_A_SLIP)):
        return None
    return f"the client of {' or '.join(sorted(found))} has no {name!r}{_close(name, methods)}"


def _of_module(owner: OwnModule, name: str) -> str | None:
    if name in owner.module.scope.bindings:
        return None
    if is_service(name):
        return f"the module 'clients' has no {name!r}, it gives that client as client({name!r})"
    return f"the module 'clients' has no {name!r}{_close(name, owner.module.scope.bindings)}"


def _close(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f", but {close[0]!r}" if close else ""
