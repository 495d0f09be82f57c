"""A route that accepts requests into a queue (E1, S1)."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_sqs as sqs

from best_practice_constructs.api.direct.answer_fields import AnswerFields, preambles, source_list
from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.mapped_content import Content, content_sources, content_text
from best_practice_constructs.api.direct.message_attributes import attribute_fields
from best_practice_constructs.api.direct.problem_answers import BAD_VALUE, THROTTLED, Failures
from best_practice_constructs.api.direct.service_call import DirectIntegration, ServiceCall
from best_practice_constructs.api.mapping.escaping import form
from best_practice_constructs.api.mapping.template_node import Node, Text, joined
from best_practice_constructs.api.mapping.value_sources import RequestId, ValueSource, WholeBody
from best_practice_constructs.consumers.idempotent_queue_consumer import IdempotentQueueConsumer
from best_practice_constructs.permissions import kms as kms_permissions
from best_practice_constructs.permissions import sqs as sqs_permissions

_REQUEST_ID: Mapping[str, ValueSource] = {"request_id": RequestId()}


class SendMessage(DirectIntegration):
    """Sends each request into a queue, and answers 202 (E1, S1).

    The route's role may do ``sqs:SendMessage`` on this queue, and use its key where it has one of yours. What the
    gateway accepted is in the queue: the answer comes after SQS has it.

    :param queue: an ``IQueue``, or the :class:`IdempotentQueueConsumer` whose queue it is.
    :param message: the message's body; default ``WholeBody()``. A mapping makes a JSON object.
    :param attributes: the message's attributes, all texts, at most 10; default: ``request_id``.
    :param message_group_id: the group, which a FIFO queue needs; a standard queue shares its consumers fairly among
        groups.
    :param deduplication_id: of a FIFO queue; default: the queue's own (content-based) deduplication.
    :param answer: the members of the answer; default: ``request_id``, by which the message can be found.
    :param location: where to ask what became of it, such as ``"order-batches/{request_id}"``; default: none.
    :param retry_after: seconds after which to ask; default: none.

    :raises InvalidArgumentError: when it is routed to: a source that the requests do not have, no group for a FIFO
        queue, a deduplication id for another, too many attributes.

    Sources: SQS developer guide, *SendMessage*; API Gateway developer guide, *AWS integrations*; talk 3:31, 10:41.

    ```python
    from dataclasses import dataclass

    from aws_cdk import App, Stack
    from aws_cdk import aws_sqs as sqs
    from best_practice_constructs import ProvisionedApi, SendMessage


    @dataclass(frozen=True, kw_only=True)
    class NewBatch:
        name: str


    stack = Stack(App(), "Shop")
    batches = sqs.Queue(stack, "Batches")
    api = ProvisionedApi(stack, "Api")
    api.post("/batches", SendMessage(batches, location="batches/{request_id}"), body=NewBatch)
    ```
    """

    def __init__(
        self,
        queue: sqs.IQueue | IdempotentQueueConsumer,
        *,
        message: Content | None = None,
        attributes: Mapping[str, ValueSource] | None = None,
        message_group_id: ValueSource | None = None,
        deduplication_id: ValueSource | None = None,
        answer: Mapping[str, ValueSource] | None = None,
        location: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.queue: sqs.IQueue = queue.queue if isinstance(queue, IdempotentQueueConsumer) else queue
        self.message: Content = WholeBody() if message is None else message
        self.attributes = _REQUEST_ID if attributes is None else attributes
        self.message_group_id = message_group_id
        self.deduplication_id = deduplication_id
        self.answer = AnswerFields(
            status=202,
            fields=_REQUEST_ID if answer is None else answer,
            location=location,
            retry_after=retry_after,
        )

    def call(self, route: DirectRoute) -> ServiceCall:
        """Give the call; see :class:`DirectIntegration`."""
        self._check(route)
        queue, place = self.queue, self.queue.env
        fifo = {"MessageGroupId": self.message_group_id, "MessageDeduplicationId": self.deduplication_id}
        sources = source_list(
            content_sources(self.message), self.attributes, [each for each in fifo.values() if each is not None]
        )
        fields: dict[str, Node] = {
            "Action": Text("SendMessage"),
            "Version": Text("2012-11-05"),
            "MessageBody": content_text(route, self.message),
            **{name: route.text(source) for name, source in fifo.items() if source is not None},
            **attribute_fields(route, self.attributes, prefix="MessageAttribute"),
        }
        permissions = [sqs_permissions.send_message(queue)]
        if key := queue.encryption_master_key:
            permissions.append(kms_permissions.encrypt_messages(key))
        return ServiceCall(
            service="sqs",
            path=f"{place.account}/{queue.queue_name}",
            region=place.region,
            parameters={"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"},
            template=joined(preambles(sources), form(fields)),
            permissions=permissions,
            sources=[*sources, *self.answer.fields.values()],
            answer=self.answer.bound_to(route),
            failures=Failures(
                code="answer.get('Error').get('Code')",
                by_code={
                    "Throttl": THROTTLED,
                    "InvalidParameterValue": BAD_VALUE,
                    "InvalidMessageContents": BAD_VALUE,
                },
            ),
        )

    def _check(self, route: DirectRoute) -> None:
        is_fifo = self.queue.fifo
        if is_fifo and self.message_group_id is None:
            raise route.refusal(
                "a FIFO queue without message_group_id",
                "SQS refuses a message without a group on a FIFO queue",
                "pass message_group_id=…, such as PathParameter('order_id') or Constant('all')",
            )
        if not is_fifo and self.deduplication_id is not None:
            raise route.refusal(
                "deduplication_id for a standard queue",
                "only FIFO queues recognise repetitions",
                "leave it out; consumers are idempotent",
            )
