"""Runs the benchmarks: ``make bench``, or ``make bench ARGS="--rounds 9"``."""

from __future__ import annotations

import argparse
import os

# jsii's process inherits the environment when aws_cdk is first imported: the slow validation is not what is measured.
os.environ.setdefault("CDK_VALIDATION", "false")

from benchmarks import event_codec, queue_consumer_synth


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--copies", type=int, default=20, help="copies in the larger app (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count (default: %(default)s)")
    arguments = parser.parse_args()
    queue_consumer_synth.main(copies=arguments.copies, rounds=arguments.rounds)
    print()
    event_codec.main(rounds=arguments.rounds)


if __name__ == "__main__":
    main()
