"""A folder with pipelines, `ppc` called there as users call it, and nothing that may be left afterwards."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portable_pipeline.store import Project
from tests.contract.observed import alive

CASES = Path(__file__).parent / "cases"
PPC = Path(sys.executable).with_name("ppc")
LONGEST_SECONDS = 120
GONE_WITHIN_SECONDS = 5.0


@dataclass(frozen=True)
class Called:
    """What a call left behind."""

    code: int
    out: str
    err: str

    @property
    def outcome(self) -> dict[str, Any]:
        """What was printed as JSON."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def states(self) -> dict[str, str]:
        return {each["id"]: each["state"] for each in self.outcome["stages"]}


class Place:
    """Where `ppc` is called.

    Args:
        folder: Gets a copy of the cases that are named.
    """

    def __init__(self, folder: Path, *cases: str) -> None:
        self.folder = folder
        # Not the user's: what stands there is of other commands.
        self._temporary = folder.with_name(f"{folder.name}-temporary")
        self._temporary.mkdir(exist_ok=True)
        self._token = secrets.token_hex(8)
        for case in cases:
            (folder / case).write_text((CASES / case).read_text(encoding="utf-8"), encoding="utf-8")

    def path(self, name: str) -> Path:
        return self.folder / name

    @property
    def project(self) -> Project:
        return Project(self.folder / ".ppc")

    def begin(self, *arguments: str, **settings: Any) -> subprocess.Popen[bytes]:
        """Start `ppc`, which heeds Ctrl-C whether or not we do: what runs in the background does not."""
        return self.begin_as([str(PPC)], *arguments, **settings)

    def begin_as(self, program: list[str], *arguments: str, **settings: Any) -> subprocess.Popen[bytes]:
        """Start what takes the arguments of `ppc`, as `begin` does."""
        environment = settings.pop("env", {**os.environ, "TMPDIR": str(self._temporary)})
        more = settings.pop("preexec_fn", None)

        def prepare() -> None:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            if more is not None:
                more()

        return subprocess.Popen(
            [*program, *arguments],
            cwd=self.folder,
            env={**environment, "PPC_ROBUSTNESS_TOKEN": self._token},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=prepare,
            **settings,
        )

    def end(self, process: subprocess.Popen[bytes]) -> Called:
        """Wait for its end: no process is left of it, and nobody was shown a traceback of ours.

        A traceback of the user's own code, in the table of a run, begins further to the right.
        """
        called = self.end_one(process)
        until(lambda: not self.left(), GONE_WITHIN_SECONDS)
        return called

    def end_one(self, process: subprocess.Popen[bytes]) -> Called:
        """Wait for its end, while others go on."""
        out, err = process.communicate(timeout=LONGEST_SECONDS)
        called = Called(process.returncode, out.decode(), err.decode())
        for text in (called.out, called.err):
            assert "\nTraceback" not in f"\n{text}", text
            assert "PPC900" not in text, text
        return called

    def ppc(self, *arguments: str, **settings: Any) -> Called:
        """Call `ppc`, to its end."""
        return self.end(self.begin(*arguments, **settings))

    def left(self) -> list[int]:
        """Processes that run because of what was called here."""
        wanted = f"PPC_ROBUSTNESS_TOKEN={self._token}".encode()
        return [each for each in _processes() if wanted in _environment(each) and alive(each)]


def until(holds: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until something holds.

    Raises:
        AssertionError: If it does not in time.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


def _processes() -> Iterator[int]:
    return (int(each.name) for each in Path("/proc").glob("[0-9]*"))


def _environment(process: int) -> list[bytes]:
    try:
        return Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
