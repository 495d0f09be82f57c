"""Durations and their seconds, each asked of the CDK once: every question is a call across a process boundary."""

from __future__ import annotations

import functools

from aws_cdk import Duration

from best_practice_constructs.deploy_time_values import is_deploy_time_value
from best_practice_constructs.weak_identity_map import WeakIdentityMap

_known: WeakIdentityMap[Duration, float | None] = WeakIdentityMap()


@functools.cache
def duration_of(seconds: int) -> Duration:
    """Give the duration of so many seconds; it is the same object every time."""
    duration = Duration.seconds(seconds)
    _known[duration] = float(seconds)
    return duration


def seconds_of(duration: Duration) -> float | None:
    """Give the seconds of a duration, or ``None`` where only the deployment knows them."""
    if duration not in _known:
        _known[duration] = _asked(duration)
    return _known[duration]


def whole_seconds(duration: Duration) -> int:
    """Give the seconds of a duration that is one of whole seconds, known before deployment.

    :raises RuntimeError: it is neither; the error is the CDK's.
    """
    seconds = seconds_of(duration)
    if seconds is None or not seconds.is_integer():
        return int(duration.to_seconds())
    return int(seconds)


def _asked(duration: Duration) -> float | None:
    try:
        seconds = duration.to_seconds(integral=False)
    except RuntimeError:
        # The CDK converts no amount that it does not know into another unit.
        if duration.is_unresolved():
            return None
        raise
    return None if is_deploy_time_value(seconds) else float(seconds)
