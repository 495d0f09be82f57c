"""The environment variable that tells a function to which bus it publishes (E6)."""

from __future__ import annotations

from aws_cdk import aws_events as events
from constructs import Construct

from best_practice_constructs.construct_place import path_of
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.functions.single_purpose_function import SinglePurposeFunction


def tell_bus_name(scope: Construct, function: SinglePurposeFunction, bus: events.IEventBus, *, variable: str) -> None:
    """Tell a function the name of a bus in an environment variable.

    :raises InvalidArgumentError: the variable names another bus already.
    """
    name = bus.event_bus_name
    known = function.environment_variable(variable)
    if known is not None and known != name:
        raise InvalidArgumentError(
            scope,
            given=f"a second value of {variable} for {path_of(function)}",
            reason="it names a bus already, and the function would publish to one of the two only",
            remedy="pass environment_variable='SECOND_BUS_NAME' (or another name) to one of the two add_publisher, and "
            "publish with EventPublisher(bus_name=os.environ['SECOND_BUS_NAME'])",
        )
    function.add_environment(variable, name)
