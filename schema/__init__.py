"""The GraphQL API. `schema` is the executable schema; an answer that touches none of `PERSONAL` ("Type.field" coordinates)
is the same for everyone of a visibility class, and stays so until something happens unless it touches one of `INSTANT`."""

from schema.build import build, instant_fields, personal_fields

schema = build()
PERSONAL = personal_fields(schema._schema)
INSTANT = instant_fields(schema._schema)

__all__ = ["INSTANT", "PERSONAL", "schema"]
