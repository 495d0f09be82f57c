"""The two workflows with an invented function, ready to run."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from best_practice_constructs.operations.lambda_prices import PUBLISHED_PRICES
from best_practice_constructs.workflows.tuning.definitions import Definition, restoring_definition, tuning_definition
from best_practice_constructs.workflows.tuning.plan_states import TuningDefaults
from tests.unit.workflows.tuning.faulty_lambda import FUNCTION, FaultyLambda
from tests.unit.workflows.tuning.states_language import Execution

DEFAULTS = TuningDefaults(
    memory_sizes=(128, 512, 1024),
    invocations=3,
    parallel=1,
    balance=0.5,
    payload={"order_id": "1"},
    prices={region: prices.to_json() for region, prices in PUBLISHED_PRICES.items()},
)

# Few calls, each of which may go wrong.
SHORT = dataclasses.replace(DEFAULTS, memory_sizes=(128, 1024), invocations=1)


def tuning(functions: Sequence[str] = (FUNCTION,), *, defaults: TuningDefaults = DEFAULTS) -> Definition:
    return tuning_definition(defaults, functions=functions, restoring="restoring", timeout_seconds=3_600)


def restoring(functions: Sequence[str] = (FUNCTION,)) -> Definition:
    return restoring_definition(functions=functions, timeout_seconds=600)


def tune(function: FaultyLambda, given: object = None, *, functions: Sequence[str] = (FUNCTION,)) -> Any:  # noqa: ANN401 -- JSON
    return Execution(tuning(functions), call=function, given=given).run()
