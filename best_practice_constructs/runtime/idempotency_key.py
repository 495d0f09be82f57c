"""What makes two messages the same one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping

import jmespath
from aws_lambda_powertools.utilities.jmespath_utils import PowertoolsFunctions
from jmespath.exceptions import JMESPathError

from best_practice_constructs.runtime.errors import ConfigurationError, MissingIdempotencyKeyError
from best_practice_constructs.runtime.key_fields import fields_of_data

_encode = json.JSONEncoder(sort_keys=True).encode
_options = jmespath.Options(custom_functions=PowertoolsFunctions())


class IdempotencyKey:
    """Finds the idempotency key of a message.

    :param expression: a JMESPath expression into the body, with Powertools' functions (``powertools_json(…)``).

    :raises ConfigurationError: the expression is none.
    """

    def __init__(self, expression: str) -> None:
        self.expression = expression
        try:
            self._path = jmespath.compile(expression)
        except JMESPathError as error:
            raise ConfigurationError(
                f"The idempotency key {expression!r} is no JMESPath expression: {error}"
            ) from error
        self._fields = fields_of_data(self._path.parsed)

    def stands_without(self, fields: Collection[str]) -> bool:
        """Tell whether the key is the same while these fields of the event's data are put aside."""
        return self._fields is not None and self._fields.isdisjoint(fields)

    def of(self, body: Mapping[str, object]) -> object:
        """Return the key, or the list or object of values that together are the key.

        :raises MissingIdempotencyKeyError: there is none, or a part of it is missing.
        """
        try:
            key: object = self._path.search(body, options=_options)
        except (JMESPathError, ValueError) as error:
            raise MissingIdempotencyKeyError(
                f"The idempotency key {self.expression!r} cannot be found: {error}"
            ) from error
        if _is_missing(key):
            raise MissingIdempotencyKeyError(f"The message has no idempotency key at {self.expression!r}.")
        return key


def record_id(function_name: str, key: object) -> str:
    """Return the id of the idempotency record, the same one that Powertools gives with this prefix and SHA-256."""
    return f"{function_name}#{hashlib.sha256(_encode(key).encode()).hexdigest()}"


def _is_missing(key: object) -> bool:
    if isinstance(key, dict):
        return not key or any(value is None for value in key.values())
    if isinstance(key, list):
        return not key or any(value is None for value in key)
    return key is None or key == ""
