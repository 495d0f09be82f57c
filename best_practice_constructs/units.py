"""Refuse numbers where a duration or a size is taken: they would fail somewhere inside, or be taken for none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from aws_cdk import Duration, Size
from constructs import IConstruct

from best_practice_constructs.errors import InvalidArgumentError, named

# The unit in which each parameter is most often thought of.
_DURATIONS = {
    "archive_retention": "days",
    "cache_ttl": "seconds",
    "data_key_reuse": "seconds",
    "dead_letter_retention_period": "days",
    "delivery_delay": "seconds",
    "expires_after": "days",
    "idempotency_expires_after": "days",
    "iterator_age_alarm_threshold": "seconds",
    "max_batching_window": "seconds",
    "max_event_age": "seconds",
    "max_record_age": "seconds",
    "message_age_alarm_threshold": "seconds",
    "receive_message_wait_time": "seconds",
    "retention_period": "days",
    "task_timeout": "seconds",
    "timeout": "seconds",
    "tumbling_window": "seconds",
    "visibility_timeout": "seconds",
}
_SECONDS_OF_AN_HOUR = 3600
_SIZES = {"ephemeral_storage_size": "mebibytes", "min_compression_size": "bytes"}


def refuse_unitless(scope: IConstruct | str, options: Mapping[str, object] | None = None, **given: object) -> None:
    """Refuse what is no duration, or no size, in the parameters that take one; ``None`` is left out.

    :param scope: the construct (or its path) that was given them.
    :param options: parameters by name, of which only those are looked at that take a duration or a size.
    :param given: more of them.
    :raises InvalidArgumentError: it says how the value is written.
    """
    for name, value in {**(options or {}), **given}.items():
        for kind, units in ((Duration, _DURATIONS), (Size, _SIZES)):
            if name in units and value is not None and not isinstance(value, kind):
                raise _refusal(scope, name, value, kind=kind.__name__, unit=units[name])


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _refusal(scope: IConstruct | str, name: str, value: object, *, kind: str, unit: str) -> InvalidArgumentError:
    if isinstance(value, timedelta):
        written, reason = f"{kind}.seconds({_number(value.total_seconds())})", f"aws-cdk-lib has a {kind} of its own"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        # A day is 86,400 seconds, and so is what a number of days this large was meant to be.
        unit = "seconds" if unit == "days" and value >= _SECONDS_OF_AN_HOUR else unit
        written, reason = f"{kind}.{unit}({_number(value)})", "a number alone has no unit"
    else:
        written, reason = f"{kind}.{unit}(…)", f"it is no {kind}"
    return InvalidArgumentError(
        scope, given=f"{name}={named(value)}", reason=reason, remedy=f"pass {name}={written}, of aws_cdk"
    )
