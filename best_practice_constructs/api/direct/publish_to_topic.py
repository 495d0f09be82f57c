"""A route that publishes to a topic (S1, E2)."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_sns as sns

from best_practice_constructs.api.direct.answer_fields import AnswerFields, preambles, source_list
from best_practice_constructs.api.direct.direct_route import DirectRoute
from best_practice_constructs.api.direct.mapped_content import Content, content_sources, content_text
from best_practice_constructs.api.direct.message_attributes import attribute_fields
from best_practice_constructs.api.direct.problem_answers import BAD_VALUE, THROTTLED, Failures
from best_practice_constructs.api.direct.service_call import DirectIntegration, ServiceCall
from best_practice_constructs.api.mapping.escaping import form
from best_practice_constructs.api.mapping.template_node import DeployedName, Node, Text, joined
from best_practice_constructs.api.mapping.value_sources import RequestId, ValueSource, WholeBody
from best_practice_constructs.permissions import kms as kms_permissions
from best_practice_constructs.permissions import sns as sns_permissions


class PublishToTopic(DirectIntegration):
    """Publishes each request to a topic, and answers 202 (E1, E2, S1).

    The route's role may do ``sns:Publish`` on this topic, and use its key where it has one of yours.

    :param topic: the topic.
    :param message: the message; default ``WholeBody()``. A mapping makes a JSON object.
    :param attributes: the message's attributes, which subscriptions filter by, all texts, at most 10; default: none.
    :param message_group_id: the group, needed for a FIFO topic and for no other.
    :param answer: the members of the answer; default: ``request_id``.
    :param location: where to ask what became of it, such as ``"notices/{request_id}"``; default: none.
    :param retry_after: seconds after which to ask; default: none.

    :raises InvalidArgumentError: when it is routed to: a source that the requests do not have, a group for a topic
        without groups or none for one with, too many attributes.

    Sources: SNS API reference, *Publish*; API Gateway developer guide, *AWS integrations*; talk 5:28, 10:41.

    ```python
    from dataclasses import dataclass

    from aws_cdk import App, Stack
    from aws_cdk import aws_sns as sns
    from best_practice_constructs import BodyField, ProvisionedApi, PublishToTopic


    @dataclass(frozen=True, kw_only=True)
    class Notice:
        kind: str
        text: str


    stack = Stack(App(), "Shop")
    notices = sns.Topic(stack, "Notices", enforce_ssl=True)
    api = ProvisionedApi(stack, "Api")
    api.post("/notices", PublishToTopic(notices, attributes={"kind": BodyField("kind")}), body=Notice)
    ```
    """

    def __init__(
        self,
        topic: sns.ITopic,
        *,
        message: Content | None = None,
        attributes: Mapping[str, ValueSource] | None = None,
        message_group_id: ValueSource | None = None,
        answer: Mapping[str, ValueSource] | None = None,
        location: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.topic = topic
        self.message: Content = WholeBody() if message is None else message
        self.attributes = attributes or {}
        self.message_group_id = message_group_id
        self.answer = AnswerFields(
            status=202,
            fields={"request_id": RequestId()} if answer is None else answer,
            location=location,
            retry_after=retry_after,
        )

    def call(self, route: DirectRoute) -> ServiceCall:
        """Give the call; see :class:`DirectIntegration`."""
        topic, group = self.topic, self.message_group_id
        if bool(topic.fifo) != (group is not None):
            raise route.refusal(
                "a FIFO topic without message_group_id" if topic.fifo else "message_group_id for a standard topic",
                "FIFO topics order by groups, and only they do",
                "pass message_group_id=…" if topic.fifo else "leave it out",
            )
        groups = [group] if group is not None else []
        sources = source_list(content_sources(self.message), self.attributes, groups)
        fields: dict[str, Node] = {
            "Action": Text("Publish"),
            "Version": Text("2010-03-31"),
            "TopicArn": DeployedName(topic.topic_arn),
            "Message": content_text(route, self.message),
            **attribute_fields(route, self.attributes, prefix="MessageAttributes.entry"),
        }
        if group is not None:
            fields["MessageGroupId"] = route.text(group)
        permissions = [sns_permissions.publish(topic)]
        if key := topic.master_key if isinstance(topic, sns.Topic) else None:
            permissions.append(kms_permissions.encrypt_messages(key))
        return ServiceCall(
            service="sns",
            path="/",
            region=topic.env.region,
            parameters={"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"},
            template=joined(preambles(sources), form(fields)),
            permissions=permissions,
            sources=[*sources, *self.answer.fields.values()],
            answer=self.answer.bound_to(route),
            failures=Failures(
                code="answer.get('Error').get('Code')",
                by_code={"Throttl": THROTTLED, "InvalidParameter": BAD_VALUE, "ParameterValueInvalid": BAD_VALUE},
            ),
        )
