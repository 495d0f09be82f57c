"""A catalogue of the events of an app: what each holds, who publishes it, who consumes it (E4)."""

from __future__ import annotations

import inspect
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
from constructs import IConstruct

from best_practice_constructs.events.event_evolution import incompatible_changes, unreadable_fields
from best_practice_constructs.events.event_flows import event_flows
from best_practice_constructs.events.event_schema import data_schema
from best_practice_constructs.runtime.event_filter import DATA, NUMBERS
from best_practice_constructs.runtime.event_size import event_size
from best_practice_constructs.runtime.event_type import EventDeclaration
from best_practice_constructs.schemas.json_schema import Schema


@dataclass(frozen=True, kw_only=True)
class CataloguedConsumer:
    """Who consumes an event.

    :param name: the service and the construct, such as ``invoices: IssueInvoice``.
    :param only: the pattern of the data that it asks for, when it does not take every event.
    """

    name: str
    only: Mapping[str, object] | None = None


@dataclass(frozen=True, kw_only=True)
class CataloguedEvent:
    """An event, as its class declares it, and its way.

    :param largest: the bytes of its data at most; ``None`` when some text or list of it has no bound.
    :param claim_check: the fields that are put into S3 when the event is large.
    """

    source: str
    detail_type: str
    version: int
    compatible_since: int
    description: str
    largest: int | None
    schema: Schema
    publishers: tuple[str, ...]
    consumers: tuple[CataloguedConsumer, ...]
    claim_check: tuple[str, ...] = ()


_FORM = 2
"""The form of the schemas: those of the first did not tell times, and decimals of Pydantic models, from texts."""


class EventCatalogueError(ValueError):
    """Events changed so that a consumer cannot read them; the message names event, field and consumer."""


@dataclass(frozen=True, kw_only=True)
class EventCatalogue:
    """The events of an app, or of a part of it, taken from the tree of constructs.

    Written to a file and committed, it is what the next change of an event is compared with.

    :param form: of the schemas. Those of form 1, which catalogues of former versions of this library have, did not tell
        times, and decimals of Pydantic models, from texts.

    ```python
    from aws_cdk import App, Stack
    from aws_cdk import aws_sqs as sqs
    from best_practice_constructs import EnrichedEventBus, EventCatalogue, EventSource

    orders = EventSource("com.example.orders")


    @orders.event
    class OrderPlaced:
        order_id: str


    app = App()
    stack = Stack(app, "Orders")
    bus = EnrichedEventBus(stack, "Bus")
    bus.route(OrderPlaced, to=sqs.Queue(stack, "Audit"))
    (event,) = EventCatalogue.of(app).events
    assert [consumer.name for consumer in event.consumers] == ["Orders: Audit"]
    ```
    """

    events: tuple[CataloguedEvent, ...]
    form: int = _FORM

    @classmethod
    def of(cls, *scopes: IConstruct) -> EventCatalogue:
        """Catalogue the declared events at and below ``scopes``, after all of it was constructed.

        Taken are the publishers that a bus was told of (``add_publisher``), the routes of every bus, found ones too,
        and the consumers of topics whose filter is a declared event. What a function publishes to a topic, and what
        is routed or filtered by a pattern of one's own, is not known to be an event.

        :param scopes: the app, a stage, stacks, or just buses.
        """
        publishers: dict[EventDeclaration, set[str]] = {}
        consumers: dict[EventDeclaration, dict[str, CataloguedConsumer]] = {}
        for flow in event_flows(scopes):
            if flow.is_published:
                publishers.setdefault(flow.event, set()).add(flow.name)
            else:
                consumer = CataloguedConsumer(name=flow.name, only=flow.only)
                consumers.setdefault(flow.event, {})[flow.key] = consumer
        declared = sorted({*publishers, *consumers}, key=lambda event: (event.source, event.detail_type, event.version))
        return cls(
            events=tuple(
                CataloguedEvent(
                    source=event.source,
                    detail_type=event.detail_type,
                    version=event.version,
                    compatible_since=event.compatible_since,
                    description=inspect.getdoc(event.type) or "",
                    largest=event_size(event.type).largest,
                    schema=data_schema(event),
                    publishers=tuple(sorted(publishers.get(event, ()))),
                    consumers=tuple(consumer for _, consumer in sorted(consumers.get(event, {}).items())),
                    claim_check=event.claim_check,
                )
                for event in declared
            )
        )

    @classmethod
    def from_json(cls, text: str) -> EventCatalogue:
        """Read what :meth:`to_json` wrote.

        :raises EventCatalogueError: the text is none of that.
        """
        try:
            written = msgspec.json.decode(text, type=_Written)
        except msgspec.MsgspecError as error:
            raise EventCatalogueError(f"This is no catalogue as to_json writes it: {error}.") from error
        return cls(events=written.events, form=written.form)

    def to_json(self) -> str:
        """Write the catalogue for the next comparison; the same catalogue gives the same text."""
        plain = {"events": [_plain(event) for event in self.events], "form": self.form}
        return json.dumps(plain, indent=2, sort_keys=True) + "\n"

    def check_against(self, committed: EventCatalogue | Path) -> None:
        """Compare with a former catalogue: every consumer must be able to read every event, old and new.

        Before that, what is published now must be read by those who consume it now, see :meth:`check_readers`.

        A new version that says ``compatible_since`` a former one must be so; one that does not is another event to its
        consumers, and refused by those of the former, which must be deployed first.

        Whether a field may be put aside (``claim_check``) can change: consumers read both. But a rule that asks for it
        would miss the large events, silently.

        A catalogue of form 1 did not tell times and decimals from texts: what was a text there may be one of them now,
        until the catalogue is written again.

        :raises EventCatalogueError: some event changed otherwise; the message names event, field and consumer.
        """
        before = EventCatalogue.from_json(committed.read_text("utf-8")) if isinstance(committed, Path) else committed
        problems = [problem for event in before.events for problem in self._problems(event, form=before.form)]
        _refuse([*self._misreadings(), *problems])

    def check_readers(self) -> None:
        """Compare what is published with what each consumer reads: its version, and its fields.

        :raises EventCatalogueError: a consumer would refuse what is published; the message names event, versions,
            publisher, consumer and field.
        """
        _refuse([*self._misreadings()])

    def _misreadings(self) -> Iterable[str]:
        for published, read in itertools.product(self.events, self.events):
            is_same_event = (published.source, published.detail_type) == (read.source, read.detail_type)
            if published is read or not is_same_event or not published.publishers or not read.consumers:
                continue
            name = f"{published.detail_type} of {published.source}"
            who = (
                f"{', '.join(published.publishers)} publishes version {published.version}, and "
                f"{', '.join(consumer.name for consumer in read.consumers)} reads version {read.version}"
            )
            # As the runtime decides it, when an event comes.
            if published.version < read.compatible_since or published.compatible_since > read.version:
                yield (
                    f"{name}: {who}, which are not compatible: each event would be a dead letter. Let both take the "
                    "same class, declare compatible_since where they are compatible, or give the other version a "
                    "detail_type of its own."
                )
                continue
            for change in unreadable_fields(read=read.schema, published=published.schema):
                yield (
                    f"{name}: {who}, for which the field {change.field} {change.change}. Let both take the same class, "
                    "or give what is published a version of its own without compatible_since."
                )

    def _problems(self, before: CataloguedEvent, *, form: int) -> Iterable[str]:
        readers = ", ".join(consumer.name for consumer in before.consumers) or "no consumer known here"
        name = f"{before.detail_type} of {before.source}"
        candidates = [e for e in self.events if (e.source, e.detail_type) == (before.source, before.detail_type)]
        if not candidates:
            if before.consumers:
                yield f"{name} is gone, and was consumed by {readers}: stop its consumers first."
            return
        after = next((e for e in candidates if e.version == before.version), candidates[-1])
        if after.version < before.version:
            yield f"{name} went back from version {before.version} to {after.version}: give it a new one."
        for consumer in before.consumers:
            for field in _asked_for(consumer, after.claim_check):
                yield (
                    f"{name}: the field {field} may be put aside now, and {consumer.name} asks for it: EventBridge "
                    "would not see it in a large event. Leave it out of claim_check, or change the consumer first."
                )
        if after.compatible_since > before.version:
            return
        for change in incompatible_changes(before.schema, after.schema, are_times_told=form >= _FORM):
            yield (
                f"{name}: the field {change.field} {change.change} (read by {readers}). Keep it as it was, or declare "
                f"version {after.version + (after.version == before.version)} without compatible_since="
                f"{after.compatible_since} and deploy its consumers first."
            )


@dataclass(frozen=True, kw_only=True)
class _Written:
    """A catalogue as it is in its file, of whatever form."""

    events: tuple[CataloguedEvent, ...]
    form: int = 1


def _refuse(problems: list[str]) -> None:
    if problems:
        raise EventCatalogueError("\n".join(problems))


def _plain(event: CataloguedEvent) -> dict[str, object]:
    plain = asdict(event)
    if not event.claim_check:
        # So that a catalogue without such events is what it was.
        del plain["claim_check"]
    return plain


def _asked_for(consumer: CataloguedConsumer, fields: Iterable[str]) -> list[str]:
    """Give those of the fields that the consumer's rule asks for."""
    asked: set[str] = set()
    for part in (DATA, NUMBERS):
        pattern = (consumer.only or {}).get(part)
        asked |= set(pattern) if isinstance(pattern, dict) else set()
    return [field for field in fields if field in asked]
