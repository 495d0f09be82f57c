"""The command line says what it was given wrongly, and shows errors without a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from best_practice_constructs.local import LocalStage, command_line
from best_practice_constructs.local.errors import EmulatorStartError


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["-c", "stage"], "should look like KEY=VALUE"), (["--parameter", "Mail=x"], "should look like STACK:NAME=VALUE")],
)
def test_a_value_that_cannot_be_read_is_an_error_that_shows_how_it_should_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    result = CliRunner().invoke(command_line.main, ["up", str(tmp_path), *arguments])
    assert result.exit_code == 2
    assert message in result.output


def test_what_the_stage_cannot_do_is_one_sentence_and_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise EmulatorStartError("Port 1 is taken.")

    monkeypatch.setattr(LocalStage, "start", refuse)
    result = CliRunner().invoke(command_line.main, ["up", str(tmp_path)])
    assert result.exit_code == 1
    assert "Error: Port 1 is taken." in result.output
    assert "Traceback" not in result.output
