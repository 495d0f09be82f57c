from __future__ import annotations

import pytest
from aws_cdk import App, CfnParameter, Duration, Stack

from best_practice_constructs.durations import duration_of, seconds_of, whole_seconds
from tests.unit.helpers.crossings import counted_crossings


def test_a_duration_is_asked_for_its_seconds_once() -> None:
    duration = Duration.minutes(5)
    with counted_crossings() as crossings:
        assert {seconds_of(duration), whole_seconds(duration)} == {300}
    assert crossings.total == 1, crossings


def test_a_duration_of_ours_is_made_once_and_never_asked() -> None:
    duration_of(37)
    with counted_crossings() as crossings:
        assert duration_of(37) is duration_of(37)
        assert whole_seconds(duration_of(37)) == 37
    assert crossings.total == 0, crossings
    assert duration_of(37).to_seconds() == 37


def test_parts_of_a_second_stay_and_are_no_whole_seconds() -> None:
    assert seconds_of(Duration.millis(1500)) == 1.5
    with pytest.raises(RuntimeError, match="whole number of seconds"):
        whole_seconds(Duration.millis(1500))


def test_what_the_deployment_knows_is_not_known_now() -> None:
    number = CfnParameter(Stack(App(), "Orders"), "Number", type="Number").value_as_number
    assert seconds_of(Duration.seconds(number)) is None
    assert seconds_of(Duration.minutes(number)) is None
    with pytest.raises(RuntimeError, match="Duration must be specified as"):
        whole_seconds(Duration.minutes(number))
