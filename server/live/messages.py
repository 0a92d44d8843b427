"""The messages of `graphql-transport-ws`, read strictly and written in pieces that can be shared."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

SUBPROTOCOL = "graphql-transport-ws"
ACK = b'{"type":"connection_ack"}'
COMPLETE = b',"type":"complete"}'
SHORT_ID = 4
"""Clients that count their operations have ids no longer than this."""


@dataclass(frozen=True, slots=True)
class Init:
    """`connection_init`."""

    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ping:
    """`ping`."""

    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pong:
    """`pong`."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """`subscribe`: a query, mutation or subscription."""

    id: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Complete:
    """`complete`: the client wants no more of it."""

    id: str


Message = Init | Ping | Pong | Subscribe | Complete


def read(text: str) -> Message | None:
    """The message in `text`; None where it is none of the protocol's."""
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return _message(message) if isinstance(message, dict) else None


def _message(message: dict[str, Any]) -> Message | None:
    payload = message.get("payload")
    match message.get("type"):
        case "subscribe":
            return Subscribe(message["id"], payload) if _has_id(message) and isinstance(payload, dict) else None
        case "complete":
            return Complete(message["id"]) if _has_id(message) else None
        case _ if payload is not None and not isinstance(payload, dict):
            return None
        case "connection_init":
            return Init(payload or {})
        case "ping":
            return Ping(payload)
        case "pong":
            return Pong()
    return None


def _has_id(message: dict[str, Any]) -> bool:
    return isinstance(message.get("id"), str) and message["id"] != ""


def pong(payload: dict[str, Any] | None) -> bytes:
    """The answer to a ping, with its payload."""
    return orjson.dumps({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})


def prefix(operation_id: str) -> bytes:
    """How each message of one operation begins: the same object for the same short id, such as "1"."""
    return _short_prefix(operation_id) if len(operation_id) <= SHORT_ID else b'{"id":' + orjson.dumps(operation_id)


@lru_cache(maxsize=1_000)
def _short_prefix(operation_id: str) -> bytes:
    return b'{"id":' + orjson.dumps(operation_id)


def next_tail(payload: bytes) -> bytes:
    """How a result of an execution ends, the same for everyone who gets it."""
    return b',"type":"next","payload":' + payload + b"}"


def error_tail(errors: list[dict[str, Any]]) -> bytes:
    """How the message ends that ends an operation for good."""
    return b',"type":"error","payload":' + orjson.dumps(errors) + b"}"
