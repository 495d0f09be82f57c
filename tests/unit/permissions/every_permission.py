"""Every function that gives permissions, found by looking, called with an example of each of its parameters."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

from best_practice_constructs import Permission, permissions
from best_practice_constructs.permissions import sam

_HERE = "eu-west-1:111122223333"
_NOT_SERVICES = {"item_conditions", "named_values", "permission", "resource_arn", "sam"}

# By the parameter's name; where services share one, by the module's too.
EXAMPLES: dict[str, object] = {
    "access_point": f"arn:aws:elasticfilesystem:{_HERE}:access-point/fsap-1",
    "alarm": f"arn:aws:cloudwatch:{_HERE}:alarm:late-orders",
    "api_destination": f"arn:aws:events:{_HERE}:api-destination/carrier/1a2b",
    "application_arn": f"arn:aws:mobiletargeting:{_HERE}:apps/1a2b",
    "attributes": ["order_id", "state"],
    "bucket": "arn:aws:s3:::invoices",
    "bus": f"arn:aws:events:{_HERE}:event-bus/orders",
    "certificate": f"arn:aws:acm:{_HERE}:certificate/1234abcd",
    "cluster": f"arn:aws:eks:{_HERE}:cluster/shop",
    "cluster_arn": f"arn:aws:elasticmapreduce:{_HERE}:cluster/j-1",
    "collection_arn": f"arn:aws:rekognition:{_HERE}:collection/guests",
    "configuration_arn": f"arn:aws:appconfig:{_HERE}:application/a1/environment/e1/configuration/c1",
    "consumer": f"arn:aws:kinesis:{_HERE}:stream/sales/consumer/figures:1700000000",
    "dashboard_arn": "arn:aws:cloudwatch::111122223333:dashboard/shop",
    "delivery_stream": f"arn:aws:firehose:{_HERE}:deliverystream/clicks",
    "detail_types": ["OrderPlaced"],
    "domain": f"arn:aws:es:{_HERE}:domain/search",
    "encryption_context": {"order": "1"},
    "endpoint_arn": f"arn:aws:sagemaker:{_HERE}:endpoint/price",
    "endpoint_config_arn": f"arn:aws:sagemaker:{_HERE}:endpoint-config/price",
    "file_system": f"arn:aws:elasticfilesystem:{_HERE}:file-system/fs-1",
    "from_address": "orders@example.com",
    "full_table_scan": True,
    "function": f"arn:aws:lambda:{_HERE}:function:orders",
    "hosted_zone": "arn:aws:route53:::hostedzone/Z1",
    "identity": f"arn:aws:ses:{_HERE}:identity/example.com",
    "image_arn": "arn:aws:ec2:eu-west-1::image/ami-1",
    "index_name": "by_date",
    "job_arn": f"arn:aws:glue:{_HERE}:job/nightly",
    "key": f"arn:aws:kms:{_HERE}:key/1234abcd",
    "leading_keys": ["${aws:PrincipalTag/tenant}"],
    "lexicon_arn": f"arn:aws:polly:{_HERE}:lexicon/names",
    "log_group": f"arn:aws:logs:{_HERE}:log-group:orders",
    "method_arn": f"arn:aws:execute-api:{_HERE}:a1b2c3d4e5/prod/POST/orders",
    "model_arn": "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-micro-v1:0",
    "namespace": "Orders",
    "parameter": f"arn:aws:ssm:{_HERE}:parameter/orders/url",
    "path_arn": f"arn:aws:ssm:{_HERE}:parameter/orders",
    "pipeline": f"arn:aws:codepipeline:{_HERE}:release",
    "prefix": "invoices/",
    "queue": f"arn:aws:sqs:{_HERE}:orders",
    "repository": f"arn:aws:codecommit:{_HERE}:shop",
    "role": "arn:aws:iam::111122223333:role/tasks",
    "sam.serverless_repo_read_write_access_policy.application_arn": f"arn:aws:serverlessrepo:{_HERE}:applications/shop",
    "schedule_group": f"arn:aws:scheduler:{_HERE}:schedule-group/reminders",
    "secret": f"arn:aws:secretsmanager:{_HERE}:secret:payment-AbCdEf",
    "service": "ecs-tasks.amazonaws.com",
    "source": "com.example.orders",
    "stack_arn": f"arn:aws:cloudformation:{_HERE}:stack/Shop/1a2b",
    "stage_arn": f"arn:aws:execute-api:{_HERE}:a1b2c3d4e5/prod",
    "state_machine": f"arn:aws:states:{_HERE}:stateMachine:Billing",
    "stream": f"arn:aws:kinesis:{_HERE}:stream/sales",
    "stream_arn": f"arn:aws:dynamodb:{_HERE}:table/orders/stream/2026-01-01T00:00:00.000",
    "table": f"arn:aws:dynamodb:{_HERE}:table/orders",
    "table_arn": f"arn:aws:glue:{_HERE}:table/sales/orders",
    "task_definition": f"arn:aws:ecs:{_HERE}:task-definition/tasks:1",
    "template_arn": f"arn:aws:ses:{_HERE}:template/shipped",
    "topic": f"arn:aws:sns:{_HERE}:notices",
    "user_pool": f"arn:aws:cognito-idp:{_HERE}:userpool/eu-west-1_a1B2c3D4e",
    "work_group_arn": f"arn:aws:athena:{_HERE}:workgroup/reports",
}


@dataclass(frozen=True)
class Case:
    """A function with the permissions that it gave.

    :param name: ``"sqs.send_message"``, with the optional parameters that it was called with.
    """

    name: str
    permissions: tuple[Permission, ...]


def _functions() -> Iterator[tuple[str, Callable[..., object]]]:
    for found in pkgutil.iter_modules(permissions.__path__):
        if found.name in _NOT_SERVICES:
            continue
        module = import_module(f"{permissions.__name__}.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{found.name}.{name}", function
    for name, function in inspect.getmembers(sam, inspect.isfunction):
        yield f"sam.{name}", function


def cases() -> list[Case]:
    """Call each function with what it needs, and again with all that it may be given."""
    found: list[Case] = []
    for name, function in _functions():
        parameters = inspect.signature(function).parameters
        every = {parameter: EXAMPLES.get(f"{name}.{parameter}", EXAMPLES[parameter]) for parameter in parameters}
        needed = {
            parameter: every[parameter] for parameter, known in parameters.items() if known.default is known.empty
        }
        for arguments in [needed] if needed == every else [needed, every]:
            optional = "+".join(parameter for parameter in arguments if parameter not in needed)
            given = function(**arguments)
            permission_or_more = (given,) if isinstance(given, Permission) else given
            assert isinstance(permission_or_more, tuple)
            found.append(Case(f"{name}({optional})" if optional else name, permission_or_more))
    return found
