"""Makes up, through the services, for what CloudFormation in the emulator drops."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from best_practice_constructs.local.api_destinations import ApiDestinationCaller
from best_practice_constructs.local.clients import EmulatorClients
from best_practice_constructs.local.service_calls import (
    PlannedArchive,
    PlannedTimeToLive,
    PlannedValidator,
    ServiceCalls,
    answer,
)


class ServiceCaller:
    """Executes the planned calls of one stack; every call can be repeated.

    :param clients: clients of the emulator.
    :param account: the stack's account.
    :param region: the stack's region.
    """

    def __init__(self, *, clients: EmulatorClients, account: str, region: str) -> None:
        self._events = clients.client("events", account=account, region=region)
        self._dynamodb = clients.client("dynamodb", account=account, region=region)
        self._api_destinations = ApiDestinationCaller(clients=clients, account=account, region=region)
        self._api_gateway = clients.client("apigateway", account=account, region=region)

    def execute(self, calls: ServiceCalls, *, stack_name: str, outputs: Mapping[str, str]) -> None:
        """Do what was planned.

        :param calls: the plan.
        :param stack_name: the stack, for names that CloudFormation would have made up.
        :param outputs: the stack's outputs, those that the plan asked for included.
        """
        for archive in calls.archives:
            self._make_archive(archive, stack_name=stack_name, outputs=outputs)
        for connection in calls.connections:
            self._api_destinations.make(connection, stack_name=stack_name, outputs=outputs)
        for time_to_live in calls.times_to_live:
            self._switch_on(time_to_live, outputs=outputs)
        for validator in calls.validators:
            self._make_validator(validator, outputs=outputs)

    def _make_archive(self, archive: PlannedArchive, *, stack_name: str, outputs: Mapping[str, str]) -> None:
        properties = cast("Mapping[str, object]", answer(archive.properties, outputs))
        # At most 48 characters, and one name for all deployments of the stack.
        name = str(properties.get("ArchiveName") or f"{stack_name[:20]}-{archive.logical_id[-27:]}")
        pattern = properties.get("EventPattern")
        retention = properties.get("RetentionDays")
        description = str(properties.get("Description", ""))
        event_pattern = json.dumps(pattern) if pattern else ""
        retention_days = int(str(retention)) if retention else 0
        try:
            self._events.create_archive(
                ArchiveName=name,
                EventSourceArn=str(properties["SourceArn"]),
                Description=description,
                EventPattern=event_pattern,
                RetentionDays=retention_days,
            )
        except self._events.exceptions.ResourceAlreadyExistsException:
            self._events.update_archive(
                ArchiveName=name, Description=description, EventPattern=event_pattern, RetentionDays=retention_days
            )

    def _switch_on(self, time_to_live: PlannedTimeToLive, *, outputs: Mapping[str, str]) -> None:
        self._dynamodb.update_time_to_live(
            TableName=str(answer(time_to_live.table_name, outputs)),
            TimeToLiveSpecification={"Enabled": True, "AttributeName": str(time_to_live.attribute_name)},
        )

    def _make_validator(self, validator: PlannedValidator, *, outputs: Mapping[str, str]) -> None:
        rest_api_id = str(answer(validator.rest_api_id, outputs))
        existing = self._api_gateway.get_request_validators(restApiId=rest_api_id)["items"]
        for entry in existing:
            if entry.get("name") == validator.name:
                self._api_gateway.delete_request_validator(
                    restApiId=rest_api_id, requestValidatorId=entry.get("id", "")
                )
        made = self._api_gateway.create_request_validator(
            restApiId=rest_api_id,
            name=validator.name,
            validateRequestBody=validator.validates_body,
            validateRequestParameters=validator.validates_parameters,
        )
        for resource_id, http_method in validator.methods:
            self._api_gateway.update_method(
                restApiId=rest_api_id,
                resourceId=str(answer(resource_id, outputs)),
                httpMethod=http_method,
                patchOperations=[{"op": "replace", "path": "/requestValidatorId", "value": made.get("id", "")}],
            )
