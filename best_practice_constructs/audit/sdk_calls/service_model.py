"""What botocore's and boto3's own data say of services: their operations, paginators, waiters and resources."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from botocore.loaders import Loader
    from botocore.model import Shape, StructureShape
    from botocore.session import Session

# What boto3 adds to clients and resources, and has no data of: the method, and the operations that it may call.
_ADDED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "s3": {
        "upload_file": ("PutObject", "AbortMultipartUpload"),
        "upload_fileobj": ("PutObject", "AbortMultipartUpload"),
        "download_file": ("GetObject",),
        "download_fileobj": ("GetObject",),
        "generate_presigned_post": ("PutObject",),
        "copy": ("GetObject", "PutObject", "AbortMultipartUpload"),
    },
    "dynamodb": {"batch_writer": ("BatchWriteItem",)},
}


# What a transfer calls only where it fails.
ON_FAILURE = "AbortMultipartUpload"


@functools.cache
def _session() -> Session:
    import botocore.session

    return botocore.session.get_session()


@functools.cache
def _loader() -> Loader:
    loader: Loader = _session().get_component("data_loader")
    try:
        import boto3
    except ModuleNotFoundError:
        return loader
    loader.search_paths.append(f"{boto3.__path__[0]}/data")
    return loader


@functools.cache
def is_service(service: str) -> bool:
    """Tell whether botocore knows the service."""
    return service in services()


@functools.cache
def services() -> frozenset[str]:
    """Give all services that botocore knows."""
    return frozenset(_session().get_available_services())


@functools.cache
def operations(service: str) -> Mapping[str, tuple[str, ...]]:
    """Give the operations of a service by the names of the client's methods."""
    from botocore import xform_name

    if not is_service(service):
        return {}
    names = _session().get_service_model(service).operation_names
    return {xform_name(name): (name,) for name in names} | dict(_ADDED.get(service, {}))


@functools.cache
def signing_name(service: str) -> str:
    """Give the name that requests to a service are signed for."""
    return _session().get_service_model(service).signing_name


def http_method(service: str, operation: str) -> str:
    """Give the method of HTTP that an operation is asked for with."""
    return str(_session().get_service_model(service).operation_model(operation).http["method"])


@functools.cache
def may_name_role(service: str, operation: str) -> bool:
    """Tell whether a request may name a role that is passed to a service, at whatever depth."""
    from botocore.model import ListShape, MapShape, StructureShape

    if service in ("sts", "iam") or not is_service(service):
        return False
    waiting: list[object] = [_session().get_service_model(service).operation_model(operation).input_shape]
    seen: set[str] = set()
    while waiting:
        shape = waiting.pop()
        if isinstance(shape, StructureShape) and shape.name not in seen:
            seen.add(shape.name)
            if any(_is_role(name, member) for name, member in shape.members.items()):
                return True
            waiting.extend(shape.members.values())
        elif isinstance(shape, ListShape):
            waiting.append(shape.member)
        elif isinstance(shape, MapShape):
            waiting.append(shape.value)
    return False


def _is_role(name: str, shape: Shape) -> bool:
    # One of a few words is a role in a conversation, and the like.
    is_word = bool(getattr(shape, "enum", ()))
    return name.lower().endswith(("role", "rolearn", "iaminstanceprofile")) and not is_word


@functools.cache
def waiters(service: str) -> Mapping[str, str]:
    """Give the operation that each waiter of a service polls."""
    from botocore import xform_name
    from botocore.exceptions import UnknownServiceError

    try:
        data = _loader().load_service_model(service, "waiters-2")
    except UnknownServiceError:
        return {}
    found = cast("Mapping[str, Mapping[str, str]]", data["waiters"])
    return {xform_name(name): waiter["operation"] for name, waiter in found.items()}


class ResourceType:
    """A type of boto3's resources: what its methods call and what its attributes are.

    :param service: the service.
    :param name: the type, or ``None`` for what ``boto3.resource(service)`` gives.
    """

    def __init__(self, service: str, name: str | None) -> None:
        self._service = service
        self._name = name
        data = _resources(service)
        shape = (
            data.get("service") if name is None else cast("Mapping[str, object]", data.get("resources", {})).get(name)
        )
        self._shape = cast("Mapping[str, Mapping[str, Mapping[str, object]]]", shape or {})

    @property
    def is_known(self) -> bool:
        """Whether boto3 knows the type."""
        return bool(self._shape)

    def calls(self, method: str, *, is_loaded: bool = False) -> tuple[str, ...]:
        """Give the operations that a method calls, or that load an attribute: none where it is neither.

        :param is_loaded: its attributes are there already.
        """
        from botocore import xform_name

        if added := _ADDED.get(self._service, {}).get(method):
            return added
        for name, action in self._shape.get("actions", {}).items():
            if xform_name(name) == method:
                return (_operation(action),)
        if method in ("load", "reload") and "load" in self._shape:
            return (_operation(self._shape["load"]),)
        for name, waiter in self._shape.get("waiters", {}).items():
            if f"wait_until_{xform_name(name)}" == method:
                polled = waiters(self._service).get(xform_name(str(waiter["waiterName"])))
                return (polled,) if polled else ()
        return (_operation(self._shape["load"]),) if not is_loaded and method in self._loaded else ()

    @functools.cached_property
    def _loaded(self) -> frozenset[str]:
        """The attributes that are loaded when they are first asked for."""
        from botocore import xform_name

        if "load" not in self._shape:
            return frozenset()
        shape = cast("StructureShape", _session().get_service_model(self._service).shape_for(str(self._shape["shape"])))
        identifiers = cast("Iterable[Mapping[str, str]]", self._shape.get("identifiers", ()))
        named = {xform_name(str(each.get(key, ""))) for each in identifiers for key in ("name", "memberName")}
        return frozenset(map(xform_name, shape.members)) - named

    def returned(self, method: str) -> tuple[str, str] | None:
        """Give the type of the resource that an action returns, and the path of its attributes in the answer."""
        from botocore import xform_name

        for name, action in self._shape.get("actions", {}).items():
            if xform_name(name) == method and "resource" in action:
                resource = cast("Mapping[str, str]", action["resource"])
                return resource["type"], resource.get("path", "")
        return None

    def attribute(self, name: str) -> str | None:
        """Give the type of the resource that an attribute is, or makes."""
        from botocore import xform_name

        if self._name is None and name in cast("Mapping[str, object]", _resources(self._service).get("resources", {})):
            # The service's own resource makes each type.
            return name
        for key, has in self._shape.get("has", {}).items():
            if name in (key, xform_name(key)):
                return str(cast("Mapping[str, object]", has["resource"])["type"])
        return None

    def collection(self, name: str) -> tuple[str, str | None, bool] | None:
        """Give the operation that lists a collection, the type of what is in it, and whether its attributes are known.

        ``None`` where there is no such collection.
        """
        from botocore import xform_name

        for key, has in self._shape.get("hasMany", {}).items():
            if xform_name(key) == name:
                resource = cast("Mapping[str, object] | None", has.get("resource"))
                is_loaded = bool(resource and resource.get("path"))
                return _operation(has), str(resource["type"]) if resource else None, is_loaded
        return None


@functools.cache
def resource_type(service: str, name: str | None) -> ResourceType:
    """Give a type of boto3's resources."""
    return ResourceType(service, name)


@functools.cache
def batch_action(service: str, name: str, method: str) -> str | None:
    """Give the operation of a collection's batch action, such as ``bucket.objects.delete()``."""
    from botocore import xform_name

    shape = cast("Mapping[str, Mapping[str, object]]", _resources(service).get("resources", {})).get(name, {})
    for key, action in cast("Mapping[str, Mapping[str, object]]", shape.get("batchActions", {})).items():
        if xform_name(key) == method:
            return _operation(action)
    return None


def _operation(action: Mapping[str, object]) -> str:
    return cast("Mapping[str, str]", action["request"])["operation"]


@functools.cache
def _resources(service: str) -> Mapping[str, object]:
    from botocore.exceptions import UnknownServiceError

    try:
        return cast("Mapping[str, object]", _loader().load_service_model(service, "resources-1"))
    except UnknownServiceError:
        return {}
