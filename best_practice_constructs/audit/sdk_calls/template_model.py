"""Synthesized templates as they are: resources, what they refer to, the code of functions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeGuard, cast

Json = Mapping[str, object]

_HOW_TO_WRITE = (
    "write the templates with 'cdk synth', which writes them to cdk.out, or with 'CDK_OUTDIR=cdk.out python app.py'"
)


class TemplateError(ValueError):
    """What was given holds no template that can be read; the message says what to give."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Resource:
    """A resource of a template.

    :ivar path: the construct's path, where the template says it, or the logical id.
    """

    template: Template
    logical_id: str
    type: str
    properties: Json
    metadata: Json

    @property
    def path(self) -> str:
        """Where it is: the construct's path, without the L1's own id, or template and logical id."""
        path = self.metadata.get("aws:cdk:path")
        if not isinstance(path, str):
            return f"{self.template.name}/{self.logical_id}"
        return path.removesuffix("/Resource")


@dataclass(kw_only=True, eq=False)
class Template:
    """A template.

    :ivar name: of the stack.
    :ivar environment: account and region of the stack, as the assembly writes them.
    :ivar folder: where its assets are.
    :ivar file_name: the template's own.
    :ivar assets: the files that it deploys, by their keys in the bucket.
    """

    name: str
    folder: Path
    content: Json
    environment: str = ""
    file_name: str = ""
    assets: Mapping[str, Path] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(init=False)

    def __post_init__(self) -> None:
        self.resources = {
            logical_id: Resource(
                template=self,
                logical_id=logical_id,
                type=str(body.get("Type")),
                properties=mapping(body.get("Properties")),
                metadata=mapping(body.get("Metadata")),
            )
            for logical_id, body in cast("Mapping[str, Json]", mapping(self.content.get("Resources"))).items()
        }

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Give the resources of these types."""
        return (resource for resource in self.resources.values() if resource.type in types)

    def code_path(self, function: Resource) -> Path | None:
        """Give folder or zip file of a function's code, or ``None`` where it is not here."""
        code = mapping(function.properties.get("Code"))
        key, path = code.get("S3Key"), function.metadata.get("aws:asset:path")
        found = self.assets.get(key) if isinstance(key, str) else None
        if found is None and isinstance(path, str):
            found = self.folder / path
        return found if found is not None and found.exists() else None


class Assembly:
    """Templates that are deployed together, so that one may refer to another's outputs.

    :param templates: the templates.
    """

    def __init__(self, templates: list[Template]) -> None:
        self.templates = templates
        # Stages and regions may have stacks of one name.
        self._outputs: dict[tuple[str, str], list[tuple[Template, object]]] = {}
        self._exports: dict[str, list[tuple[Template, object]]] = {}
        # Nested stacks: which resource of which other template a template is.
        self._nested = dict(self._nested_templates())
        self._resources_of_nested = {nested: resource for resource, nested in self._nested.items()}
        for template in templates:
            for name, output in cast("Mapping[str, Json]", mapping(template.content.get("Outputs"))).items():
                self._outputs.setdefault((template.name, name), []).append((template, output.get("Value")))
                export = mapping(output.get("Export")).get("Name")
                if isinstance(export, str):
                    self._exports.setdefault(export, []).append((template, output.get("Value")))

    @classmethod
    def of(cls, path: Path) -> Assembly:
        """Read a cloud assembly (``cdk.out``), nested ones too, or one template.

        :raises TemplateError: there is no template.
        """
        if not path.exists():
            raise TemplateError(f"{path} does not exist: {_HOW_TO_WRITE}, and give the folder that it wrote")
        files = [path]
        if path.is_dir():
            files = sorted([*path.glob("*.template.json"), *path.glob("assembly-*/**/*.template.json")])
        if not files:
            raise TemplateError(
                f"{path} holds no template, no file whose name ends in .template.json: {_HOW_TO_WRITE}, and give the "
                "folder that it wrote"
            )
        return cls([_read(file) for file in files])

    def resolved(self, template: Template, value: object) -> tuple[Template, object]:
        """Follow a value into the stack that it comes from."""
        for _ in range(_MOST_STACKS):
            if not is_mapping(value) or len(value) != 1:
                break
            (name, argument), *_rest = value.items()
            if name == "Fn::ImportValue" and isinstance(argument, str) and argument in self._exports:
                template, value = _nearest(self._exports[argument], template, template.environment)
            elif name == "Fn::GetStackOutput" and is_mapping(argument):
                key = str(argument.get("StackName")), str(argument.get("OutputName"))
                if key not in self._outputs:
                    break
                region = argument.get("Region")
                account = template.environment.rpartition("/")[0]
                environment = f"{account}/{region}" if isinstance(region, str) else template.environment
                template, value = _nearest(self._outputs[key], template, environment)
            else:
                found = self._through_nested(template, name, argument)
                if found is None:
                    break
                template, value = found
        return template, value

    def _through_nested(self, template: Template, name: str, argument: object) -> tuple[Template, object] | None:
        """Follow a parameter of a nested stack to what its parent gives it, and an output of one to its value."""
        parent = self._resources_of_nested.get(template)
        if name == "Ref" and parent is not None:
            given = mapping(parent.properties.get("Parameters"))
            return (parent.template, given[argument]) if isinstance(argument, str) and argument in given else None
        if name == "Fn::GetAtt" and (nested := self._nested.get(template.resources.get(_first(argument)))) is not None:
            attribute = argument if isinstance(argument, str) else ".".join(map(str, listed(argument)))
            output = mapping(nested.content.get("Outputs")).get(attribute.rpartition(".")[2])
            return nested, mapping(output).get("Value")
        return None

    def _nested_templates(self) -> Iterator[tuple[Resource | None, Template]]:
        files = {(template.folder / template.file_name): template for template in self.templates if template.file_name}
        for template in self.templates:
            for resource in template.of_type("AWS::CloudFormation::Stack"):
                url, path = str(resource.properties.get("TemplateURL")), resource.metadata.get("aws:asset:path")
                named = [template.folder / path] if isinstance(path, str) else []
                for file in (*named, *(file for key, file in template.assets.items() if key in url)):
                    if file in files:
                        yield resource, files[file]
                        break

    def target(self, template: Template, value: object) -> Resource | None:
        """Give the resource that a value is the name, ARN or another attribute of; ``None`` where it is not here."""
        template, value = self.resolved(template, value)
        return next(iter(self.targets(template, value)), None)

    def targets(self, template: Template, value: object) -> Iterator[Resource]:
        """Give the resources that a value refers to, anywhere in it."""
        template, value = self.resolved(template, value)
        if is_mapping(value):
            reference, attribute = value.get("Ref"), value.get("Fn::GetAtt")
            name = reference if isinstance(reference, str) else _first(attribute)
            if name in template.resources:
                yield template.resources[name]
            for each in value.values():
                yield from self.targets(template, each)
        elif isinstance(value, list):
            for each in cast("list[object]", value):
                yield from self.targets(template, each)


_MOST_STACKS = 10


def _nearest(found: list[tuple[Template, object]], template: Template, environment: str) -> tuple[Template, object]:
    """Give what is of the same assembly, and there of an environment: the first where several are."""
    return max(found, key=lambda each: (each[0].folder == template.folder, each[0].environment == environment))


def mapping(value: object) -> Json:
    """Give a mapping, or an empty one."""
    return value if is_mapping(value) else {}


def is_mapping(value: object) -> TypeGuard[Json]:
    """Tell whether a value of a template is a mapping."""
    return isinstance(value, dict)


def listed(value: object) -> list[object]:
    """Give a list, or one of the single value."""
    if value is None:
        return []
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _first(attribute: object) -> str:
    if isinstance(attribute, str):
        return attribute.partition(".")[0]
    return str(cast("list[object]", attribute)[0]) if isinstance(attribute, list) and attribute else ""


def _read(file: Path) -> Template:
    try:
        content: object = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise TemplateError(f"{file} is no JSON: {error}") from error
    if not is_mapping(content):
        raise TemplateError(f"{file} is no template: it holds no object")
    name = file.name.removesuffix(".json").removesuffix(".template")
    name, environment = _stack(file, name)
    return Template(
        name=name,
        environment=environment,
        folder=file.parent,
        content=content,
        file_name=file.name,
        assets=_assets(file.parent),
    )


def _assets(folder: Path) -> dict[str, Path]:
    """Give the files of all manifests in a folder: what a nested stack deploys is in its parent's."""
    assets: dict[str, Path] = {}
    for manifest in sorted(folder.glob("*.assets.json")):
        files = mapping(mapping(json.loads(manifest.read_text("utf-8"))).get("files"))
        for asset in cast("Mapping[str, Json]", files).values():
            path = mapping(asset.get("source")).get("path")
            for destination in cast("Mapping[str, Json]", mapping(asset.get("destinations"))).values():
                if isinstance(path, str):
                    assets[str(destination.get("objectKey"))] = folder / path
    return assets


def _stack(file: Path, name: str) -> tuple[str, str]:
    """Give name and environment of a template's stack."""
    manifest = file.with_name("manifest.json")
    if manifest.exists():
        artifacts = mapping(mapping(json.loads(manifest.read_text("utf-8"))).get("artifacts"))
        for key, artifact in cast("Mapping[str, Json]", artifacts).items():
            properties = mapping(artifact.get("properties"))
            if properties.get("templateFile") == file.name:
                return str(properties.get("stackName") or key), str(artifact.get("environment") or "")
    return name, ""
