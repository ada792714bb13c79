"""A real HTTP server on loopback that serves a folder, and can be told to misbehave."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(SimpleHTTPRequestHandler):
    """Serves files with Last-Modified and answers conditional requests; ``trouble`` holds statuses to give first."""

    statuses: Counter[int]
    trouble: list[int]

    def do_GET(self) -> None:
        if self.trouble:
            status = self.trouble.pop(0)
            self.statuses[status] += 1
            if status == 0:  # hang up in the middle of an answer
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b"Div,Date")
                self.close_connection = True
                return
            self.send_response(status)
            if status in {301, 302}:
                self.send_header("Location", self.path)
            if status == 429:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        super().do_GET()

    def send_response(self, code: int, message: str | None = None) -> None:
        self.statuses[code] += 1
        super().send_response(code, message)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, type[Handler]]]:
    """Serve a folder; yields the base address and the handler, whose counters and trouble belong to this server."""
    kind = type("Kind", (Handler,), {"statuses": Counter(), "trouble": []})
    with running(partial(kind, directory=str(folder))) as base:
        yield base, kind


@contextmanager
def running(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server on loopback with a handler of requests; yields its base address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
