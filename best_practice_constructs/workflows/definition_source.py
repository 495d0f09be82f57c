"""Where a definition comes from: a mapping, a file, JSON, or the states of aws-cdk-lib."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from best_practice_constructs.errors import InvalidArgumentError, named
from best_practice_constructs.workflows.definition_states import (
    JsonObject,
    UnreadableDefinitionError,
    read_definition,
)


@dataclass(frozen=True, kw_only=True)
class DefinitionSource:
    """A definition as it was given.

    :param definition: it, as objects of its own.
    :param statements: what the tasks of aws-cdk-lib ask for; ``None`` of a definition that is not theirs.
    """

    definition: JsonObject
    statements: tuple[iam.PolicyStatement, ...] | None = None

    @classmethod
    def of(
        cls,
        scope: Construct,
        *,
        definition: Mapping[str, object] | str | Path | None,
        definition_body: stepfunctions.DefinitionBody | None,
    ) -> DefinitionSource:
        """Read what was given.

        :raises InvalidArgumentError: it is neither or both, or cannot be read.
        """
        if (definition is None) == (definition_body is None):
            raise InvalidArgumentError(
                scope,
                given="neither definition nor definition_body" if definition is None else "definition and its body",
                reason="a workflow has one definition",
                remedy="pass definition=, a file's path or a mapping, or definition_body=, of aws-cdk-lib's states",
            )
        if isinstance(definition_body, stepfunctions.ChainDefinitionBody):
            graph = stepfunctions.StateGraph(definition_body.chainable.start_state, "of the workflow")
            statements = tuple(graph.policy_statements)
            return cls(definition=cast("JsonObject", dict(graph.to_graph_json())), statements=statements)
        try:
            return cls(definition=read_definition(_text_or_path(scope, definition, definition_body)))
        except UnreadableDefinitionError as error:
            raise InvalidArgumentError(
                scope,
                given=named(definition or definition_body),
                reason=str(error),
                remedy="pass the path of a file in the Amazon States Language, or what it holds",
            ) from error


def _text_or_path(
    scope: Construct,
    definition: Mapping[str, object] | str | Path | None,
    definition_body: stepfunctions.DefinitionBody | None,
) -> Mapping[str, object] | str | Path:
    if definition is not None:
        return definition
    if isinstance(definition_body, stepfunctions.StringDefinitionBody):
        return definition_body.body
    if isinstance(definition_body, stepfunctions.FileDefinitionBody):
        return Path(definition_body.path)
    raise InvalidArgumentError(
        scope,
        given=f"definition_body={named(definition_body)}",
        reason="it is no definition body of aws-cdk-lib",
        remedy="pass what DefinitionBody.from_chainable, from_file or from_string gives",
    )
