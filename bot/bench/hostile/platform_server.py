"""A local server that plays the APIs of Slack and Telegram, and remembers how much it was asked."""

from __future__ import annotations

import itertools
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bot.processes import HOST


@dataclass
class Platform:
    """What was asked of the APIs."""

    base: str
    calls: Counter[str] = field(default_factory=Counter)
    """How often each method was called."""
    wrong: list[str] = field(default_factory=list)
    """Requests that the real APIs would refuse."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, method: str, body: bytes) -> None:
        """Notes a request."""
        problem = _problem(method, body)
        with self.lock:
            self.calls[method] += 1
            if problem:
                self.wrong.append(f"{method}: {problem}")


@contextmanager
def serving() -> Iterator[Platform]:
    """The APIs on a free port, until the block is left."""
    numbers = itertools.count(1)

    class Handler(BaseHTTPRequestHandler):
        """Says that all went well."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Answers a request as both platforms do."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            platform.take(self.path.rpartition("/")[2], body)
            content = json.dumps({"ok": True, "result": {"message_id": next(numbers)}, "ts": "1.2"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    platform = Platform(f"http://{HOST}:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()


def _problem(method: str, body: bytes) -> str:
    """Why the real API would refuse a request; empty if it would not."""
    try:
        parameters = json.loads(body)
    except ValueError:
        return "no JSON"
    if method == "sendMessage" and not 0 < len(parameters["text"].encode("utf-16-le", "surrogatepass")) <= 2 * 4096:
        return f"a text of {len(parameters['text'])} characters"
    if method == "chat.postMessage" and not (parameters["text"] or parameters["blocks"]):
        return "nothing to say"
    texts = [it.get("text", {}).get("text", "x") for it in parameters.get("blocks", ()) if it["type"] == "section"]
    return next((f"a section of {len(it)} characters" for it in texts if not 0 < len(it) <= 3000), "")
