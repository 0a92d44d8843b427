"""Runs prepared operations and turns results into bytes."""

from inspect import isawaitable
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLSchema, execute

from server.api.documents import Prepared
from server.api.errors import formatted


class Engine:
    """Executes prepared operations against one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema

    async def run(self, prepared: Prepared, variables: dict[str, Any], context: object, root: object = None) -> ExecutionResult:
        """Execute once. A subscription is executed as one event whose source is `root`. Never raises for a resolver."""
        result = execute(
            self._schema,
            prepared.document,
            root_value=root,
            context_value=context,
            variable_values=variables,
            operation_name=prepared.operation_name,
        )
        return await result if isawaitable(result) else result


def encoded(result: ExecutionResult, request_id: str | None = None) -> bytes:
    """The result as JSON in UTF-8, faults of ours hidden."""
    if not result.errors:
        return orjson.dumps({"data": result.data})
    return orjson.dumps({"errors": formatted(result.errors, request_id), "data": result.data})


def encoded_errors(errors: list[dict[str, Any]]) -> bytes:
    """An answer without data: nothing was executed."""
    return orjson.dumps({"errors": errors})
