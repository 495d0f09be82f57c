"""Watch the order/invoice system run: ``python -m examples.order_invoice.demo``, or ``make demo``."""

from __future__ import annotations

import itertools
import json
import shlex
import sys
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.measure import Measurement
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from best_practice_constructs.local import LocalStage
from best_practice_constructs.local.errors import LocalStageError
from best_practice_constructs.local.phases import Phases
from best_practice_constructs.local.report import show_environment, show_left_out
from best_practice_constructs.local.usage_hints import signed_curl
from examples.order_invoice.listening_partner import Partner, listening_partner
from examples.order_invoice.order_client import OrderClientError
from examples.order_invoice.running_system import DeadLetter, RunningSystem
from invoices.sales import Sales

_REPOSITORY = Path(__file__).resolve().parents[2]
_STAGE = "demo"
_CLIENTS = 4
_REPEATED_EVERY = 10
_CANCELLED_EVERY = 12
_PATIENCE_SECONDS = 120.0
_WIDEST = 1_000
_WEBHOOK = "/webhooks/invoices"


class DemoError(RuntimeError):
    """The demo did not end as it should; the message says what is missing."""


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What was asked of the API."""

    order_ids: tuple[str, ...]
    repeated: int
    retries: int


@click.command()
@click.option("--orders", "count", type=click.IntRange(1, 1_000), default=60, show_default=True, help="How many.")
@click.option("--keep", is_flag=True, help="Stay up afterwards, until Ctrl-C, and say how to play with it.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port on loopback; a free one by default.")
def main(*, count: int, keep: bool, port: int | None) -> None:
    """Synthesize, check and deploy the order/invoice system on an embedded emulator, and place orders."""
    console = Console()
    phases = Phases(console=console)
    started = time.monotonic()
    stage = LocalStage(port=port, progress=lambda what: console.print(f"  {what}"))
    try:
        with phases.phase("Starting the emulator"):
            stage.start()
        with listening_partner() as partner:
            system = _deploy(console, phases, stage, partner_url=f"{partner.url}{_WEBHOOK}")
            _run(console, phases, system, count, partner=partner)
            console.print(f"All in {time.monotonic() - started:.1f} s.", highlight=False)
            if keep:
                _stay(console, stage, system)
    except (LocalStageError, OrderClientError, DemoError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        console.print("\nStopped.")
    finally:
        stage.stop()


def _deploy(console: Console, phases: Phases, stage: LocalStage, *, partner_url: str) -> RunningSystem:
    with phases.phase("Synthesizing the stacks and checking them with cdk-nag"):
        assembly = stage.synthesize(_REPOSITORY, context={"stage": _STAGE, "compliance": "true"})
    console.print(f"  {_compliance(assembly)}", highlight=False)
    with phases.phase("Deploying the stacks"):
        deployment = stage.deploy(
            assembly,
            parameters={f"order-invoice-{_STAGE}-partner": {"WebhookUrl": partner_url}},
            on_stack=lambda stack: console.print(f"  {stack.stack_name}: {stack.change}", highlight=False),
        )
    show_left_out(console, deployment)
    return RunningSystem(stage, deployment, prefix=f"order-invoice-{_STAGE}")


def _run(console: Console, phases: Phases, system: RunningSystem, count: int, *, partner: Partner) -> None:
    with phases.phase(f"Placing {count} orders from {_CLIENTS} clients, some of them twice"):
        orders = _place(console, system, count)
    with phases.phase("Putting a poisonous event on the bus"):
        system.publish_poison({"order_id": 17})
    with phases.phase("Waiting for the invoices"):
        _wait(console, system, {"invoices/INVOICE": count, "orders/INVOICE": count})
    cancelled = orders.order_ids[::_CANCELLED_EVERY]
    with phases.phase(f"Cancelling {len(cancelled)} invoiced orders"):
        client = system.order_client()
        for order_id in cancelled:
            client.cancel(order_id, reason="changed my mind")
    with phases.phase("Waiting for the credit notes and the dead letter"):
        _wait(console, system, {"orders/CREDIT_NOTE": len(cancelled)})
        letters = _wait_for_dead_letter(system)
    with phases.phase("Waiting for the sales figures, the notices and the documents' digests"):
        consequences = _wait_for_consequences(system, count + len(cancelled))
    with phases.phase("Waiting for the partner's webhook to be told of each invoice"):
        requests = partner.wait_for(count, path=_WEBHOOK, seconds=_PATIENCE_SECONDS)
        consequences["told"] = len({request.headers["idempotency-key"] for request in requests})
    facts = system.count_of_facts()
    show_whole(console, _summary(facts + consequences, system.outcomes(), orders, letters))
    show_whole(console, figures_table(system.sales_figures()))
    for letter in letters:
        console.print(Text(f"Dead letter of {letter.queue}: {letter.cause}"), soft_wrap=True)
    issued = count + len(cancelled)
    expected = {"orders/ORDER": count, "invoices/INVOICE": count, "invoices/CREDIT_NOTE": len(cancelled)}
    expected |= {"counted": issued, "notices": issued, "digests": issued, "told": count}
    actual = facts + consequences
    if wrong := [
        f"{name} is {actual[name]}, not {number}" for name, number in expected.items() if actual[name] != number
    ]:
        raise DemoError(f"The promise was not kept: {'; '.join(wrong)}.")


def _place(console: Console, system: RunningSystem, count: int) -> Orders:
    shares = [list(range(first, count, _CLIENTS)) for first in range(_CLIENTS)]
    with Progress(console=console, transient=True) as progress, ThreadPoolExecutor(_CLIENTS) as pool:
        task = progress.add_task("orders", total=count)

        def place(numbers: Sequence[int]) -> Orders:
            client = system.order_client()
            order_ids: list[str] = []
            repeated = retries = 0
            for number in numbers:
                order = {
                    "customer": f"Customer {number}",
                    "country": "DE",
                    "currency": "EUR",
                    "lines": [{"sku": "LAMP-01", "quantity": 1 + number % 5}],
                }
                key = str(uuid.uuid4())
                answers = [client.place(order, key=key)]
                if number % _REPEATED_EVERY == 0:
                    answers.append(client.place(order, key=key))
                    repeated += 1
                if {answer.status for answer in answers} != {202}:
                    raise DemoError(f"An order was answered with {answers[-1].status}: {answers[-1].body}.")
                if len({answer.body["order_id"] for answer in answers}) != 1:
                    raise DemoError("The same Idempotency-Key made two orders.")
                order_ids.append(str(answers[0].body["order_id"]))
                retries += sum(answer.attempts - 1 for answer in answers)
                progress.advance(task)
            return Orders(order_ids=tuple(order_ids), repeated=repeated, retries=retries)

        parts = list(pool.map(place, shares))
    return Orders(
        order_ids=tuple(itertools.chain.from_iterable(part.order_ids for part in parts)),
        repeated=sum(part.repeated for part in parts),
        retries=sum(part.retries for part in parts),
    )


def _wait(console: Console, system: RunningSystem, expected: dict[str, int]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    with Progress(console=console, transient=True) as progress:
        tasks = {name: progress.add_task(name, total=number) for name, number in expected.items()}
        while True:
            facts = system.wait_for(expected, seconds=0)
            for name, task in tasks.items():
                progress.update(task, completed=facts[name])
            missing = [
                f"{name}: {facts[name]} of {number}" for name, number in expected.items() if facts[name] < number
            ]
            if not missing:
                return
            if time.monotonic() > until:
                raise DemoError(f"Not there after {_PATIENCE_SECONDS:.0f} s: {', '.join(missing)}.")
            time.sleep(0.25)


def _wait_for_dead_letter(system: RunningSystem) -> Sequence[DeadLetter]:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not (letters := system.dead_letters()):
        if time.monotonic() > until:
            raise DemoError("The poisonous event is not among the dead letters.")
        time.sleep(0.5)
    return letters


def _wait_for_consequences(system: RunningSystem, issued: int) -> Counter[str]:
    until = time.monotonic() + _PATIENCE_SECONDS
    while min((counts := system.count_of_consequences()).values()) < issued and time.monotonic() < until:
        time.sleep(0.25)
    return counts


def show_whole(console: Console, table: Table) -> None:
    """Print a table as wide as it is: on a narrow terminal, or none, its amounts would be cut otherwise."""
    table.width = Measurement.get(console, console.options.update(width=_WIDEST), table).maximum
    console.print(table, crop=False, soft_wrap=True)


def figures_table(figures: Sequence[Sales]) -> Table:
    """Give the sales figures of each day and currency."""
    table = Table(title="Sales figures", caption="credit notes taken off")
    for heading in ("day", "currency", "invoices", "credit notes", "net", "tax", "total"):
        table.add_column(heading, justify="left" if heading in ("day", "currency") else "right", no_wrap=True)
    for sales in figures:
        amounts = (f"{amount:,f}" for amount in (sales.net, sales.tax, sales.total))
        table.add_row(str(sales.day), sales.currency, str(sales.invoices), str(sales.credit_notes), *amounts)
    return table


def _summary(facts: Counter[str], outcomes: Counter[str], orders: Orders, letters: Sequence[DeadLetter]) -> Table:
    # Under load the emulator hands over a worker's last log lines late, so the metrics may lag behind what is stored.
    table = Table(title="What became of it", caption="messages: as the functions' metrics tell", show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    for name, number in {
        "orders acknowledged": len(orders.order_ids),
        "requests repeated with the same Idempotency-Key": orders.repeated,
        "requests that clients had to retry": orders.retries,
        "orders stored": facts["orders/ORDER"],
        "invoices issued": facts["invoices/INVOICE"],
        "orders that show their invoice": facts["orders/INVOICE"],
        "credit notes issued": facts["invoices/CREDIT_NOTE"],
        "notices to customers": facts["notices"],
        "documents with their digest": facts["digests"],
        "invoices that the partner was told of": facts["told"],
        "messages handled": outcomes["MessagesProcessed"],
        "messages that were repeats": outcomes["MessagesReplayed"],
        "messages retried": outcomes["MessagesFailed"],
        "dead letters": len(letters),
    }.items():
        table.add_row(name, str(number))
    return table


def _compliance(assembly: Path) -> str:
    report = json.loads((assembly / "validation-report.json").read_text(encoding="utf-8"))
    packs = ", ".join(
        f"{pack['pluginName']} {len(pack['violations'])} findings, {len(pack['suppressedViolations'])} acknowledged"
        for pack in report["pluginReports"]
    )
    return f"{packs}, each on one resource and with its reason"


def _stay(console: Console, stage: LocalStage, system: RunningSystem) -> None:
    order = {"customer": "Ada", "country": "DE", "currency": "EUR", "lines": [{"sku": "LAMP-01", "quantity": 2}]}
    variables = stage.environment_variables()
    # The API authorizes by IAM, so requests are signed.
    curl = signed_curl(region=variables["AWS_DEFAULT_REGION"])
    console.print("\nIt stays up until Ctrl-C. Place an order, then ask where its Location says:")
    console.print(
        Text(
            f"  {curl} -i {system.api_url}orders -H 'Content-Type: application/json' -H 'Idempotency-Key: mine-1' "
            f"-d {shlex.quote(json.dumps(order))}"
        ),
        soft_wrap=True,
    )
    console.print(Text(f"  {curl} {system.api_url}orders/ORDER_ID"), soft_wrap=True)
    show_environment(console, variables)
    console.print(Text(f"  aws s3 ls s3://{system.documents_bucket} --recursive"), soft_wrap=True)
    for table in (system.figures_table, system.notices_table):
        console.print(Text(f"  aws dynamodb scan --table-name {table}"), soft_wrap=True)
    console.print(Text(f"The emulator's own log: {stage.emulator_log_path}"), soft_wrap=True)
    while True:
        stage.ensure_running()
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
