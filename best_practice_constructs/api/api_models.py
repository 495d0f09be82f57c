"""The models of an API: what request bodies are validated against (S3)."""

from __future__ import annotations

import hashlib
import json

from aws_cdk import aws_apigateway as apigateway
from constructs import Construct

from best_practice_constructs.api.deployed_changes import redeploy_on_change
from best_practice_constructs.errors import InvalidArgumentError
from best_practice_constructs.schemas.json_schema import Schema, UnsupportedTypeError, model_schema


class ApiModels:
    """The models of one API, one for each schema.

    :param scope: the construct that they are made in.
    :param rest_api: the API.

    :ivar by_class: the model of each class so far.
    """

    def __init__(self, scope: Construct, rest_api: apigateway.RestApi) -> None:
        self.by_class: dict[type, apigateway.CfnModel] = {}
        self._scope = scope
        self._rest_api = rest_api
        self._named: dict[str, apigateway.IModel] = {}
        self._made: dict[str, tuple[str, apigateway.CfnModel]] = {}

    def of(self, body: type, *, given: str) -> apigateway.IModel:
        """Give the model of a class, made when it is first asked for.

        :param given: the route, for the error.
        :raises InvalidArgumentError: the class has no JSON schema.
        """
        try:
            schema = model_schema(body, read=True)
        except UnsupportedTypeError as error:
            raise InvalidArgumentError(
                self._scope,
                given=f"{given} with body={body.__name__}",
                reason=str(error),
                remedy="use fields that JSON has: str, int, float, bool, Decimal, datetime, enums, lists, dataclasses",
            ) from error
        digest = hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()
        model_id = f"{body.__name__}Model"
        if self._made.get(model_id, (digest,))[0] != digest:
            # Another class of the same name, of another module.
            model_id += digest[:8]
        if model_id not in self._made:
            self._made[model_id] = (digest, self._make(model_id, schema))
        model = self.by_class[body] = self._made[model_id][1]
        if model_id not in self._named:
            self._named[model_id] = apigateway.Model.from_model_name(self._scope, f"{model_id}Name", model.ref)
        return self._named[model_id]

    def _make(self, model_id: str, schema: Schema) -> apigateway.CfnModel:
        # The L2 takes its own classes of a schema only, and not a schema.
        model = apigateway.CfnModel(
            self._scope,
            model_id,
            rest_api_id=self._rest_api.rest_api_id,
            content_type="application/json",
            schema=schema,
        )
        redeploy_on_change(self._rest_api, model, model_id=model_id, schema=schema)
        return model
