"""How provisioned concurrency scales: by use and by schedule (L4)."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_applicationautoscaling as autoscaling


@dataclass(frozen=True, kw_only=True)
class ProvisionedConcurrencySchedule:
    """A change of the bounds of provisioned concurrency at known times (L4; talk 26:40).

    :param name: unique among the schedules of one function, such as ``"WorkdayMorning"``.
    :param schedule: ``aws_applicationautoscaling.Schedule.cron(hour="8", minute="0")``, in UTC.
    :param min_capacity: environments kept ready from then on, at the least.
    :param max_capacity: environments kept ready from then on, at the most.
    :raises ValueError: neither bound is given, or the lower is above the upper.
    """

    name: str
    schedule: autoscaling.Schedule
    min_capacity: int | None = None
    max_capacity: int | None = None

    def __post_init__(self) -> None:
        if self.min_capacity is None and self.max_capacity is None:
            raise ValueError(f"the schedule {self.name!r} changes nothing; give min_capacity, max_capacity or both")
        if self.min_capacity is not None and self.max_capacity is not None and self.min_capacity > self.max_capacity:
            raise ValueError(
                f"the schedule {self.name!r} has min_capacity={self.min_capacity} above "
                f"max_capacity={self.max_capacity}; swap them"
            )


@dataclass(frozen=True, kw_only=True)
class ProvisionedConcurrencyScaling:
    """How provisioned concurrency follows use, within bounds, and known peaks (L4; talk 26:40).

    :param max_capacity: environments kept ready at the most.
    :param min_capacity: environments kept ready at the least; the function's provisioned concurrency when ``None``.
    :param utilization_target: the share of ready environments in use that target tracking keeps, between 0.1 and 0.9;
        ``None`` for no target tracking.
    :param schedules: changes of the bounds at known times.
    :raises ValueError: bounds or target that cannot be.
    """

    max_capacity: int
    min_capacity: int | None = None
    utilization_target: float | None = 0.7
    schedules: tuple[ProvisionedConcurrencySchedule, ...] = ()

    def __post_init__(self) -> None:
        if self.max_capacity < 1 or (self.min_capacity is not None and not 1 <= self.min_capacity <= self.max_capacity):
            raise ValueError(
                f"min_capacity={self.min_capacity}, max_capacity={self.max_capacity} are no bounds: give 1 ≤ "
                "min_capacity ≤ max_capacity"
            )
        if self.utilization_target is not None and not 0.1 <= self.utilization_target <= 0.9:
            raise ValueError(
                f"utilization_target={self.utilization_target} is outside 0.1–0.9, which Lambda's target tracking "
                "takes; write 0.7 to keep "
                "30 % of the environments in reserve"
            )
        names = [schedule.name for schedule in self.schedules]
        if len(set(names)) != len(names):
            raise ValueError(f"two schedules have one name: {sorted(names)}; name each differently")
