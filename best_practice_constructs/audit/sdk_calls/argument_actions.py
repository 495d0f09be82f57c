"""Which further IAM actions the arguments of a call take: tags, access lists, versions, roles that are passed.

The sources are the pages of the services in AWS's *Service Authorization Reference*, and for S3 *Required permissions
for Amazon S3 API operations*.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from best_practice_constructs.audit.sdk_calls.call_arguments import keyword_arguments
from best_practice_constructs.audit.sdk_calls.service_model import may_name_role

_ACCESS = ("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWriteACP")
_OF_WRITTEN_OBJECT: Mapping[str, str] = {
    "Tagging": "s3:PutObjectTagging",
    **dict.fromkeys(_ACCESS, "s3:PutObjectAcl"),
    "ObjectLockMode": "s3:PutObjectRetention",
    "ObjectLockRetainUntilDate": "s3:PutObjectRetention",
    "ObjectLockLegalHoldStatus": "s3:PutObjectLegalHold",
}
_BYPASS: Mapping[str, str] = {"BypassGovernanceRetention": "s3:BypassGovernanceRetention"}
_FURTHER: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("s3", "PutObject"): _OF_WRITTEN_OBJECT,
    ("s3", "CopyObject"): _OF_WRITTEN_OBJECT,
    ("s3", "CreateMultipartUpload"): _OF_WRITTEN_OBJECT,
    ("s3", "DeleteObject"): _BYPASS,
    ("s3", "DeleteObjects"): _BYPASS,
    ("s3", "PutObjectRetention"): _BYPASS,
    ("s3", "GetObjectAttributes"): {"VersionId": "s3:GetObjectVersion"},
    ("sqs", "CreateQueue"): {"tags": "sqs:TagQueue"},
    ("sns", "CreateTopic"): {"Tags": "sns:TagResource"},
    ("dynamodb", "CreateTable"): {"Tags": "dynamodb:TagResource"},
    ("ecs", "RunTask"): {"tags": "ecs:TagResource"},
    ("events", "PutRule"): {"Tags": "events:TagResource"},
    ("lambda", "CreateFunction"): {"Tags": "lambda:TagResource"},
    ("scheduler", "CreateScheduleGroup"): {"Tags": "scheduler:TagResource"},
    ("secretsmanager", "CreateSecret"): {"Tags": "secretsmanager:TagResource"},
    ("ssm", "PutParameter"): {"Tags": "ssm:AddTagsToResource"},
    ("stepfunctions", "CreateStateMachine"): {"tags": "states:TagResource"},
}
# The tags of what is copied are copied, where it has some.
_WHERE_TAGGED = {("s3", "CopyObject"): ("s3:GetObjectTagging", "s3:PutObjectTagging")}
_EXTRA = "ExtraArgs"


@dataclass(frozen=True, kw_only=True)
class WrittenArguments:
    """The keywords of a call that are written, those in ``ExtraArgs`` too.

    :param is_open: there may be others.
    """

    names: frozenset[str] = frozenset()
    is_open: bool = True

    @classmethod
    def of(cls, call: ast.Call) -> WrittenArguments:
        """Read the keywords of a call."""
        written = dict(keyword_arguments(call))
        is_open = any(each.arg is None and not isinstance(each.value, ast.Dict) for each in call.keywords)
        extra = [each for each in (*call.args, written.get(_EXTRA)) if isinstance(each, ast.Dict)]
        is_open = is_open or (_EXTRA in written and not isinstance(written[_EXTRA], ast.Dict))
        # The methods of transfers alone take so many without a keyword.
        is_open = is_open or any(not isinstance(each, ast.Dict) for each in call.args[3:4])
        keys = {str(key.value) for each in extra for key in each.keys if isinstance(key, ast.Constant)}
        is_open = is_open or any(None in each.keys for each in extra)
        return cls(names=frozenset(written) | keys, is_open=is_open)


NOT_WRITTEN = WrittenArguments()


def argument_actions(service: str, operation: str, arguments: WrittenArguments) -> Iterator[tuple[str, bool]]:
    """Give the further actions of a call, and whether each is one that it need not take."""
    for name, action in _FURTHER.get((service, operation), {}).items():
        if name in arguments.names:
            yield action, False
        elif arguments.is_open:
            yield action, True
    for action in _WHERE_TAGGED.get((service, operation), ()):
        if not {"Tagging", "TaggingDirective"} <= arguments.names:
            yield action, True
    if may_name_role(service, operation):
        yield "iam:PassRole", True


def has_argument_actions(service: str, operation: str) -> bool:
    """Tell whether arguments of an operation may take further actions."""
    return (service, operation) in _FURTHER or may_name_role(service, operation)


def all_argument_actions() -> Iterator[str]:
    """Give every action that some argument takes."""
    for further in _FURTHER.values():
        yield from further.values()
    for tags in _WHERE_TAGGED.values():
        yield from tags
    yield "iam:PassRole"


def named_versions(operation: str, method: str, call: ast.Call) -> frozenset[bool | None]:
    """Tell whether a call is on one version of an object: ``None`` where that may be, and is not written."""
    written = dict(keyword_arguments(call))
    is_open = any(each.arg is None and not isinstance(each.value, ast.Dict) for each in call.keywords)
    if operation == "DeleteObjects":
        return _of_deleted(written.get("Delete"))
    if operation in ("CopyObject", "UploadPartCopy") or method in ("copy", "copy_from"):
        source = written.get("CopySource") or (call.args[0] if call.args else None)
        return frozenset({_of_source(source) if source or is_open else False})
    if "VersionId" in written:
        return frozenset({True})
    return frozenset({None if is_open else False})


def _of_source(source: ast.expr | None) -> bool | None:
    if isinstance(source, ast.Constant) and isinstance(source.value, str):
        return "versionId=" in source.value
    if isinstance(source, ast.JoinedStr):
        return True if "versionId=" in ast.unparse(source) else None
    return _has_version(source) if isinstance(source, ast.Dict) else None


def _has_version(written: ast.Dict) -> bool | None:
    keys = {key.value if isinstance(key, ast.Constant) else None for key in written.keys}
    return True if "VersionId" in keys else (None if None in keys else False)


def _of_deleted(deleted: ast.expr | None) -> frozenset[bool | None]:
    if deleted is None:
        return frozenset({None})
    items = [each for each in ast.walk(deleted) if isinstance(each, ast.Dict) and _is_object(each)]
    found = frozenset(map(_has_version, items))
    is_computed = any(isinstance(each, ast.Name | ast.Attribute | ast.Call) for each in ast.walk(deleted))
    # Of what is computed, an object may have a version.
    return found or frozenset({None if is_computed else False})


def _is_object(written: ast.Dict) -> bool:
    return any(isinstance(key, ast.Constant) and key.value == "Key" for key in written.keys)
