"""Runs a mapping template of API Gateway on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from best_practice_constructs.local.errors import LocalStageError
from best_practice_constructs.local.mapping_templates.java_values import JavaMap, text_of
from best_practice_constructs.local.mapping_templates.template_context import request_context, with_overrides
from best_practice_constructs.local.mapping_templates.template_error import MappingTemplateError


@dataclass(frozen=True, kw_only=True)
class TemplateInput:
    """What a mapping template is run with.

    :param body: the payload: the request's body, or for a response's template what the service answered.
    :param path: the path's parameters, decoded.
    :param querystring: the parameters of the query, decoded.
    :param header: the headers of the request.
    :param context: ``$context``; what :func:`request_context` makes by default.
    :param stage_variables: ``$stageVariables``.
    """

    body: str = ""
    path: Mapping[str, str] = field(default_factory=dict[str, str])
    querystring: Mapping[str, str] = field(default_factory=dict[str, str])
    header: Mapping[str, str] = field(default_factory=dict[str, str])
    context: Mapping[str, object] = field(default_factory=request_context)
    stage_variables: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class RenderedTemplate:
    """What a mapping template made.

    :param text: what it printed.
    :param status: the status that it set with ``$context.responseOverride.status``, if it did.
    :param response_headers: the headers that it set with ``$context.responseOverride.header``.
    :param request_path: the parameters that it set with ``$context.requestOverride.path``.
    :param request_querystring: those that it set with ``$context.requestOverride.querystring``.
    :param request_headers: those that it set with ``$context.requestOverride.header``.
    """

    text: str
    status: int | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict[str, str])
    request_path: Mapping[str, str] = field(default_factory=dict[str, str])
    request_querystring: Mapping[str, str] = field(default_factory=dict[str, str])
    request_headers: Mapping[str, str] = field(default_factory=dict[str, str])


class MappingTemplate:
    r"""A mapping template, run by the Velocity engine airspeed with API Gateway's variables; for tests.

    It is not API Gateway: docs/local_stage.md tells where the two are known to differ, or where nothing is documented.

    ```python
    from best_practice_constructs.local.mapping_templates import MappingTemplate, TemplateInput

    template = MappingTemplate('{"id": "$util.escapeJavaScript($input.params("order_id"))"}')
    assert template.render(TemplateInput(path={"order_id": 'a"b'})).text == r'{"id": "a\"b"}'
    ```

    :param template: the template's text.
    :param name: what errors call it, such as ``"POST /orders, request template"``.
    :raises MappingTemplateError: it is no template that API Gateway takes.
    """

    def __init__(self, template: str, *, name: str = "The mapping template") -> None:
        try:
            from airspeed import Template, TemplateError

            from best_practice_constructs.local.mapping_templates.velocity_semantics import apply_velocity_semantics
        except ImportError as error:
            raise LocalStageError(
                "Mapping templates need airspeed-ext: install it with pip install 'best-practice-constructs[local]'."
            ) from error
        self._name = name
        self._failures: tuple[type[Exception], ...] = (TemplateError, ValueError, RecursionError)
        self._template = Template(template, filename=name)
        try:
            self._template.ensure_compiled()
            apply_velocity_semantics(self._template.root_element)
        except self._failures as error:
            raise MappingTemplateError(name=name, reason=str(error)) from error

    def render(self, given: TemplateInput) -> RenderedTemplate:
        """Run the template.

        :param given: what it is run with; it is not changed.
        :raises MappingTemplateError: it fails with this input.
        """
        from best_practice_constructs.local.mapping_templates.template_variables import InputVariable, UtilVariable

        context = with_overrides(given.context)
        namespace = {
            "context": context,
            "input": InputVariable(
                body=given.body, path=given.path, querystring=given.querystring, header=given.header
            ),
            "stageVariables": JavaMap(given.stage_variables),
            "util": UtilVariable(),
        }
        try:
            text = self._template.merge(namespace)
        except self._failures as error:
            raise MappingTemplateError(name=self._name, reason=str(error)) from error
        request = _map(context.get("requestOverride"))
        response = _map(context.get("responseOverride"))
        return RenderedTemplate(
            text=text,
            status=self._status(response.get("status")),
            response_headers=_texts(response.get("header")),
            request_path=_texts(request.get("path")),
            request_querystring=_texts(request.get("querystring")),
            request_headers=_texts(request.get("header")),
        )

    def _status(self, status: object) -> int | None:
        if status is None:
            return None
        try:
            return int(text_of(status))
        except ValueError as error:
            reason = f"$context.responseOverride.status is {text_of(status)!r}, and no number."
            raise MappingTemplateError(name=self._name, reason=reason) from error


def _map(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def _texts(values: object) -> dict[str, str]:
    return {name: text_of(value) for name, value in _map(values).items()}
