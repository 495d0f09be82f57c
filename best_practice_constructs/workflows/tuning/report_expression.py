"""What an invocation took, read from the last line that Lambda logs of it.

Lambda's answer to an invocation does not tell; the tail of the log does, in a line of text or of JSON as the function's
logging format is.
"""

from __future__ import annotations

_TEXT = {
    "billed": r"/Billed Duration: ([0-9]+) ms/",
    # Not those of the initialization, and not the billed one.
    "duration": r"/RequestId: [^\s]+\s+Duration: ([0-9.]+) ms/",
    "init": r"/\s(?:Init|Restore) Duration: ([0-9.]+) ms/",
    "used": r"/Max Memory Used: ([0-9]+) MB/",
}
_JSON = {
    "billed": r'/"billedDurationMs":\s*([0-9.]+)/',
    "duration": r'/"durationMs":\s*([0-9.]+)/',
    "init": r'/"(?:init|restore)DurationMs":\s*([0-9.]+)/',
    "used": r'/"maxMemoryUsedMB":\s*([0-9]+)/',
}
# What a function answered when it failed may be long.
_LONGEST_ERROR = 300


def report_expression(*, answer: str, log_format: str) -> str:
    """Give the JSONata of what one invocation took.

    It gives an object: ``billed``, ``duration`` and ``init`` in ms, ``used`` in MB, and ``error``, a text that is empty
    when the function did its work. ``init`` is ``null`` in a warm environment.

    :param answer: an expression: what ``Invoke`` answered, with the tail of the log.
    :param log_format: an expression: ``"JSON"`` or ``"Text"``.
    """
    patterns = "; ".join(
        f"${name} := {log_format} = 'JSON' ? $last({_JSON[name]}) : $last({_TEXT[name]})" for name in _TEXT
    )
    return f"""(
      $answer := {answer};
      $log := $exists($answer.LogResult) ? $base64decode($answer.LogResult) : '';
      /* What the function itself logged may look alike, and stands before. */
      $last := function($pattern) {{ ($found := $match($log, $pattern)[-1].groups[0];
        $exists($found) ? $number($found) : null) }};
      {patterns};
      $payload := $exists($answer.Payload) ? $answer.Payload : '';
      $error := $exists($answer.FunctionError)
        ? $answer.FunctionError & ': ' & ($type($payload) = 'string' ? $payload : $string($payload))
        : $billed = null or $duration = null
        ? 'Lambda wrote no report into the last 4 kB of the log: with logs in JSON it does at the system log level INFO'
        : '';
      {{
        'billed': $billed, 'duration': $duration, 'init': $init, 'used': $used,
        'error': $substring($error, 0, {_LONGEST_ERROR})
      }}
    )"""
