"""Messages of a topic of SNS, as a queue gets them by raw delivery."""

from __future__ import annotations

import json

from best_practice_constructs.testing.event_payloads import eventbridge_event

_NOT_OF_TOPICS = ("version", "account", "region")


def topic_message(event: object, **metadata: object) -> str:
    """Give an event as a topic delivers it to the queue of a ``TopicConsumer``: raw, the envelope as text.

    :param event: an instance of a declared class, or an :class:`OutgoingEvent` that says more.
    :param metadata: fields of ``detail.metadata`` that shall differ, such as ``correlation_id="17"``.

    ```python
    import json

    from best_practice_constructs.runtime import EventSource
    from best_practice_constructs.testing import sqs_event, topic_message

    orders = EventSource("com.example.orders")


    @orders.event
    class OrderShipped:
        order_id: str


    batch = sqs_event(topic_message(OrderShipped(order_id="17")))
    assert json.loads(batch["Records"][0]["body"])["detail"]["data"] == {"order_id": "17"}
    ```
    """
    envelope = eventbridge_event(event, **metadata)
    return json.dumps({name: value for name, value in envelope.items() if name not in _NOT_OF_TOPICS})
