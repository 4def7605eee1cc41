"""A process that has imported what servers need, and forks them: each is there at once, run after run.

    runner --socket--> forkserver --fork--> server (`serve.py`)

It neither imports nor runs anything of the stages. A message is a length in 8 bytes and so many bytes of JSON:
`{"fork": marker, "code": folder, "modules": [...]}`, with file descriptors for the server's standard input, its log and
`serve.Ends`, or `{"kill": marker}`. What keeps it from forking goes to standard error. It ends with the runner's end of
the socket.
"""

import _socket  # `socket` imports much that is not needed here
import ctypes
import gc
import json
import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from . import guard, serve

_LENGTH_BYTES = 8
_DESCRIPTORS, _DESCRIPTOR_BYTES = 6, 4


def main() -> None:
    """Fork servers until standard input, the socket, ends; does not return."""
    connection = _socket.socket(fileno=0)
    servers: dict[int, str] = {}
    gc.freeze()
    while message := _received(connection):
        told, descriptors = message
        for process in guard.reap()[0]:  # only now: so no other process can have the number of one that is killed
            del servers[process]
        if "kill" in told:
            _kill(process for process, marker in servers.items() if marker == told["kill"])
            continue
        try:
            process = os.fork()
        except OSError as error:
            print(error, file=sys.stderr, flush=True)
        else:
            if process == 0:
                connection.detach()
                _become_server(told, *descriptors)
            servers[process] = told["fork"]
        for each in descriptors:
            os.close(each)
    os._exit(0)


def _received(connection: "_socket.socket") -> tuple[dict[str, Any], list[int]] | None:
    """The next message, and the file descriptors that come with it; None when there will be no more."""
    head, told, _, _ = connection.recvmsg(_LENGTH_BYTES, _socket.CMSG_SPACE(_DESCRIPTORS * _DESCRIPTOR_BYTES))
    descriptors = [
        int.from_bytes(data[at : at + _DESCRIPTOR_BYTES], sys.byteorder)
        for _, _, data in told
        for at in range(0, len(data), _DESCRIPTOR_BYTES)
    ]
    left, body = int.from_bytes(head, "big"), b""
    while left and (chunk := connection.recv(left)):
        left, body = left - len(chunk), body + chunk
    return (json.loads(body), descriptors) if body and not left else None


def _kill(processes: Iterable[int]) -> None:
    for process in processes:
        with suppress(OSError):
            os.kill(process, signal.SIGKILL)


def _mark(marker: str) -> None:
    """Have a marker of one's own, as long as that of the forkserver, for those who look from outside, too."""
    if sys.platform == "linux":
        # They see the memory that the forkserver was started with, wherever Python puts what is new.
        find = ctypes.CDLL(None).getenv
        find.restype = ctypes.c_void_p
        ctypes.memmove(find(guard.MARKER.encode()), marker.encode(), len(marker))
    os.environ[guard.MARKER] = marker


def _become_server(told: dict[str, Any], words: int, log: int, *ends: int) -> None:
    try:
        os.setsid()
        for descriptor, place in ((words, 0), (log, 1), (log, 2)):
            os.dup2(descriptor, place)
        os.close(words)
        os.close(log)
        _mark(told["fork"])
        sys.path.insert(0, told["code"])
        serve.main(serve.Ends(*ends), told["code"], told["modules"])
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)
