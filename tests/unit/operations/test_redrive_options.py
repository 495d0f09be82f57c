"""The command's options, and what it says where its SDK is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from best_practice_constructs.operations.redrive import main


class TestOptions:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["dead", "--show", "--move"], "exclude each other"),
            (["dead", "--yes"], "add --move"),
            (["dead", "--to", "orders"], "add --move"),
            (["dead", "--limit", "0"], "pass 1 or more"),
            (["--move"], "required: QUEUE"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(
        self, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
    ) -> None:
        with pytest.raises(SystemExit) as refusal:
            main(arguments)
        assert refusal.value.code == 2
        assert said in capsys.readouterr().err

    def test_the_help_needs_no_sdk(self) -> None:
        program = (
            "import sys; sys.modules['botocore'] = None\n"
            "from best_practice_constructs.operations.redrive import main\n"
            "sys.exit(main(sys.argv[1:]))"
        )
        command = [sys.executable, "-c", program]
        helped = subprocess.run([*command, "--help"], capture_output=True, text=True, check=False)
        assert (helped.returncode, "--move" in helped.stdout) == (0, True)
        failed = subprocess.run([*command, "dead"], capture_output=True, text=True, check=False)
        assert failed.returncode == 2
        assert failed.stderr.strip().endswith("pip install 'best-practice-constructs[runtime]'.")
