"""The settings of single methods on a stage: their throttling and caching (S3)."""

from __future__ import annotations

from typing import cast

from aws_cdk import aws_apigateway as apigateway

from best_practice_constructs.api.route_options import RouteOptions

_SETTINGS = frozenset({"throttling_rate_limit", "throttling_burst_limit", "cache_ttl"})


class MethodSettings:
    """Writes entries into a stage that has one already, that of the whole stage.

    Each entry says everything: what one leaves out, API Gateway may set back to its own default, such as no logs,
    instead of taking it from the whole stage.

    :param stage: the stage; the other parameters are what its first entry says.
    """

    def __init__(
        self,
        stage: apigateway.Stage,
        *,
        logging_level: apigateway.MethodLoggingLevel,
        metrics_enabled: bool,
        data_trace_enabled: bool,
        throttling_rate_limit: float,
        throttling_burst_limit: int,
    ) -> None:
        self._stage = stage
        self._entries = 1
        self._whole_stage: dict[str, object] = {
            "LoggingLevel": logging_level.value,
            "MetricsEnabled": metrics_enabled,
            "DataTraceEnabled": data_trace_enabled,
            "ThrottlingRateLimit": throttling_rate_limit,
            "ThrottlingBurstLimit": throttling_burst_limit,
            "CachingEnabled": False,
            "CacheDataEncrypted": True,
        }

    def add(self, http_method: str, path: str, options: RouteOptions) -> None:
        """Write the entry of one route, if its options need one."""
        if _SETTINGS.isdisjoint(options):
            return
        settings = dict(self._whole_stage)
        if "throttling_rate_limit" in options:
            settings["ThrottlingRateLimit"] = options["throttling_rate_limit"]
        if "throttling_burst_limit" in options:
            settings["ThrottlingBurstLimit"] = options["throttling_burst_limit"]
        if "cache_ttl" in options:
            settings |= {"CachingEnabled": True, "CacheTtlInSeconds": options["cache_ttl"].to_seconds()}
        cast("apigateway.CfnStage", self._stage.node.default_child).add_property_override(
            f"MethodSettings.{self._entries}",
            {"HttpMethod": http_method, "ResourcePath": _resource_path(path), **settings},
        )
        self._entries += 1


def _resource_path(path: str) -> str:
    """Give a path as API Gateway writes it in settings, where slashes separate other things."""
    return "/" if path == "/" else "/" + path.replace("/", "~1")
