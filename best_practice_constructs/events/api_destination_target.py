"""A partner's HTTP API as the target of events, without any function (S6, E5, H1, H6, C3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from aws_cdk import Annotations
from aws_cdk import aws_events as events
from constructs import Construct

from best_practice_constructs.construct_place import path_of, tell_place
from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.events.destination_authorization import (
    DestinationAuthorization,
    connection_authorization,
)
from best_practice_constructs.events.destination_checks import check_resource_configuration, check_url
from best_practice_constructs.events.destination_request import (
    DestinationRequest,
    RequestParts,
    check_request_parts,
    destination_request,
)
from best_practice_constructs.events.event_value import BodyValue, EventValue
from best_practice_constructs.runtime.event_type import EventDeclaration

if TYPE_CHECKING:
    from aws_cdk.interfaces.aws_events import IConnectionRef

_QUOTA = 300
_ABOVE_QUOTA = "best-practice-constructs:rate-above-quota"
_IDEMPOTENCY_HEADER = "Idempotency-Key"


class ApiDestinationTarget(Construct):
    """A partner's HTTP API that is told of events: authorized, throttled and retried by EventBridge (S6, H1, H6).

    Creates a connection, whose credentials are references to Secrets Manager, and an API destination with a rate limit.
    ``bus.route(InvoiceIssued, to=target)`` adds the rest: a rule with retries over a day, a role that may call this
    destination, a dead-letter queue (SSE-SQS, TLS only, kept 14 days), and alarms on dead letters, on events that were
    given up, and on deliveries that are tried again.

    EventBridge waits 5 s for an answer, follows no redirect, tries again after a timeout, 401, 407, 409, 429 and 5xx
    (and honours ``Retry-After``), and gives up at once after any other status but 2xx.

    :param url: HTTPS. Each ``*`` in it is replaced by one of ``path_parameter_values``.
    :param authorization: an :class:`ApiKeyAuthorization`, a :class:`BasicAuthorization`, an
        :class:`OAuthAuthorization`, or a connection that is there already (another target's: ``other.connection``).
    :param rate_limit_per_second: requests a second, from 1; what comes faster waits. No default: only the partner knows
        what it takes. More than 300 needs a higher quota of the account.
    :param body: the JSON that the partner gets, made from constants and values of the event: ``from_data("total")``,
        ``from_metadata("occurred_at")``; checked against the event's class when it is routed. Default: the whole event.
    :param http_method: default POST.
    :param header_parameters: headers, constants or values of the event.
    :param query_string_parameters: of the URL, constants or values of the event.
    :param path_parameter_values: one for each ``*`` in the URL, constants or values of the event.
    :param idempotency_header: the header with the event's id, by which the partner tells what it was told already:
        EventBridge delivers at least once; default ``"Idempotency-Key"`` (H2). ``None`` sends none.
    :param resource_configuration_arn: of VPC Lattice, where the API is private; default: it is public.
    :param description: of the API destination.
    :param customize: called with the inner ``aws_events.ApiDestination`` at last.

    :ivar connection: the ``CfnConnection``, or the one that was passed.
    :ivar destination: the ``aws_events.ApiDestination``.

    :raises InvalidArgumentError: a URL that is not HTTPS, a secret outside of Secrets Manager, a header that
        EventBridge removes, a rate below 1, other path parameters than the URL has ``*``. When it is routed: a value
        that the event has not, or not always.

    Sources: EventBridge user guide, *API destinations*, *Connections*, *Input transformation*; talk 13:40, 7:39.

    ```python
    from decimal import Decimal

    from aws_cdk import App, Stack
    from aws_cdk import aws_secretsmanager as secretsmanager
    from best_practice_constructs import (
        ApiDestinationTarget,
        ApiKeyAuthorization,
        EnrichedEventBus,
        EventSource,
        from_data,
        from_metadata,
    )

    invoices = EventSource("com.example.invoices")


    @invoices.event
    class InvoiceIssued:
        number: str
        total: Decimal


    stack = Stack(App(), "Partner")
    secret = secretsmanager.Secret.from_secret_name_v2(stack, "Key", "partner/webhook")
    webhook = ApiDestinationTarget(
        stack,
        "PartnerWebhook",
        url="https://partner.example/webhooks/invoices",
        authorization=ApiKeyAuthorization(header="x-api-key", secret=secret),
        rate_limit_per_second=10,
        body={"invoice": from_data("number"), "amount": from_data("total"), "at": from_metadata("occurred_at")},
    )
    EnrichedEventBus(stack, "Bus").route(InvoiceIssued, to=webhook)
    ```
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        url: str,
        authorization: DestinationAuthorization | IConnectionRef,
        rate_limit_per_second: int,
        body: Mapping[str, BodyValue] | None = None,
        http_method: events.HttpMethod = events.HttpMethod.POST,
        header_parameters: Mapping[str, str | EventValue] | None = None,
        query_string_parameters: Mapping[str, str | EventValue] | None = None,
        path_parameter_values: Sequence[str | EventValue] = (),
        idempotency_header: str | None = _IDEMPOTENCY_HEADER,
        resource_configuration_arn: str | None = None,
        description: str | None = None,
        customize: Callable[[events.ApiDestination], object] | None = None,
    ) -> None:
        super().__init__(scope, id)
        tell_place(self, scope=scope, id=id)
        check_url(self, url)
        check_resource_configuration(self, resource_configuration_arn)
        self._check_rate(rate_limit_per_second)
        self._parts = RequestParts(
            body=body,
            header_parameters=header_parameters or {},
            query_string_parameters=query_string_parameters or {},
            path_parameter_values=tuple(path_parameter_values),
            idempotency_header=idempotency_header,
            wildcards=None if is_deploy_time_value(url) else url.count("*"),
        )
        check_request_parts(self, self._parts)
        self.connection: IConnectionRef = self._connection(
            authorization, resource_configuration_arn=resource_configuration_arn
        )
        self.destination = events.ApiDestination(
            self,
            "Destination",
            connection=self.connection,
            endpoint=url,
            http_method=http_method,
            rate_limit_per_second=rate_limit_per_second,
            description=description,
        )
        if customize is not None:
            customize(self.destination)

    def request_of(self, bus: Construct, event: EventDeclaration | None) -> DestinationRequest:
        """Give the request for the events of one route of ``bus``.

        :param event: what was declared of them; ``None`` for those of a pattern.
        :raises InvalidArgumentError: a value that the event has not, or not always.
        """
        return destination_request(bus, self._parts, event)

    @property
    def makes_body(self) -> bool:
        """Whether it says itself what the partner gets."""
        return self._parts.body is not None

    def _connection(
        self,
        authorization: DestinationAuthorization | IConnectionRef,
        *,
        resource_configuration_arn: str | None,
    ) -> IConnectionRef:
        # By the class where there is one: reading the attribute would ask the CDK for its value.
        kind: object = type(authorization) if isinstance(authorization, Construct) else authorization
        if hasattr(kind, "connection_ref"):
            if resource_configuration_arn is not None:
                raise InvalidArgumentError(
                    self,
                    given="resource_configuration_arn with a connection that is there already",
                    reason="the connection says itself how it reaches the API",
                    remedy="say it where the connection is made, or pass an authorization",
                )
            return cast("IConnectionRef", authorization)
        credentials = connection_authorization(self, authorization)
        properties = events.CfnConnection
        return events.CfnConnection(
            self,
            "Connection",
            authorization_type=credentials.type,
            auth_parameters=credentials.parameters,
            invocation_connectivity_parameters=properties.InvocationConnectivityParametersProperty(
                resource_parameters=properties.ResourceParametersProperty(
                    resource_configuration_arn=resource_configuration_arn
                )
            )
            if resource_configuration_arn
            else None,
        )

    def _check_rate(self, rate: int) -> None:
        given: object = rate
        if is_deploy_time_value(given):
            return
        if not isinstance(given, int) or isinstance(given, bool) or given < 1:
            raise InvalidArgumentError(
                self,
                given=f"rate_limit_per_second={given!r}",
                reason="EventBridge sends whole numbers of requests a second, from 1",
                remedy="pass what the partner takes, as in rate_limit_per_second=10",
            )
        if given > _QUOTA:
            Annotations.of(self).add_warning_v2(
                _ABOVE_QUOTA,
                f"{path_of(self)} sends up to {given} requests a second, and an account has {_QUOTA} for a destination "
                "unless its quota is raised. Raise it, then acknowledge this warning.",
            )
