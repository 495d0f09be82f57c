"""The embedded stage: a CDK app, deployed and running on this machine, without Docker and without an AWS account."""

from __future__ import annotations

import contextlib
import signal as signals
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, overload

from best_practice_constructs.local.api_addresses import api_address, local_address
from best_practice_constructs.local.clients import (
    DEFAULT_ACCOUNT,
    DEFAULT_REGION,
    ROOT_ACCESS_KEY,
    ROOT_SECRET_KEY,
    EmulatorClients,
)
from best_practice_constructs.local.cloud_assembly import read_cloud_assembly
from best_practice_constructs.local.deployment import Deployment, StackResult
from best_practice_constructs.local.deployment_plan import plan_deployment
from best_practice_constructs.local.emulator_environment import EmulatorEnvironment, ensure_emulator_environment
from best_practice_constructs.local.emulator_process import EmulatorProcess
from best_practice_constructs.local.errors import EmulatorStartError, LocalStageError
from best_practice_constructs.local.failed_starts import FailedStart, FailedStartWatch
from best_practice_constructs.local.function_log import LogLine, read_function_log
from best_practice_constructs.local.gateway import FailedIntegration
from best_practice_constructs.local.stack_deployer import StackDeployer
from best_practice_constructs.local.synthesizer import synthesize_app
from best_practice_constructs.local.worker_processes import Worker, find_workers, send_signal

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient


class LocalStage:
    """An embedded AWS emulator with your app deployed into it.

    A context manager: entering starts the emulator, leaving ends it with everything it started and wrote. It ends with
    the process too, however that ends.

    ```python
    from best_practice_constructs.local import LocalStage

    with LocalStage() as stage:
        queue_url = stage.client("sqs").create_queue(QueueName="orders")["QueueUrl"]
        stage.client("sqs").send_message(QueueUrl=queue_url, MessageBody="{}")
    ```

    ``stage.deploy(stage.synthesize("my_app"))`` puts an app into it: docs/local_stage.md shows a whole one.

    :param port: the port on loopback; a free one by default.
    :param region: the region of stacks that leave theirs open, and of clients.
    :param enforce_iam: whether SDK calls made inside handlers are checked against their role, action by action. Calls
        of the clients made here are always allowed, those of service integrations are never checked.
    :param emulator_settings: further environment variables of the emulator, which handlers inherit.
    :param cache_directory: where the emulator is installed; the user's cache directory by default.
    :param progress: told, in a few words, what is done when it takes a while.
    """

    def __init__(
        self,
        *,
        port: int | None = None,
        region: str = DEFAULT_REGION,
        enforce_iam: bool = False,
        emulator_settings: Mapping[str, str] | None = None,
        cache_directory: Path | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self._port = port
        self._region = region
        self._enforce_iam = enforce_iam
        self._settings = emulator_settings
        self._cache_directory = cache_directory
        self._progress = progress
        self._environment: EmulatorEnvironment | None = None
        self._emulator: EmulatorProcess | None = None
        self._clients: EmulatorClients | None = None
        self._function_paths: dict[str, str] = {}

    def start(self) -> Self:
        """Start the emulator, which is installed first if this machine has never run it.

        :raises EmulatorInstallationError: it cannot be installed.
        :raises EmulatorStartError: it does not start.
        """
        if self._emulator is not None:
            raise EmulatorStartError("The embedded stage is started already.")
        self._environment = ensure_emulator_environment(cache_directory=self._cache_directory, progress=self._progress)
        self._emulator = EmulatorProcess(
            environment=self._environment,
            port=self._port,
            region=self._region,
            enforce_iam=self._enforce_iam,
            settings=self._settings,
        )
        self._clients = EmulatorClients(endpoint_url=self._emulator.endpoint_url, region=self._region)
        return self

    def stop(self) -> None:
        """End the emulator, its workers, and everything they wrote; does nothing when it is not running."""
        if self._emulator is not None:
            self._emulator.stop()
            self._emulator = None
            self._clients = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def endpoint_url(self) -> str:
        """The emulator's address, for ``AWS_ENDPOINT_URL``."""
        return self._running().endpoint_url

    @property
    def emulator_pid(self) -> int:
        """The process id of the emulator, for fault tests; it stays readable after the emulator died."""
        return self._started().pid

    @property
    def working_directory(self) -> Path:
        """Where the emulator and its workers write; removed when the stage is stopped."""
        return self._started().working_directory

    @property
    def supported_types(self) -> frozenset[str]:
        """The CloudFormation types that the emulator can create; resources of other types are left out."""
        if self._environment is None:
            self._environment = ensure_emulator_environment(
                cache_directory=self._cache_directory, progress=self._progress
            )
        return self._environment.supported_types

    def environment_variables(self) -> dict[str, str]:
        """Return the environment variables with which other programs (``aws``, ``cdk``, boto3) use this stage."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": ROOT_ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": ROOT_SECRET_KEY,
            "AWS_DEFAULT_REGION": self._region,
            "AWS_REGION": self._region,
        }

    def ensure_running(self) -> None:
        """Do nothing while the emulator runs.

        :raises EmulatorDiedError: it ended by itself; the message has the tail of its log.
        :raises EmulatorStartError: it is not started.
        """
        self._running()

    def synthesize(
        self,
        app_directory: str | Path,
        *,
        context: Mapping[str, object] | None = None,
        environment: Mapping[str, str] | None = None,
        output_directory: str | Path | None = None,
        validate: bool = False,
    ) -> Path:
        """Run the app of a ``cdk.json`` and return the directory of its cloud assembly.

        Functions are bundled for this machine, while their templates keep the architecture and runtime you chose.

        :param app_directory: the directory that holds ``cdk.json``.
        :param context: context values on top of those of ``cdk.json``.
        :param environment: environment variables for the app.
        :param output_directory: where the assembly goes; by default it lives and goes with the stage.
        :param validate: whether the CDK's built-in template validation runs, which takes seconds.
        :raises SynthesisError: there is no app, or it failed.
        """
        if output_directory is None:
            output_directory = self._running().working_directory / "assembly"
        return synthesize_app(
            Path(app_directory).resolve(),
            output_directory=Path(output_directory).resolve(),
            context=context,
            environment=environment,
            account=DEFAULT_ACCOUNT,
            region=self._region,
            validate=validate,
        )

    def deploy(
        self,
        assembly_directory: str | Path,
        *,
        stacks: Iterable[str] | None = None,
        parameters: Mapping[str, Mapping[str, str]] | None = None,
        on_stack: Callable[[StackResult], None] | None = None,
        patience: float = 120.0,
    ) -> Deployment:
        """Create or update the stacks of a cloud assembly, each after those it depends on.

        :param assembly_directory: a cloud assembly, from :meth:`synthesize` or ``cdk synth``.
        :param stacks: only these (by name or path) and what they depend on.
        :param parameters: values of template parameters by stack name.
        :param on_stack: told each stack when it is done.
        :param patience: seconds after which a stack that is not done counts as failed.
        :returns: the stacks with their outputs, and all that was left out or has no effect.
        :raises CloudAssemblyError: the assembly cannot be read or deployed.
        :raises StackDeploymentError: a stack failed; names the resource and the reason.
        :raises EmulatorDiedError: the emulator ended meanwhile.
        """
        began = time.monotonic()
        emulator = self._running()
        plan = plan_deployment(
            read_cloud_assembly(Path(assembly_directory)).select(stacks),
            supported_types=self.supported_types,
            account=DEFAULT_ACCOUNT,
            region=self._region,
            parameters=parameters,
        )
        deployer = StackDeployer(clients=self._client_factory(), check=emulator.ensure_running, patience=patience)
        results: dict[str, StackResult] = {}
        with self._noticing_death():
            for stack in plan.stacks:
                result = results[stack.stack_name] = deployer.deploy(stack)
                self._function_paths |= result.paths("AWS::Lambda::Function")
                if on_stack:
                    on_stack(result)
        return Deployment(
            stacks=results,
            omitted=plan.omitted,
            supplied=plan.supplied,
            replaced=plan.replaced,
            ignored=plan.ignored,
            seconds=time.monotonic() - began,
        )

    @overload
    def client(
        self, service: Literal["apigateway"], *, region: str | None = ..., account: str | None = ...
    ) -> APIGatewayClient: ...
    @overload
    def client(
        self, service: Literal["cloudformation"], *, region: str | None = ..., account: str | None = ...
    ) -> CloudFormationClient: ...
    @overload
    def client(
        self, service: Literal["dynamodb"], *, region: str | None = ..., account: str | None = ...
    ) -> DynamoDBClient: ...
    @overload
    def client(
        self, service: Literal["events"], *, region: str | None = ..., account: str | None = ...
    ) -> EventBridgeClient: ...
    @overload
    def client(
        self, service: Literal["lambda"], *, region: str | None = ..., account: str | None = ...
    ) -> LambdaClient: ...
    @overload
    def client(
        self, service: Literal["logs"], *, region: str | None = ..., account: str | None = ...
    ) -> CloudWatchLogsClient: ...
    @overload
    def client(self, service: Literal["s3"], *, region: str | None = ..., account: str | None = ...) -> S3Client: ...
    @overload
    def client(self, service: Literal["sqs"], *, region: str | None = ..., account: str | None = ...) -> SQSClient: ...
    @overload
    def client(self, service: Literal["ssm"], *, region: str | None = ..., account: str | None = ...) -> SSMClient: ...
    @overload
    def client(
        self, service: Literal["stepfunctions"], *, region: str | None = ..., account: str | None = ...
    ) -> SFNClient: ...
    @overload
    def client(self, service: str, *, region: str | None = ..., account: str | None = ...) -> BaseClient: ...

    def client(self, service: str, *, region: str | None = None, account: str | None = None) -> object:
        """Return a boto3 client of the stage. Its calls are always allowed, with ``enforce_iam`` too.

        :param service: boto3's name of the service: ``"sqs"``, ``"dynamodb"`` …
        :param region: another region than the stage's.
        :param account: the account of a stack that fixes one; :class:`StackResult` tells it.
        """
        self._running()
        return self._client_factory().client(service, region=region, account=account)

    def api_url(self, rest_api_id: str, stage: str) -> str:
        """Return the address of a stage of a REST or HTTP API, without a slash at its end.

        :param rest_api_id: the physical id of the API.
        :param stage: the name of the API's stage, such as ``"prod"``.
        """
        return api_address(rest_api_id, stage, endpoint_url=self.endpoint_url)

    def local_url(self, url: str) -> str:
        """Return where the embedded stage serves an address that an output tells; others come back as they are.

        :param url: such as ``"https://abc.execute-api.us-east-1.amazonaws.com/prod/orders"``.
        """
        return local_address(url, endpoint_url=self.endpoint_url)

    def workers(self, *, function: str | None = None) -> tuple[Worker, ...]:
        """Return the processes that run handlers at the moment.

        :param function: only those of the function with this physical name.
        """
        found = find_workers(emulator_pid=self._running().pid)
        return tuple(worker for worker in found if function in (None, worker.function_name))

    def worker_pids(self, *, function: str | None = None) -> tuple[int, ...]:
        """Return the ids of the processes that run handlers at the moment.

        :param function: only those of the function with this physical name.
        """
        return tuple(worker.pid for worker in self.workers(function=function))

    def kill_workers(self, signal: int = signals.SIGKILL, *, function: str | None = None) -> tuple[int, ...]:
        """Send a signal to the processes that run handlers, as when their machine dies; the emulator starts new ones.

        :param signal: the signal; ``SIGKILL`` by default.
        :param function: only to those of the function with this physical name.
        :returns: the ids of the processes that got the signal.
        """
        return send_signal(signal, self.worker_pids(function=function))

    def logs(
        self, function: str, *, contains: str = "", region: str | None = None, account: str | None = None
    ) -> tuple[LogLine, ...]:
        """Return the log lines of a function, the oldest first.

        :param function: the physical name of the function.
        :param contains: only lines that contain this text.
        :param region: another region than the stage's.
        :param account: the account of a stack that fixes one.
        """
        return read_function_log(
            configurations=self.client("lambda", region=region, account=account),
            logs=self.client("logs", region=region, account=account),
            function_name=function,
            contains=contains,
        )

    def failed_starts(self) -> tuple[FailedStart, ...]:
        """Return the functions whose handler could not be loaded, since the stage was started, the oldest first.

        Of such a function nothing else tells: its API answers 502, its queue's messages come again, its log is empty.
        """
        return self.watch_failed_starts().news()

    def watch_failed_starts(self) -> FailedStartWatch:
        """Return a watch whose ``news()`` tells each failed start once: for programs that stay, as ``up`` does."""
        return FailedStartWatch(log_path=self._started().log_path, path_of=self._function_paths.get)

    def failed_integrations(self) -> tuple[FailedIntegration, ...]:
        """Return the integrations of REST APIs with services that could not be run, and why: callers get 500 only."""
        return self._started().gateway.failures()

    @property
    def emulator_log_path(self) -> Path:
        """Where the emulator logs; removed when the stage is stopped."""
        return self._started().log_path

    def emulator_log(self) -> str:
        """Return what the emulator itself has logged."""
        return self._running().log()

    def _running(self) -> EmulatorProcess:
        emulator = self._started()
        emulator.ensure_running()
        return emulator

    def _started(self) -> EmulatorProcess:
        if self._emulator is None:
            raise EmulatorStartError("The embedded stage is not started: use it in a with statement, or call start().")
        return self._emulator

    def _client_factory(self) -> EmulatorClients:
        if self._clients is None:
            raise EmulatorStartError("The embedded stage is not started: use it in a with statement, or call start().")
        return self._clients

    @contextlib.contextmanager
    def _noticing_death(self) -> Generator[None]:
        try:
            yield
        except LocalStageError:
            raise
        except Exception:
            # A refused or broken connection has one likely reason, which is told instead; else the error stands.
            self._running()
            raise
