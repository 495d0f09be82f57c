"""What can go wrong with the embedded stage, each in one sentence that says what to do.

The command line prints these messages and exits with status 1; no traceback is shown for them.
"""

from __future__ import annotations


class LocalStageError(RuntimeError):
    """The embedded stage cannot do what it was asked; the message is one clear sentence (and, after it, evidence)."""


class EmulatorInstallationError(LocalStageError):
    """The emulator's own environment could not be made: no network, no disk space, a Python that is too old."""


class EmulatorStartError(LocalStageError):
    """The emulator did not start: its port is taken, or it ended or stayed silent during its start."""


class EmulatorDiedError(LocalStageError):
    """The emulator ended although nobody stopped it; the message carries the tail of its log."""


class SynthesisError(LocalStageError):
    """The app's command failed, or there is no app to synthesize; the message carries the tail of its output."""


class CloudAssemblyError(LocalStageError):
    """The directory is no cloud assembly, or one that the embedded stage cannot read."""


class StackDeploymentError(LocalStageError):
    """A stack could not be created or updated.

    :param stack_name: the stack that failed.
    :param logical_id: the resource that failed first, or ``None`` when the template itself was refused.
    :param reason: what the emulator says about it.
    """

    def __init__(self, *, stack_name: str, logical_id: str | None, reason: str) -> None:
        self.stack_name = stack_name
        self.logical_id = logical_id
        self.reason = reason
        what = f"resource {logical_id} of stack {stack_name}" if logical_id else f"stack {stack_name}"
        super().__init__(f"The embedded stage could not deploy {what}: {reason}")
