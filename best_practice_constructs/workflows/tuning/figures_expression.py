"""What each setting costs, how fast it is, and which to choose: the arithmetic, in JSONata."""

from __future__ import annotations

from best_practice_constructs.workflows.tuning.expressions import jsonata, prices_expression

_PRICES = prices_expression("$measured[0].region")
_FIGURES = """
    $cost := function($setting, $billed) {(
      $gigabytes := $setting.memory_size / 1024;
      $beyond := $max([0, $setting.storage - 512]) / 1024;
      $second := $gigabytes * $lookup($of_region, $setting.architecture) + $beyond * $of_region.storage;
      1000000 * ($of_region.request + $average($billed) / 1000 * $second)
    )};
    [$measured.(
      $setting := $;
      $sorted := $sort($setting.durations);
      $setting.error != '' ? $setting : $merge([$setting, {
        'duration': $average($setting.durations),
        'slowest': $sorted[$ceil(0.95 * $count($sorted)) - 1],
        'cost': $cost($setting, $setting.billed),
        'cold_cost': $count($setting.cold_billed) > 0 ? $cost($setting, $setting.cold_billed) : null
      }])
    )]
"""


def figures_output() -> dict[str, object]:
    """Give the output of a tuning, from ``$measured``, ``$prices`` and ``$balance``.

    Costs are US dollars of a million invocations, durations milliseconds.
    """
    return {
        "tuning": jsonata("$tuning"),
        "functions": jsonata("$functions"),
        "region": jsonata("$measured[0].region"),
        "prices": jsonata(_PRICES),
        "balance": jsonata("$balance"),
        "settings": jsonata("$figures"),
        "cheapest": jsonata("$choices.cheapest"),
        "fastest": jsonata("$choices.fastest"),
        "balanced": jsonata("$choices.balanced"),
    }


def figures_expression() -> str:
    """Give the JSONata of all settings with their figures; those that failed have none."""
    return f"($of_region := {_PRICES}; {_FIGURES})"


def choices_expression() -> str:
    """Give the JSONata of the three choices among ``$figures``, or ``null`` where no setting worked."""
    return """(
      $worked := [$figures[error = '']];
      $highest := $max($worked.cost);
      $longest := $max($worked.duration);
      $weight := function($each) {
        $balance * $each.cost / $highest + (1 - $balance) * $each.duration / $longest
      };
      $least := function($first, $second) {
        $sort($worked, function($one, $other) {
          $first($one) > $first($other)
            or ($first($one) = $first($other) and $second($one) > $second($other))
        })[0].{'architecture': architecture, 'memory_size': memory_size, 'duration': duration, 'cost': cost}
      };
      $cost := function($each) { $each.cost };
      $duration := function($each) { $each.duration };
      $count($worked) = 0 ? null : {
        'cheapest': $least($cost, $duration),
        'fastest': $least($duration, $cost),
        'balanced': $least($weight, $cost)
      }
    )"""
