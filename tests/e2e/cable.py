"""A cable between a browser and the server that a test can cut: a TCP proxy on loopback."""

import selectors
import socket
import threading
from contextlib import suppress


class Cable:
    """Passes bytes both ways until it is cut; then open connections end and new ones are refused, until it is mended."""

    def __init__(self, port: int, to_port: int) -> None:
        """Passes what comes to `port` on to `to_port`."""
        self.port = port
        self.to_port = to_port
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self.loses_answers = False
        """While it is set, what the server says is lost on the way; what it is told arrives."""
        self.mend()

    def mend(self) -> None:
        """Lets connections through again."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """Ends every connection at once, and refuses new ones."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            for side in self._open:
                with suppress(OSError):
                    side.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(("127.0.0.1", self.to_port)) as far:
            with self._lock:
                self._open |= {near, far}
            try:
                self._pass_both_ways(near, far)
            finally:
                with self._lock:
                    self._open -= {near, far}

    def _pass_both_ways(self, near: socket.socket, far: socket.socket) -> None:
        """Until either side ends."""
        other = {near: far, far: near}
        with selectors.DefaultSelector() as ready:
            for side in other:
                ready.register(side, selectors.EVENT_READ, side)
            while True:
                for key, _ in ready.select():
                    near_or_far: socket.socket = key.data
                    if not (data := near_or_far.recv(65_536)):
                        return
                    if not (self.loses_answers and near_or_far is far):
                        other[near_or_far].sendall(data)
