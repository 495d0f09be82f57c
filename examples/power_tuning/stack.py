"""A function that computes, on both architectures, and the workflow that measures it at settings of its memory."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from best_practice_constructs import InvocationModel, PowerTuning, SinglePurposeFunction

SERVICE = str(Path(__file__).parent / "service")


class TunedStack(Stack):
    """Two functions of the same code, one for each architecture, and their tuning."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.count, self.twin = (
            SinglePurposeFunction(
                self,
                name,
                entry=SERVICE,
                handler="count_primes.handler",
                architecture=architecture,
                invocation_model=InvocationModel.SYNCHRONOUS,
                description="Counts primes",
            )
            for name, architecture in (
                ("CountPrimes", lambda_.Architecture.ARM_64),
                ("CountPrimesOnX86", lambda_.Architecture.X86_64),
            )
        )
        self.tuning = PowerTuning(
            self,
            "Tuning",
            function=self.count,
            other_architecture=self.twin,
            payload={"below": 20_000},
        )
        CfnOutput(self, "TuningStateMachine", value=self.tuning.state_machine.state_machine_arn)
        CfnOutput(self, "CountPrimesName", value=self.count.function.function_name)
