"""The ceiling of HTTP under uvicorn: a finished board for every request, whose body is read and not looked at.

python -m bench.peers.static_bytes --port P
"""

import orjson
import uvicorn
from starlette.types import Receive, Scope, Send

from bench.peers.stock_strawberry import IDEAS
from bench.peers.telling import arguments

BODY = orjson.dumps({"data": {"board": IDEAS}})
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


if __name__ == "__main__":
    uvicorn.run(
        answer, host="127.0.0.1", port=arguments().port, backlog=4096, log_level="warning", access_log=False, lifespan="off",
        proxy_headers=False, server_header=False,
    )  # fmt: skip
