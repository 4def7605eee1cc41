"""`kill -9` of the runner and of its workers, at random moments: what is resumed ends as it would have.

The runs of a group share a project: what is cached the first one executes, and the others copy it from there.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from portable_pipeline.outcome import Origin
from portable_pipeline.runtime.files import fingerprint
from portable_pipeline.store import Project, RunRecord
from tests.contract.observed import alive

VICTIM = Path(__file__).parent / "cases" / "victim.py"
PPC = Path(sys.executable).with_name("ppc")
#: All together.
KILLS = int(os.environ.get("PPC_CRASH_KILLS", "304"))
GROUPS = 8
#: Of a group.
LEAST_RUNS = 3
#: Runs are shorter than that.
LONGEST_SECONDS = 1.2
GONE_WITHIN_SECONDS = 5.0
BULK = ("bulk[0]", "bulk[1]", "bulk[2]")
EXPECTED = {"load": [0, 1, 2, 3], "spare": 7, "total": 14 + 9 * 4 - 2 + 7, "weigh": 24_000_000 + 3}


class Victim:
    """One run, killed and resumed until it has ended.

    Args:
        project: Where there are other runs already.
        chance: When and what to kill.
    """

    def __init__(self, folder: Path, project: Project, chance: random.Random) -> None:
        self.project = project
        self.before = len(project.runs())
        self.root, self.log = folder / "data", folder / "log.txt"
        self.token = secrets.token_hex(8)
        self.kills = 0
        self.runner_kills = 0
        self._folder = folder
        self._chance = chance

    @property
    def run(self) -> RunRecord | None:
        """What is known of it, once it has been written down."""
        newest, *others = self.project.runs() or [None]
        return newest if len(others) == self.before else None

    def start(self) -> subprocess.Popen[bytes]:
        given = ["-p", f"root={self.root}", "-p", f"log={self.log}"]
        arguments = ["resume", self.run.id] if self.run else ["run", str(VICTIM), *given]
        return subprocess.Popen(
            [str(PPC), *arguments, "--project", str(self.project.folder), "--output-format", "json"],
            cwd=self._folder,
            env={**os.environ, "PPC_CRASH_TOKEN": self.token, "PPC_CRASH_LOG": str(self.log)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def session(self, kills: int) -> bytes | None:
        """Run it, or go on with it; what it printed if it ended by itself.

        Args:
            kills: At most so many.
        """
        process = self.start()
        begun = time.monotonic()
        while kills and process.poll() is None:
            time.sleep(self._chance.uniform(0, LONGEST_SECONDS - min(time.monotonic() - begun, LONGEST_SECONDS - 0.05)))
            workers = [each for each in self.processes() if each != process.pid]
            at_runner = not workers or self._chance.random() < 0.6
            victim = process.pid if at_runner else self._chance.choice(workers)
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
                kills -= 1
                self.kills += 1
                self.runner_kills += at_runner
        out, _ = process.communicate(timeout=120)
        return out if process.returncode >= 0 else None

    def processes(self) -> list[int]:
        """All that run because of this one."""
        wanted = f"PPC_CRASH_TOKEN={self.token}".encode()
        return [process for process in _all_processes() if wanted in _environment(process)]

    def gone(self) -> bool:
        """Whether nothing of it runs any more, soon."""
        deadline = time.monotonic() + GONE_WITHIN_SECONDS
        while any(map(alive, self.processes())):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def _all_processes() -> Iterator[int]:
    return (int(each.name) for each in Path("/proc").glob("[0-9]*"))


def _environment(process: int) -> list[bytes]:
    try:
        return Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_killed_run_ends_as_it_would_have(tmp_path: Path, group: int) -> None:
    chance = random.Random(f"kills {group}")
    wanted, killed, number = KILLS // GROUPS, 0, 0
    project = Project(tmp_path / ".ppc")
    while killed < wanted or number < LEAST_RUNS:
        folder = tmp_path / str(number)
        folder.mkdir()
        victim = Victim(folder, project, chance)
        out = None
        for _ in range(50):
            out = victim.session(chance.randint(1, 3) if killed + victim.kills < wanted else 0)
            assert victim.gone(), f"left: {victim.processes()}"
            if out is not None and (victim.run is None or victim.run.state == "success"):
                break
        killed, number = killed + victim.kills, number + 1
        check(victim, out)
    check_cached(project)
    project.close()


def check(victim: Victim, out: bytes | None) -> None:
    """The run has ended as one that nobody disturbed."""
    project, run = victim.project, victim.run
    assert out is not None
    assert run is not None, out.decode()
    assert (run.state, run.degraded) == ("success", True), out.decode()
    assert project.database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    stages = {each.id: each for each in project.stages(run.id)}
    assert {id: stages[id].returned["result"] for id in EXPECTED} == EXPECTED
    told = {f"told[{row}]": f"{row} IS {'ODD' if row % 2 else 'EVEN'}" for row in range(4)}
    assert {id: stages[id].returned["result"] for id in told} == told
    skipped = {"odd[0]", "odd[2]", "even[1]", "even[3]"}
    assert {id for id, each in stages.items() if each.state == "skipped"} == skipped

    attempts: dict[str, list[str]] = {}
    for each in project.attempts(run.id):
        attempts.setdefault(each.stage, []).append(each.state)
    # No success ran twice: the one that was noted down is the last.
    assert {id: found for id, found in attempts.items() if "success" in found[:-1]} == {}
    started = Counter(line.split()[0] for line in victim.log.read_text(encoding="utf-8").splitlines())
    too_often = {id: count for id, count in started.items() if count > len(attempts.get(id, ()))}
    assert too_often == {}, "attempts started that were not written down before"

    for artifact in project.artifacts(run.id):
        found = fingerprint(Path(artifact.uri))
        assert found == {"kind": artifact.kind, "size": artifact.size, "sha256": artifact.sha256}, artifact
    files = {str(path.relative_to(victim.root)) for path in victim.root.rglob("*") if path.is_file()}
    left = {each for each in files if ".stage_runtime" not in each}
    assert left == {
        "table.txt",
        "whole.txt",
        *(f"parts/{row}.txt" for row in range(4)),
        *(f"bulk/{n}.bin" for n in range(3)),
    }
    # Killed after it had noted its end and before it could tell, it has nothing left to resume.
    assert json.loads(out)["state"] == "success" or b"PPC486" in out


def check_cached(project: Project) -> None:
    """However often they were killed, the first run has executed what is cached, and all others have copied that."""
    first, *others = reversed(project.runs())
    assert len(others) >= LEAST_RUNS - 1
    found = {run.id: {each.id: each.cached for each in project.stages(run.id) if each.id in BULK} for run in others}
    expected = {id: Origin(first.id, id) for id in BULK}
    assert found == {run.id: expected for run in others}
    executed = Counter(each.stage for run in others for each in project.attempts(run.id))
    assert {id: executed[id] for id in BULK} == dict.fromkeys(BULK, 0)
