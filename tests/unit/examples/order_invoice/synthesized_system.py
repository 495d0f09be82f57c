"""The system's templates as they are synthesized, read by the paths of constructs."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from aws_cdk import App

from examples.order_invoice.deployment_stage import DeploymentStage
from examples.order_invoice.system import create_order_invoice_system

ROOT = Path(__file__).parents[4]
ALARM_TOPIC = "arn:aws:sns:eu-central-1:123456789012:alarms"
_STACKS = (
    "shared",
    "order-data",
    "invoice-data",
    "notice-data",
    "fulfilment-data",
    "orders",
    "invoices",
    "notices",
    "fulfilment",
)
_NO_LETTER = re.compile(r"[^A-Za-z0-9/*.:-]")

Properties = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class SynthesizedTemplate:
    """A stack's template.

    :param stack: the stack's name, which the paths of its resources begin with.
    :param resources: by logical id.
    :param outputs: by logical id.
    """

    stack: str
    resources: Mapping[str, Mapping[str, object]]
    outputs: Mapping[str, Mapping[str, object]]

    def logical_id(self, path: str) -> str:
        """Give the logical id of the resource of a construct, by the construct's path below the stack."""
        own = f"{self.stack}/{path}"
        (found,) = [
            logical_id for logical_id, resource in self.resources.items() if _path(resource) in {own, f"{own}/Resource"}
        ]
        return found

    def paths_of_type(self, resource_type: str) -> list[str]:
        """Give the paths below the stack of the constructs of all resources of a type."""
        return [
            _path(resource).removeprefix(f"{self.stack}/").removesuffix("/Resource")
            for resource in self.resources.values()
            if resource["Type"] == resource_type
        ]

    def properties(self, path: str) -> Properties:
        """Give the properties of the resource of a construct."""
        return _properties(self.resources[self.logical_id(path)])

    def of_type(self, resource_type: str) -> dict[str, Properties]:
        """Give the properties of all resources of a type, by logical id."""
        return {
            logical_id: _properties(resource)
            for logical_id, resource in self.resources.items()
            if resource["Type"] == resource_type
        }

    def allowed(self, role: str) -> Iterator[tuple[str, str]]:
        """Give what a role may do beside writing its own log and sending traces.

        Each is an action, and the resource spelled in letters, as in ``FnGetAttOrders7F1C9D41Arn``.
        """
        for document in self._attached(self.logical_id(role)):
            yield from _allowed(document)

    def allowed_by_id(self, role: str) -> Iterator[tuple[str, str]]:
        """Give everything that the role of this logical id may do."""
        inline = cast("list[Mapping[str, Properties]]", self.of_type("AWS::IAM::Role")[role].get("Policies", []))
        for document in [*(policy["PolicyDocument"] for policy in inline), *self._attached(role)]:
            yield from _allowed(document)

    def _attached(self, role: str) -> Iterator[Properties]:
        for policy in self.of_type("AWS::IAM::Policy").values():
            if {"Ref": role} in cast("list[object]", policy["Roles"]):
                yield cast("Properties", policy["PolicyDocument"])


def development(name: str = "development") -> DeploymentStage:
    """Give a stage that is as careful as development."""
    return DeploymentStage.from_context({"stage": name})


def production() -> DeploymentStage:
    """Give the stage for production."""
    return DeploymentStage.from_context({"stage": "production", "alarm-actions": ALARM_TOPIC})


def synthesize(prefix: str, stage: DeploymentStage) -> Mapping[str, SynthesizedTemplate]:
    """Synthesize the system as ``app.py`` does, but for the bundles; the templates are named without the prefix."""
    flags = json.loads((ROOT / "cdk.json").read_text("utf-8"))["context"]
    never = {"aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True}
    with tempfile.TemporaryDirectory() as directory:
        app = App(context={**flags, **never}, outdir=directory)
        stage.defaults.apply_to(app)
        create_order_invoice_system(app, prefix=prefix, provisioned_concurrency=stage.provisioned_concurrency)
        app.synth()
        return {name: _read(Path(directory), f"{prefix}-{name}") for name in _STACKS}


def _read(directory: Path, stack: str) -> SynthesizedTemplate:
    template = json.loads((directory / f"{stack}.template.json").read_text("utf-8"))
    return SynthesizedTemplate(stack=stack, resources=template["Resources"], outputs=template.get("Outputs", {}))


def _path(resource: Mapping[str, object]) -> str:
    return cast("Mapping[str, str]", resource.get("Metadata", {})).get("aws:cdk:path", "")


def _properties(resource: Mapping[str, object]) -> Properties:
    return cast("Properties", resource.get("Properties", {}))


def _allowed(document: Properties) -> Iterator[tuple[str, str]]:
    for statement in cast("list[Properties]", document["Statement"]):
        assert statement["Effect"] == "Allow"
        for action in _listed(statement["Action"]):
            for resource in _listed(statement["Resource"]):
                yield str(action), _NO_LETTER.sub("", json.dumps(resource))


def _listed(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else [value]
