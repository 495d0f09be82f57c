"""The session that clients are created by; only who creates one loads botocore with it (L2)."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, TypeAlias, cast

from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader
from botocore.session import get_session

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.config import Config


_Data: TypeAlias = dict[str, object]


class ServiceLoader(Loader):
    """Loads the data of one service without a look at all others.

    To tell whether a service is known, botocore lists the directories of all four hundred, twice for each client: a
    quarter of what creating one takes.

    :param search_paths: where botocore also looks, as ``AWS_DATA_PATH`` names them.
    """

    def __init__(self, search_paths: list[str]) -> None:
        super().__init__(extra_search_paths=search_paths)
        # Clients of several threads may ask for their paginators at once.
        self._loading = threading.local()

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> _Data:
        """Load data of a service, as botocore does, which asks for the known services then."""
        self._loading.service = service_name
        try:
            return cast("_Data", super().load_service_model(service_name, type_name, api_version))
        finally:
            del self._loading.service

    def list_available_services(self, type_name: str) -> list[str]:
        """Give the service whose data are being loaded, or all there are, where it has no such data."""
        service: str | None = getattr(self._loading, "service", None)
        try:
            if service is not None and self.list_api_versions(service, type_name):
                return [service]
        except DataNotFoundError:
            # All there are belong into botocore's error.
            pass
        return super().list_available_services(type_name)


class ClientSession:
    """The session of all clients of a process: they share what it has read."""

    def __init__(self) -> None:
        self._session = get_session()
        path = self._session.get_config_variable("data_path")
        paths = [os.path.expanduser(os.path.expandvars(each)) for each in path.split(os.pathsep)] if path else []  # noqa: PTH111 -- as botocore reads it
        self._session.register_component("data_loader", ServiceLoader(paths))

    def create_client(self, service: str, *, config: Config) -> BaseClient:
        """Create a client."""
        return self._session.create_client(service, config=config)
