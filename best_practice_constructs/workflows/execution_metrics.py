"""How many executions of a workflow did not go well (H9)."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch

from best_practice_constructs.durations import duration_of


def unsuccessful_executions(state_machine_arn: str, *, is_express: bool) -> cloudwatch.MathExpression:
    """Give the number of executions that failed, timed out or were throttled in five minutes.

    Step Functions counts throttled executions of standard workflows only.
    """
    period = duration_of(300)
    dimensions = {"StateMachineArn": state_machine_arn}
    names = ["ExecutionsFailed", "ExecutionsTimedOut"] + ([] if is_express else ["ExecutionThrottled"])
    metrics: dict[str, cloudwatch.IMetric] = {
        f"m{index}": cloudwatch.Metric(
            namespace="AWS/States", metric_name=name, dimensions_map=dimensions, statistic="Sum", period=period
        )
        for index, name in enumerate(names)
    }
    return cloudwatch.MathExpression(
        expression=" + ".join(f"FILL({name}, 0)" for name in metrics),
        using_metrics=metrics,
        label="Executions that did not succeed",
        period=period,
    )
