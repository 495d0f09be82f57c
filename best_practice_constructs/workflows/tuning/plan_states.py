"""What a tuning is asked to do, checked before anything is touched."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from best_practice_constructs.workflows.tuning.expressions import States, choice, fail, jsonata, set_variables
from best_practice_constructs.workflows.tuning.note import tuning_id_expression

MOST_INVOCATIONS = 2_500
"""Of one tuning: the history of an execution takes 25,000 events, of which an invocation makes seven."""
MOST_SETTINGS = 40
MOST_PARALLEL = 40
LEAST_MEMORY, MOST_MEMORY = 128, 10_240
_ASKED = "$states.context.Execution.Input"
_EXECUTION_NAME = "$states.context.Execution.Name"
_KNOWN = ("memory_sizes", "invocations", "parallel", "balance", "payload", "payloads")


@dataclass(frozen=True, kw_only=True)
class TuningDefaults:
    """What a tuning does where its input does not say.

    :param memory_sizes: MB.
    :param invocations: of each setting, beside the first.
    :param parallel: of them at once.
    :param balance: of the balanced choice: 1 the cost alone, 0 the speed alone.
    :param payload: what the function is invoked with.
    :param prices: as JSON, by region.
    """

    memory_sizes: Sequence[int]
    invocations: int
    parallel: int
    balance: float
    payload: object
    prices: Mapping[str, Mapping[str, float | str]]


def plan_states(defaults: TuningDefaults, *, functions: Sequence[str], restoring: str, following: str) -> States:
    """Make the states that set what all others use, or refuse the input; the first is ``Plan``.

    :param functions: the functions' ARNs, or placeholders of them.
    :param restoring: the ARN of the workflow that cleans up, or a placeholder: the operators' command looks here.
    """
    payload = _given("payload", json.dumps(defaults.payload, ensure_ascii=False))
    payloads = f"$exists({_ASKED}.payloads) ? [{_ASKED}.payloads] : [{{'payload': {payload}, 'weight': 1}}]"
    return {
        "Plan": set_variables(
            {
                "functions": list(functions),
                "restoring": restoring,
                "tuning": jsonata(tuning_id_expression(_EXECUTION_NAME)),
                "prices": {region: dict(prices) for region, prices in defaults.prices.items()},
                "failure": None,
                "memory_sizes": jsonata(f"[{_given('memory_sizes', json.dumps(list(defaults.memory_sizes)))}]"),
                "invocations": jsonata(_given("invocations", str(defaults.invocations))),
                "parallel": jsonata(_given("parallel", str(defaults.parallel))),
                "balance": jsonata(_given("balance", str(defaults.balance))),
                "payloads": jsonata(payloads),
            },
            following="Check",
        ),
        "Check": set_variables({"problem": jsonata(_problem())}, following="IsSound"),
        "IsSound": choice(("$problem != ''", "Refuse"), default="Schedule"),
        "Refuse": fail("Refused", cause="$problem"),
        "Schedule": set_variables({"payload_of_turn": jsonata(_payload_of_turn())}, following=following),
    }


def _given(name: str, default: str) -> str:
    return f"($exists({_ASKED}.{name}) ? {_ASKED}.{name} : {default})"


def _payload_of_turn() -> str:
    """Give the JSONata of the payload's number for each turn: each has its share of them by its weight."""
    return """(
      $ends := $reduce([$payloads.($exists(weight) ? weight : 1)], function($sums, $weight) {
        [$sums, $sums[-1] + $weight]
      }, [0]);
      [[1..$invocations].($place := ($ - 0.5) / $invocations * $ends[-1]; $count($ends[$ <= $place]) - 1)]
    )"""


def _problem() -> str:
    """Give the JSONata of what is wrong with the input: a text, empty where nothing is."""
    known = ", ".join(f"'{name}'" for name in _KNOWN)
    return f"""(
      $is_whole := function($number, $low, $high) {{
        $type($number) = 'number' ? $number = $floor($number) and $number >= $low and $number <= $high : false
      }};
      $unknown := [$keys({_ASKED})[$not($ in [{known}])]];
      $count($unknown) > 0
        ? 'There is no ' & $join($unknown, ', ') & ' in the input of a tuning: it may have {", ".join(_KNOWN)}.'
        : $count($memory_sizes) = 0 or $count($memory_sizes) > {MOST_SETTINGS}
            or $count($memory_sizes[$not($is_whole($, {LEAST_MEMORY}, {MOST_MEMORY}))]) > 0
        ? 'memory_sizes are 1 to {MOST_SETTINGS} whole numbers of MB, each {LEAST_MEMORY} to {MOST_MEMORY}: '
            & $string($memory_sizes)
        : $count($distinct($memory_sizes)) < $count($memory_sizes)
        ? 'memory_sizes has one twice: ' & $string($memory_sizes)
        : $not($is_whole($parallel, 1, {MOST_PARALLEL}))
        ? 'parallel is a whole number, 1 to {MOST_PARALLEL}: ' & $string($parallel)
        : $not($is_whole($invocations, 1, {MOST_INVOCATIONS})) or $invocations < $parallel
        ? 'invocations is a whole number, at least parallel, which is ' & $string($parallel) & ': '
            & $string($invocations)
        : ($invocations + 1) * $count($memory_sizes) * $count($functions) > {MOST_INVOCATIONS}
        ? $string($invocations + 1) & ' invocations of ' & $string($count($memory_sizes) * $count($functions))
            & ' settings are more than the {MOST_INVOCATIONS} that the history of an execution has room for: '
            & 'fewer invocations, or several tunings.'
        : $type($balance) != 'number' or $balance < 0 or $balance > 1
        ? 'balance is a number from 0, the speed alone, to 1, the cost alone: ' & $string($balance)
        : $exists({_ASKED}.payload) and $exists({_ASKED}.payloads)
        ? 'There is payload or payloads in the input, not both.'
        : $count($payloads) = 0
            or $count($payloads[$type($) != 'object' ? true : $not($type(payload) in ['object', 'array'])
              or ($exists(weight) and ($type(weight) != 'number' or weight <= 0))]) > 0
        ? 'A payload is an object or a list of JSON; payloads are objects, each with a payload and, if it is not 1, '
            & 'a weight above 0.'
        : ''
    )"""
