"""The GraphQL API. `schema` is the executable schema; an answer that touches none of `PERSONAL` ("Type.field" coordinates)
is the same for everyone of a visibility class."""

from schema.build import build, personal_fields

schema = build()
PERSONAL = personal_fields(schema._schema)

__all__ = ["PERSONAL", "schema"]
