"""A real HTTP server on this machine that answers as an OpenAI-compatible API does, with whatever a test wants."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Groups = list[dict[str, Any]]


@dataclass
class Endpoint:
    """url: of the API. asked: the bodies it was sent. headers: of each request."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def chat_endpoint(answer: Callable[[Groups, BaseHTTPRequestHandler], str | None]) -> Iterator[Endpoint]:
    """`answer` gets the groups that were asked about, and gives the message; None: it has written a response itself."""
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            endpoint.asked.append(body)
            endpoint.headers.append(dict(self.headers))
            content = answer(json.loads(body["messages"][1]["content"])["groups"], self)
            if content is not None:
                self.reply(json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode())

        def reply(self, data: bytes, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
