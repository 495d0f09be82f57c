"""What CloudWatch is told of a pipe's executions (H9)."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_pipes as pipes

from best_practice_constructs.durations import duration_of

_UNFINISHED = ("ExecutionFailed", "ExecutionPartiallyFailed", "ExecutionTimeout", "ExecutionThrottled")


def unfinished_executions(pipe: pipes.CfnPipe) -> cloudwatch.MathExpression:
    """Count the executions a minute that did not tell all of their records: these are tried again, and wait.

    One sum, since each of them means the same for what waits. With part of a batch refused, Pipes counts
    ``ExecutionPartiallyFailed`` and not ``ExecutionFailed``.

    Source: EventBridge user guide, *Logging and monitoring Amazon EventBridge Pipes*.
    """
    return cloudwatch.MathExpression(
        # A metric that has no value yet would leave the whole sum without one.
        expression=" + ".join(f"FILL({_id(name)}, 0)" for name in _UNFINISHED),
        label="Unfinished executions",
        period=duration_of(60),
        using_metrics={
            _id(name): cloudwatch.Metric(
                namespace="AWS/EventBridge/Pipes",
                metric_name=name,
                dimensions_map={"PipeName": pipe.ref},
                statistic="Sum",
            )
            for name in _UNFINISHED
        },
    )


def _id(name: str) -> str:
    return name.removeprefix("Execution").lower()
