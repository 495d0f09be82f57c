"""One running emulator: started on loopback, watched, and stopped with everything it started."""

from __future__ import annotations

import atexit
import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from best_practice_constructs.local.emulator_environment import EmulatorEnvironment
from best_practice_constructs.local.emulator_settings import emulator_settings
from best_practice_constructs.local.errors import EmulatorDiedError, EmulatorStartError
from best_practice_constructs.local.gateway.integration_gateway import IntegrationGateway
from best_practice_constructs.local.gateway.service_client import ServiceClient

_HOST = "127.0.0.1"
_START_TIMEOUT_SECONDS = 60.0
_POLL_SECONDS = 0.02
_LAUNCHER = Path(__file__).with_name("emulator_launcher.py")


class EmulatorProcess:
    """An emulator in a process group and a working directory of its own.

    Everything it writes (worker directories too, which MiniStack leaves behind) is below the working directory. It ends
    with :meth:`stop`, at the end of the interpreter, and when this process is killed. Integrations of REST APIs with
    services are run here, in this process, by its ``gateway``.

    :param environment: the installed emulator.
    :param port: the port to listen on; a free one by default.
    :param region: the region of requests that name none.
    :param enforce_iam: whether SDK calls made inside handlers are checked against their role.
    :param settings: further environment variables of the emulator; they win over the stage's own.
    :raises EmulatorStartError: the port is taken, or the emulator did not start.
    """

    def __init__(
        self,
        *,
        environment: EmulatorEnvironment,
        region: str,
        port: int | None = None,
        enforce_iam: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        if port is not None and not _is_free(port):
            raise EmulatorStartError(
                f"Port {port} on {_HOST} is already in use: stop what listens there, or choose another port."
            )
        self.port = port if port is not None else _free_port()
        self.endpoint_url = f"http://{_HOST}:{self.port}"
        self.working_directory = Path(tempfile.mkdtemp(prefix="best-practice-constructs-stage-"))
        self.log_path = self.working_directory / "emulator.log"
        self._log_tail = ""
        self._stopped = False
        self._owner = os.getpid()
        variables = emulator_settings(
            working_directory=self.working_directory,
            host=_HOST,
            port=self.port,
            region=region,
            enforce_iam=enforce_iam,
        )
        self.gateway = IntegrationGateway(ServiceClient(endpoint_url=self.endpoint_url))
        arguments = (environment.handler_python, self.working_directory, self.gateway.url)
        with self.log_path.open("wb") as log:
            self._process = subprocess.Popen(
                [str(environment.emulator_python), "-I", str(_LAUNCHER), *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.working_directory,
                env={**variables, **(settings or {})},
                start_new_session=True,
            )
        atexit.register(self.stop)
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """The process id, which is the id of the process group too."""
        return self._process.pid

    def log(self) -> str:
        """Return what the emulator has logged so far (after its end: the last lines)."""
        try:
            return self.log_path.read_text("utf-8", errors="replace")
        except OSError:
            return self._log_tail

    def is_running(self) -> bool:
        """Tell whether the emulator still runs."""
        return not self._stopped and self._process.poll() is None

    def ensure_running(self) -> None:
        """Do nothing while the emulator runs.

        :raises EmulatorDiedError: it ended although nobody stopped it.
        :raises EmulatorStartError: it was stopped.
        """
        if self._stopped:
            raise EmulatorStartError("The embedded stage is stopped: start it again before using it.")
        status = self._process.poll()
        if status is not None:
            raise EmulatorDiedError(f"The emulator ended by itself ({_describe(status)}).{self._evidence()}")

    def stop(self) -> None:
        """End the emulator and its workers, and remove everything it wrote; a second call does nothing."""
        if self._stopped or os.getpid() != self._owner:
            return
        self._stopped = True
        atexit.unregister(self.stop)
        # Nothing is worth a graceful end: the state is in memory, and workers are killed on the way anyway.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.gateway.stop()
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._log_tail = _tail(self.log())
        _remove(self.working_directory)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            status = self._process.poll()
            if status is not None:
                raise EmulatorStartError(f"The emulator did not start ({_describe(status)}).{self._evidence()}")
            if self._answers():
                return
            time.sleep(_POLL_SECONDS)
        raise EmulatorStartError(
            f"The emulator did not answer on {self.endpoint_url} within {_START_TIMEOUT_SECONDS:.0f} s."
            f"{self._evidence()}"
        )

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(_HOST, self.port, timeout=2)
        try:
            connection.request("GET", "/_ministack/health")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _evidence(self) -> str:
        tail = _tail(self.log())
        return f" The end of its log:\n{tail}" if tail else " It logged nothing."


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server does: a port in TIME_WAIT is free for it.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _describe(status: int) -> str:
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"exit status {status}"


def _tail(text: str, *, lines: int = 15) -> str:
    return "\n".join(text.rstrip().splitlines()[-lines:])


def _remove(directory: Path) -> None:
    # A worker that is just dying may still be writing: the second try finds nothing left alive.
    for _ in range(50):
        shutil.rmtree(directory, ignore_errors=True)
        if not directory.exists():
            return
        time.sleep(_POLL_SECONDS)
