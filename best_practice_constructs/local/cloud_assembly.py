"""Reads a synthesized cloud assembly: its stacks in the order of their dependencies, and the files they need."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from best_practice_constructs.local.errors import CloudAssemblyError

_UNKNOWN_ENVIRONMENT = ("unknown-account", "unknown-region")


@dataclass(frozen=True, kw_only=True)
class FileAsset:
    """A file or directory that a stack finds in a bucket.

    :param source: the file or directory on this machine.
    :param zipped: whether the directory is to be uploaded as one zip file.
    :param bucket: the bucket's name; may hold ``${AWS::AccountId}`` and ``${AWS::Region}``.
    :param object_key: the object's key; may hold the same.
    """

    source: Path
    zipped: bool
    bucket: str
    object_key: str


@dataclass(frozen=True, kw_only=True)
class AssembledStack:
    """A stack of the assembly.

    :param artifact_id: its id, unique in the assembly.
    :param stack_name: its name in CloudFormation.
    :param display_name: its path in the app: ``"Production/Orders"``.
    :param template_path: its template.
    :param account: its account, or ``None`` when the app leaves that open.
    :param region: its region, or ``None`` when the app leaves that open.
    :param parameters: values of its parameters.
    :param tags: its tags.
    :param dependencies: the artifact ids of the stacks that must be there before it.
    :param assets: the files it needs.
    """

    artifact_id: str
    stack_name: str
    display_name: str
    template_path: Path
    account: str | None = None
    region: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    assets: tuple[FileAsset, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CloudAssembly:
    """A synthesized app.

    :param directory: where it is.
    :param stacks: its stacks, each after those it depends on.
    """

    directory: Path
    stacks: tuple[AssembledStack, ...]

    def select(self, names: Iterable[str] | None) -> tuple[AssembledStack, ...]:
        """Return the named stacks and all that they depend on, in deployment order.

        :param names: names, display names or artifact ids; ``None`` selects all.
        :raises CloudAssemblyError: a name that no stack has.
        """
        if names is None:
            return self.stacks
        by_id = {stack.artifact_id: stack for stack in self.stacks}
        wanted: set[str] = set()
        for name in names:
            found = [s for s in self.stacks if name in (s.stack_name, s.display_name, s.artifact_id)]
            if not found:
                known = ", ".join(stack.display_name for stack in self.stacks) or "none"
                raise CloudAssemblyError(f"The assembly {self.directory} has no stack {name!r}; its stacks: {known}.")
            pending = [stack.artifact_id for stack in found]
            while pending:
                artifact_id = pending.pop()
                if artifact_id not in wanted:
                    wanted.add(artifact_id)
                    pending += by_id[artifact_id].dependencies
        return tuple(stack for stack in self.stacks if stack.artifact_id in wanted)


def read_cloud_assembly(directory: Path) -> CloudAssembly:
    """Read the assembly that ``cdk synth`` (or :meth:`LocalStage.synthesize`) wrote.

    Nested assemblies (an app's ``Stage`` constructs) are read along.

    :param directory: the directory that holds ``manifest.json``.
    :raises CloudAssemblyError: there is no readable manifest, or context that only the CDK's command line can look up
        is missing.
    """
    stacks = _read_stacks(directory)
    return CloudAssembly(directory=directory, stacks=_in_deployment_order(stacks))


def _read_stacks(directory: Path) -> list[AssembledStack]:
    manifest = _read_json(directory / "manifest.json")
    missing = manifest.get("missing")
    if isinstance(missing, list) and missing:
        keys = ", ".join(str(cast("Mapping[str, object]", entry).get("key")) for entry in missing)
        raise CloudAssemblyError(
            f"The app looks up values of a real account, which the embedded stage cannot know: {keys}. "
            "Give them in cdk.context.json (cdk synth writes it once with credentials) or with context=."
        )
    artifacts = _mappings(manifest.get("artifacts"))
    assets = {
        artifact_id: _read_assets(directory / str(_mapping(artifact.get("properties")).get("file")))
        for artifact_id, artifact in artifacts.items()
        if artifact.get("type") == "cdk:asset-manifest"
    }
    stacks: list[AssembledStack] = []
    for artifact_id, artifact in artifacts.items():
        properties = _mapping(artifact.get("properties"))
        if artifact.get("type") == "cdk:cloud-assembly":
            stacks += _read_stacks(directory / str(properties.get("directoryName")))
        elif artifact.get("type") == "aws:cloudformation:stack":
            stacks.append(_read_stack(directory, artifact_id, artifact, properties, assets))
    return stacks


def _read_stack(
    directory: Path,
    artifact_id: str,
    artifact: Mapping[str, object],
    properties: Mapping[str, object],
    assets: Mapping[str, tuple[FileAsset, ...]],
) -> AssembledStack:
    account, _, region = str(artifact.get("environment", "")).removeprefix("aws://").partition("/")
    dependencies = [str(name) for name in cast("list[object]", artifact.get("dependencies", []))]
    template_path = directory / str(properties.get("templateFile"))
    return AssembledStack(
        artifact_id=artifact_id,
        stack_name=str(properties.get("stackName", artifact_id)),
        display_name=str(artifact.get("displayName", artifact_id)),
        template_path=template_path,
        account=None if account in _UNKNOWN_ENVIRONMENT else account or None,
        region=None if region in _UNKNOWN_ENVIRONMENT else region or None,
        parameters=_texts(properties.get("parameters")),
        tags=_texts(properties.get("tags")),
        dependencies=tuple(name for name in dependencies if name not in assets),
        assets=tuple(
            asset
            for name in dependencies
            for asset in assets.get(name, ())
            # The stack's own template is handed over adapted, not from the bucket.
            if asset.source != template_path
        ),
    )


def _read_assets(asset_manifest: Path) -> tuple[FileAsset, ...]:
    found: list[FileAsset] = []
    for entry in _mappings(_read_json(asset_manifest).get("files")).values():
        source = _mapping(entry.get("source"))
        if "path" not in source:
            raise CloudAssemblyError(
                f"{asset_manifest} builds a file with a command, which the embedded stage does not run: {source}."
            )
        for destination in _mappings(entry.get("destinations")).values():
            found.append(
                FileAsset(
                    source=asset_manifest.parent / str(source["path"]),
                    zipped=source.get("packaging") == "zip",
                    bucket=str(destination["bucketName"]),
                    object_key=str(destination["objectKey"]),
                )
            )
    return tuple(found)


def _in_deployment_order(stacks: list[AssembledStack]) -> tuple[AssembledStack, ...]:
    by_id = {stack.artifact_id: stack for stack in stacks}
    ordered: dict[str, AssembledStack] = {}

    def visit(stack: AssembledStack, above: tuple[str, ...]) -> None:
        if stack.artifact_id in above:
            circle = " → ".join((*above[above.index(stack.artifact_id) :], stack.artifact_id))
            raise CloudAssemblyError(f"The stacks depend on each other in a circle: {circle}.")
        for dependency in stack.dependencies:
            if dependency in by_id and dependency not in ordered:
                visit(by_id[dependency], (*above, stack.artifact_id))
        ordered.setdefault(stack.artifact_id, stack)

    for stack in stacks:
        visit(stack, ())
    # Dependencies outside the assembly (other kinds of artifacts) say nothing about the order of stacks.
    return tuple(ordered.values())


def _read_json(path: Path) -> Mapping[str, object]:
    try:
        content: object = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise CloudAssemblyError(
            f"{path.parent} is no cloud assembly: {path.name} cannot be read ({error.strerror}). "
            "Synthesize the app first (cdk synth), and give the output directory."
        ) from error
    except ValueError as error:
        raise CloudAssemblyError(f"{path} is no JSON: {error}.") from error
    return _mapping(content)


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def _mappings(value: object) -> dict[str, Mapping[str, object]]:
    return {name: _mapping(entry) for name, entry in _mapping(value).items()}


def _texts(value: object) -> dict[str, str]:
    return {name: str(text) for name, text in _mapping(value).items()}
