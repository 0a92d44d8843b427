"""The GraphQL transport over HTTP: prepared documents, limits, refusals and finished answers."""
