"""Live updates over `graphql-transport-ws`: one execution a group a tick, one write a connection a tick."""
