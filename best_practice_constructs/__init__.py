"""AWS CDK constructs that make the best practices of serverless systems the default.

The public names are loaded on first use: importing the package costs nothing, and code that ships into Lambda can use
:mod:`best_practice_constructs.runtime` without the CDK being installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from best_practice_constructs.api.api_gateway_logging_role import ApiGatewayLoggingRole as ApiGatewayLoggingRole
    from best_practice_constructs.api.authorization import CognitoAuthorization as CognitoAuthorization
    from best_practice_constructs.api.authorization import IamAuthorization as IamAuthorization
    from best_practice_constructs.api.authorization import NoAuthorization as NoAuthorization
    from best_practice_constructs.api.direct.get_item import GetItem as GetItem
    from best_practice_constructs.api.direct.problem_answers import ProblemAnswer as ProblemAnswer
    from best_practice_constructs.api.direct.publish_to_topic import PublishToTopic as PublishToTopic
    from best_practice_constructs.api.direct.put_event import PutEvent as PutEvent
    from best_practice_constructs.api.direct.put_item import PutItem as PutItem
    from best_practice_constructs.api.direct.query_items import QueryItems as QueryItems
    from best_practice_constructs.api.direct.send_message import SendMessage as SendMessage
    from best_practice_constructs.api.direct.service_call import DirectIntegration as DirectIntegration
    from best_practice_constructs.api.direct.start_execution import StartExecution as StartExecution
    from best_practice_constructs.api.direct.start_sync_execution import StartSyncExecution as StartSyncExecution
    from best_practice_constructs.api.direct.update_item import UpdateItem as UpdateItem
    from best_practice_constructs.api.mapping.field_shape import StoredAsJson as StoredAsJson
    from best_practice_constructs.api.mapping.value_sources import BodyField as BodyField
    from best_practice_constructs.api.mapping.value_sources import CallerIdentity as CallerIdentity
    from best_practice_constructs.api.mapping.value_sources import Claim as Claim
    from best_practice_constructs.api.mapping.value_sources import Constant as Constant
    from best_practice_constructs.api.mapping.value_sources import CorrelationId as CorrelationId
    from best_practice_constructs.api.mapping.value_sources import Header as Header
    from best_practice_constructs.api.mapping.value_sources import PathParameter as PathParameter
    from best_practice_constructs.api.mapping.value_sources import QueryParameter as QueryParameter
    from best_practice_constructs.api.mapping.value_sources import RequestId as RequestId
    from best_practice_constructs.api.mapping.value_sources import RequestTime as RequestTime
    from best_practice_constructs.api.mapping.value_sources import WholeBody as WholeBody
    from best_practice_constructs.api.provisioned_api import ProvisionedApi as ProvisionedApi
    from best_practice_constructs.consumers.async_function_consumer import (
        AsyncFunctionConsumer as AsyncFunctionConsumer,
    )
    from best_practice_constructs.consumers.change_filter import ChangeFilter as ChangeFilter
    from best_practice_constructs.consumers.idempotency_model import IdempotencyModel as IdempotencyModel
    from best_practice_constructs.consumers.idempotent_queue_consumer import (
        IdempotentQueueConsumer as IdempotentQueueConsumer,
    )
    from best_practice_constructs.consumers.stream_consumer import StreamConsumer as StreamConsumer
    from best_practice_constructs.consumers.topic_consumer import TopicConsumer as TopicConsumer
    from best_practice_constructs.defaults import ServiceDefaults as ServiceDefaults
    from best_practice_constructs.errors import InvalidArgumentError as InvalidArgumentError
    from best_practice_constructs.events.api_destination_target import ApiDestinationTarget as ApiDestinationTarget
    from best_practice_constructs.events.change_pipe import ChangePipe as ChangePipe
    from best_practice_constructs.events.change_publisher import ChangePublisher as ChangePublisher
    from best_practice_constructs.events.claim_check_store import ClaimCheckStore as ClaimCheckStore
    from best_practice_constructs.events.destination_authorization import ApiKeyAuthorization as ApiKeyAuthorization
    from best_practice_constructs.events.destination_authorization import BasicAuthorization as BasicAuthorization
    from best_practice_constructs.events.destination_authorization import OAuthAuthorization as OAuthAuthorization
    from best_practice_constructs.events.enriched_event_bus import EnrichedEventBus as EnrichedEventBus
    from best_practice_constructs.events.event_catalogue import EventCatalogue as EventCatalogue
    from best_practice_constructs.events.event_catalogue import EventCatalogueError as EventCatalogueError
    from best_practice_constructs.events.event_schema_registry import EventSchemaRegistry as EventSchemaRegistry
    from best_practice_constructs.events.event_value import EventValue as EventValue
    from best_practice_constructs.events.event_value import from_data as from_data
    from best_practice_constructs.events.event_value import from_event as from_event
    from best_practice_constructs.events.event_value import from_metadata as from_metadata
    from best_practice_constructs.events.existing_claim_check_store import (
        ExistingClaimCheckStore as ExistingClaimCheckStore,
    )
    from best_practice_constructs.events.existing_event_bus import ExistingEventBus as ExistingEventBus
    from best_practice_constructs.functions.invocation_model import InvocationModel as InvocationModel
    from best_practice_constructs.functions.single_purpose_function import (
        SinglePurposeFunction as SinglePurposeFunction,
    )
    from best_practice_constructs.permissions.permission import Permission as Permission
    from best_practice_constructs.runtime.event_type import EventSource as EventSource
    from best_practice_constructs.workflows.callback_task import callback_task as callback_task
    from best_practice_constructs.workflows.distributed_map import distributed_map as distributed_map
    from best_practice_constructs.workflows.power_tuning import PowerTuning as PowerTuning
    from best_practice_constructs.workflows.saga import SagaStep as SagaStep
    from best_practice_constructs.workflows.saga import saga_states as saga_states
    from best_practice_constructs.workflows.service_workflow import ServiceWorkflow as ServiceWorkflow
    from best_practice_constructs.workflows.task_defaults import RetryDefaults as RetryDefaults
    from best_practice_constructs.workflows.workflow_starter import WorkflowStarter as WorkflowStarter

_MODULE_OF_NAME = {
    "ApiDestinationTarget": "events.api_destination_target",
    "ApiGatewayLoggingRole": "api.api_gateway_logging_role",
    "ApiKeyAuthorization": "events.destination_authorization",
    "AsyncFunctionConsumer": "consumers.async_function_consumer",
    "BasicAuthorization": "events.destination_authorization",
    "BodyField": "api.mapping.value_sources",
    "CallerIdentity": "api.mapping.value_sources",
    "ChangeFilter": "consumers.change_filter",
    "ChangePipe": "events.change_pipe",
    "ChangePublisher": "events.change_publisher",
    "Claim": "api.mapping.value_sources",
    "ClaimCheckStore": "events.claim_check_store",
    "CognitoAuthorization": "api.authorization",
    "Constant": "api.mapping.value_sources",
    "CorrelationId": "api.mapping.value_sources",
    "DirectIntegration": "api.direct.service_call",
    "EnrichedEventBus": "events.enriched_event_bus",
    "EventCatalogue": "events.event_catalogue",
    "EventCatalogueError": "events.event_catalogue",
    "EventSchemaRegistry": "events.event_schema_registry",
    "EventSource": "runtime.event_type",
    "EventValue": "events.event_value",
    "ExistingClaimCheckStore": "events.existing_claim_check_store",
    "ExistingEventBus": "events.existing_event_bus",
    "GetItem": "api.direct.get_item",
    "Header": "api.mapping.value_sources",
    "IamAuthorization": "api.authorization",
    "IdempotencyModel": "consumers.idempotency_model",
    "IdempotentQueueConsumer": "consumers.idempotent_queue_consumer",
    "InvalidArgumentError": "errors",
    "InvocationModel": "functions.invocation_model",
    "NoAuthorization": "api.authorization",
    "OAuthAuthorization": "events.destination_authorization",
    "PathParameter": "api.mapping.value_sources",
    "Permission": "permissions.permission",
    "PowerTuning": "workflows.power_tuning",
    "ProblemAnswer": "api.direct.problem_answers",
    "ProvisionedApi": "api.provisioned_api",
    "PublishToTopic": "api.direct.publish_to_topic",
    "PutEvent": "api.direct.put_event",
    "PutItem": "api.direct.put_item",
    "QueryItems": "api.direct.query_items",
    "QueryParameter": "api.mapping.value_sources",
    "RequestId": "api.mapping.value_sources",
    "RequestTime": "api.mapping.value_sources",
    "RetryDefaults": "workflows.task_defaults",
    "SagaStep": "workflows.saga",
    "SendMessage": "api.direct.send_message",
    "ServiceDefaults": "defaults",
    "ServiceWorkflow": "workflows.service_workflow",
    "SinglePurposeFunction": "functions.single_purpose_function",
    "StartExecution": "api.direct.start_execution",
    "StartSyncExecution": "api.direct.start_sync_execution",
    "StoredAsJson": "api.mapping.field_shape",
    "StreamConsumer": "consumers.stream_consumer",
    "TopicConsumer": "consumers.topic_consumer",
    "UpdateItem": "api.direct.update_item",
    "WholeBody": "api.mapping.value_sources",
    "WorkflowStarter": "workflows.workflow_starter",
    "callback_task": "workflows.callback_task",
    "distributed_map": "workflows.distributed_map",
    "from_data": "events.event_value",
    "from_event": "events.event_value",
    "from_metadata": "events.event_value",
    "saga_states": "workflows.saga",
}

__all__ = list(_MODULE_OF_NAME)  # pyright: ignore[reportUnsupportedDunderAll] -- the names are loaded by __getattr__


def __getattr__(name: str) -> object:
    module = _MODULE_OF_NAME.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF_NAME})
