"""Prefect's server, for the driver beside this file; run as a script it is the server's process."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

HEALTHY_WITHIN_SECONDS = 180.0


class Server:
    """Prefect's server on a free port, in a process that ends when this one does.

    Args:
        home: Where it keeps its database.
        template: A database without runs; making one takes longer than all else at the start. Kept when it is missing.
    """

    def __init__(self, home: Path, template: Path) -> None:
        self.socket = socket.socket()  # bound, so that the port is ours, but not listening yet
        self.socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/api"
        self.log = home / "server.log"
        self.database = home / "prefect.db"
        self.template = template
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, once, and wait until it is healthy.

        Raises:
            RuntimeError: If it ends, or is not healthy in time.
        """
        if self.process is not None:
            return
        is_new = not self.template.exists()
        if not is_new:
            shutil.copyfile(self.template, self.database)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, __file__, str(self.socket.fileno())],
                stdin=subprocess.PIPE,  # closed when this process ends, however it ends: the server's sign to go
                stdout=log,
                stderr=log,
                pass_fds=[self.socket.fileno()],
                start_new_session=True,
            )
        self.socket.close()
        deadline = time.monotonic() + HEALTHY_WITHIN_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError):
                self.get("/health")
                if is_new:
                    self.keep_template()
                return
            time.sleep(0.05)
        tail = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"Prefect's server did not become healthy\n{tail}")

    def keep_template(self) -> None:
        """Keep the database for the next server."""
        self.template.parent.mkdir(parents=True, exist_ok=True)
        copy = self.template.with_name(f"{self.template.name}.{os.getpid()}")
        with (
            contextlib.closing(sqlite3.connect(self.database)) as made,
            contextlib.closing(sqlite3.connect(copy)) as kept,
        ):
            made.backup(kept)
        copy.replace(self.template)

    def get(self, path: str) -> Any:
        """What the API answers to GET."""
        return self._ask(urllib.request.Request(self.url + path))

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """What the API answers to POST."""
        headers = {"Content-Type": "application/json"}
        return self._ask(urllib.request.Request(self.url + path, json.dumps(body).encode(), headers))

    @staticmethod
    def _ask(request: urllib.request.Request) -> Any:
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)


def serve(listening: int) -> None:
    """Be the server, until stdin closes."""
    import uvicorn
    from prefect.server.api.server import create_app

    def leave_with_parent() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=leave_with_parent, daemon=True).start()
    config = uvicorn.Config(create_app(final=True), log_level="warning")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=listening)])


if __name__ == "__main__":
    del sys.path[0]  # the folder of this script: its modules are not the server's business
    serve(int(sys.argv[1]))
