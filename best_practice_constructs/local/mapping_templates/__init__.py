"""Mapping templates of API Gateway, run on this machine: for tests of what a template makes of good and hostile input.

Needs the extra ``local``: ``pip install 'best-practice-constructs[local]'``.
"""

from best_practice_constructs.local.mapping_templates.mapping_template import (
    MappingTemplate,
    RenderedTemplate,
    TemplateInput,
)
from best_practice_constructs.local.mapping_templates.template_context import request_context
from best_practice_constructs.local.mapping_templates.template_error import MappingTemplateError

__all__ = ["MappingTemplate", "MappingTemplateError", "RenderedTemplate", "TemplateInput", "request_context"]
