"""What a route without a function takes and costs beside one with a function that only passes on."""

from __future__ import annotations

import http.client
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.benchmark import Benchmark, Comparison, Effort, Target
from benchmarks.measuring import ROOT, in_turns
from best_practice_constructs.local import LocalStage
from best_practice_constructs.operations.lambda_prices import PRICES_AS_OF, published_prices

_APP = Path(__file__).parents[1] / "direct_route"
_CLIENTS = 8
_ITEM = "7"

# A million requests of a REST API in us-east-1, first tier: table 4 of AWS's whitepaper "Best Practices for Designing
# Amazon API Gateway Private APIs and Private Integration", read in December 2026; what counts is
# https://aws.amazon.com/api-gateway/pricing/
_API_MILLION = 3.50
_REGION = "us-east-1"
_MEMORY_GB = 0.5
_BILLED_SECONDS = 0.010


def measure(effort: Effort) -> Sequence[Comparison]:
    """Deploy both, and call them in turns."""
    requests = effort.choose(50, quick=5)
    with _deployed() as sides:
        ours, theirs = in_turns(
            lambda: sides.direct.figures(requests),
            lambda: sides.by_hand.figures(requests),
            rounds=effort.choose(5, quick=1),
        )
    direct, with_function = costs_of_a_million()
    return [
        Comparison(
            name="one after another", unit="ms a request", ours=ours[0], theirs=theirs[0], target=Target(most=1.0)
        ),
        Comparison(name=f"{_CLIENTS} clients at once", unit="ms a request", ours=ours[1], theirs=theirs[1]),
        Comparison(
            name="a million requests", unit="USD", ours=(direct,), theirs=(with_function,), target=Target(most=1.0)
        ),
    ]


def costs_of_a_million() -> tuple[float, float]:
    """Give what a million requests cost without and with the function, what the table costs left out of both."""
    prices = published_prices(_REGION)
    if prices is None:
        raise RuntimeError(f"there are no prices for {_REGION}")
    function = prices.request + prices.of_gigabyte_second("arm64") * _MEMORY_GB * _BILLED_SECONDS
    return _API_MILLION, _API_MILLION + 1_000_000 * function


@dataclass(frozen=True)
class _Side:
    address: str

    def figures(self, requests: int) -> Sequence[float]:
        alone = self._milliseconds(requests)
        began = time.perf_counter()
        with ThreadPoolExecutor(_CLIENTS) as clients:
            list(clients.map(self._milliseconds, [requests] * _CLIENTS))
        return alone, (time.perf_counter() - began) * 1000 / (requests * _CLIENTS)

    def _milliseconds(self, requests: int) -> float:
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(parts.netloc, timeout=60)
        began = time.perf_counter()
        for _ in range(requests):
            connection.request("GET", f"{parts.path.rstrip('/')}/products/{_ITEM}")
            response = connection.getresponse()
            body = response.read()
            if response.status != http.client.OK:
                raise RuntimeError(f"{self.address} answered {response.status}: {body.decode()}")
        elapsed = time.perf_counter() - began
        connection.close()
        return elapsed * 1000 / requests


@dataclass(frozen=True)
class _Sides:
    direct: _Side
    by_hand: _Side


@contextmanager
def _deployed() -> Generator[_Sides]:
    with LocalStage() as stage:
        outputs = stage.deploy(stage.synthesize(_APP, environment={"PYTHONPATH": str(ROOT)})).outputs["Shop"]
        item = {"product_id": {"S": _ITEM}, "name": {"S": 'it\'s a "product"'}}
        stage.client("dynamodb").put_item(TableName=outputs["ToldTable"], Item=item)
        yield _Sides(_Side(stage.local_url(outputs["ToldDirect"])), _Side(stage.local_url(outputs["ToldByHand"])))


BENCHMARK = Benchmark(
    name="direct_route",
    title="A route that reads an item, on the embedded stage, and its price on AWS",
    against="the same route with a function that only passes the item on",
    measure=measure,
    reasons={
        "one after another": (
            "the gateway of the embedded stage, which runs the templates in Python and calls the table over HTTP, "
            "takes more than a warm subprocess that does nothing but call it; it says nothing of API Gateway."
        ),
    },
    notes=(
        "Times are those of the embedded stage on one machine: its emulator, its gateway and its warm subprocesses "
        "instead of API Gateway, DynamoDB and Lambda. They show what tests take, not what users wait. Prices are "
        f"those of {_REGION}, first tier, without free tiers, data transfer and the table, which both sides read "
        f"alike; Lambda's as of {PRICES_AS_OF}. The function is taken to have 512 MB on arm64 and to be billed 10 ms, "
        "without its cold starts."
    ),
)
