"""A Lambda that a tuning works on, which may refuse calls, be slow with updates, and be changed by others meanwhile."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.unit.workflows.tuning.states_language import JsonObject, StateError

FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:orders"
TWIN = "arn:aws:lambda:us-east-1:111122223333:function:orders-x86"
Interference = Callable[["FaultyLambda", int, str], None]


class FaultyLambda:
    """One or two functions.

    :param busy_looks: how many looks it takes until a change is done.
    :param interfere: called before each call with this, the call's number and its action; it may raise.
    """

    def __init__(
        self,
        *,
        functions: Mapping[str, str] | None = None,
        busy_looks: int = 1,
        log_format: str = "Text",
        fails_below: int = 0,
        interfere: Interference = lambda _lambda, _number, _action: None,
        duration: Callable[[str, int], float] = lambda _architecture, memory: 51_200 / memory,
    ) -> None:
        self._busy_looks = busy_looks
        self._interfere = interfere
        self._duration = duration
        self._fails_below = fails_below
        self._invoked: set[str] = set()
        self._revision = 0
        self.calls: list[tuple[str, JsonObject]] = []
        self.memory_at_invocations: set[int] = set()
        self.latest: dict[str, JsonObject] = {}
        self.versions: dict[str, dict[str, JsonObject]] = {}
        for arn, architecture in (functions or {FUNCTION: "arm64"}).items():
            self.latest[arn] = {
                "FunctionArn": arn,
                "MemorySize": 512,
                "Description": f"Takes orders on {architecture}",
                "Architectures": [architecture],
                "EphemeralStorage": {"Size": 512},
                "LoggingConfig": {"LogFormat": log_format},
                "Environment": {"Variables": {"SECRET": "told to nobody"}},
                "State": "Active",
                "LastUpdateStatus": "Successful",
                "RevisionId": "r0",
                "busy": 0,
            }
            self.versions[arn] = {"7": {**self.latest[arn], "Version": "7", "Description": "Published by others"}}

    def __call__(self, action: str, arguments: JsonObject) -> object:
        self.calls.append((action, arguments))
        self._interfere(self, len(self.calls), action)
        answer: object = getattr(self, f"_{action}")(**arguments)
        return json.loads(json.dumps(answer))

    def configuration(self, arn: str = FUNCTION) -> tuple[int, str]:
        return self.latest[arn]["MemorySize"], self.latest[arn]["Description"]

    def deploy(self, arn: str = FUNCTION, **changes: object) -> None:
        """Change the function as somebody else does."""
        self._change(arn, changes)
        self.latest[arn]["busy"] = 0
        self.latest[arn]["LastUpdateStatus"] = "Successful"

    def _change(self, arn: str, changes: Mapping[str, object]) -> None:
        self._revision += 1
        self.latest[arn].update(changes)
        self.latest[arn].update(RevisionId=f"r{self._revision}", LastUpdateStatus="InProgress", busy=self._busy_looks)

    def _getFunctionConfiguration(self, FunctionName: str, Qualifier: str | None = None) -> object:  # noqa: N802, N803 -- Lambda's
        if Qualifier is not None:
            return self.versions[FunctionName][Qualifier]
        latest = self.latest[FunctionName]
        if latest["busy"] > 0:
            latest["busy"] -= 1
        elif latest["LastUpdateStatus"] == "InProgress":
            # The revision changes once more when an update is done.
            self._revision += 1
            latest.update(LastUpdateStatus="Successful", RevisionId=f"r{self._revision}")
        return latest

    def _check(self, arn: str, revision: str) -> None:
        if self.latest[arn]["LastUpdateStatus"] == "InProgress":
            raise StateError("Lambda.ResourceConflictException", "an update is in progress")
        if self.latest[arn]["RevisionId"] != revision:
            raise StateError("Lambda.PreconditionFailedException", "another revision")

    def _updateFunctionConfiguration(self, FunctionName: str, RevisionId: str, **changes: object) -> object:  # noqa: N802, N803 -- Lambda's
        self._check(FunctionName, RevisionId)
        assert len(str(changes["Description"])) <= 256
        self._change(FunctionName, changes)
        return self.latest[FunctionName]

    def _publishVersion(self, FunctionName: str, RevisionId: str) -> object:  # noqa: N802, N803 -- Lambda's
        self._check(FunctionName, RevisionId)
        versions = self.versions[FunctionName]
        number = str(max(map(int, versions), default=0) + 1)
        versions[number] = {**copy.deepcopy(self.latest[FunctionName]), "Version": number}
        return versions[number]

    def _listVersionsByFunction(self, FunctionName: str, MaxItems: int, Marker: str = "0") -> object:  # noqa: N802, N803 -- Lambda's
        all_of_them = [{**self.latest[FunctionName], "Version": "$LATEST"}, *self.versions[FunctionName].values()]
        start = int(Marker)
        page: dict[str, Any] = {"Versions": all_of_them[start : start + MaxItems]}
        if start + MaxItems < len(all_of_them):
            page["NextMarker"] = str(start + MaxItems)
        return page

    def _deleteFunction(self, FunctionName: str, Qualifier: str) -> object:  # noqa: N802, N803 -- Lambda's
        if self.versions[FunctionName].pop(Qualifier, None) is None:
            raise StateError("Lambda.ResourceNotFoundException", Qualifier)
        return {}

    def _invoke(
        self,
        FunctionName: str,  # noqa: N803 -- Lambda's
        Qualifier: str,  # noqa: N803 -- Lambda's
        LogType: str,  # noqa: N803 -- Lambda's
        Payload: object,  # noqa: N803 -- Lambda's
    ) -> object:
        assert LogType == "Tail"
        version = self.versions[FunctionName][Qualifier]
        memory = version["MemorySize"]
        self.memory_at_invocations.add(self.latest[FunctionName]["MemorySize"])
        if memory < self._fails_below:
            return {
                "StatusCode": 200,
                "FunctionError": "Unhandled",
                "Payload": json.dumps({"errorType": "Runtime.OutOfMemory"}),
                "LogResult": base64.b64encode(b"REPORT RequestId: a\tDuration: 1 ms").decode(),
            }
        key = f"{FunctionName}:{Qualifier}"
        cold = key not in self._invoked
        self._invoked.add(key)
        duration = self._duration(version["Architectures"][0], memory)
        lines = (json_lines if version["LoggingConfig"]["LogFormat"] == "JSON" else text_lines)(
            duration, memory=memory, init=200.25 if cold else None
        )
        return {
            "StatusCode": 200,
            "Payload": json.dumps(Payload),
            "LogResult": base64.b64encode(lines.encode()).decode(),
        }


def text_lines(duration: float, *, memory: int, init: float | None) -> str:
    """Give the tail of a log in text, as Lambda writes it."""
    billed = int(-(-(duration + (init or 0)) // 1))
    extra = f"\tInit Duration: {init} ms" if init is not None else ""
    return (
        "START RequestId: 8f507cfc Version: 3\nthe function itself says Billed Duration: 9999 ms\n"
        "END RequestId: 8f507cfc\n"
        f"REPORT RequestId: 8f507cfc\tDuration: {duration:.2f} ms\tBilled Duration: {billed} ms\t"
        f"Memory Size: {memory} MB\tMax Memory Used: 64 MB{extra}\t\nXRAY TraceId: 1-5\tSegmentId: 2\tSampled: true\n"
    )


def json_lines(duration: float, *, memory: int, init: float | None) -> str:
    """Give the tail of a log in JSON, as Lambda writes it."""
    metrics = {
        "durationMs": round(duration, 3),
        "billedDurationMs": int(-(-(duration + (init or 0)) // 1)),
        "memorySizeMB": memory,
        "maxMemoryUsedMB": 64,
        **({"initDurationMs": init} if init is not None else {}),
    }
    report = {
        "time": "2026-11-24T12:00:00Z",
        "type": "platform.report",
        "record": {"status": "success", "metrics": metrics},
    }
    said = {"level": "INFO", "message": 'it says "billedDurationMs": 9999 and Billed Duration: 9999 ms'}
    return f"{json.dumps(said)}\n{json.dumps(report)}\n"
