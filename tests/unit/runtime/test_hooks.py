"""Hooks: in a process of their own, with a typed event, each way to fail told."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.unit.runtime.conftest import Stages

EVENTS = """
from stage_runtime import FailureEvent, RunEvent, call_hook
failure = FailureEvent("churn", "run-1", "train[0]", 3, "ValueError: ä\\nmore")
ended = RunEvent("churn", "run-1", "failed", failed=["train[0]"])
"""


def called(stages: Stages, code: str) -> subprocess.CompletedProcess[str]:
    """What an engine's process does and says."""
    return subprocess.run(
        [sys.executable, "-c", EVENTS + code], cwd=stages.folder, capture_output=True, text=True, check=False
    )


def test_a_hook_gets_its_event_typed_whatever_its_parameter_is_called(stages: Stages) -> None:
    stages.write("""
        from __future__ import annotations
        import os
        from stage_runtime import FailureEvent, RunEvent
        def alert(what: FailureEvent, tries: int = 3) -> object:
            assert type(what) is FailureEvent and tries == 3
            print(what.pipeline, what.run_id, what.stage, what.attempt, repr(what.error))
            return object()
        def report(event: RunEvent):
            assert type(event) is RunEvent
            print(event.state, event.degraded, event.failed, os.getpid() == os.getppid())
    """)
    told = called(
        stages, 'call_hook("pipeline:alert", failure, hook="a")\ncall_hook("pipeline:report", ended, hook="b")'
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.splitlines() == [
        "churn run-1 train[0] 3 'ValueError: ä\\nmore'",
        "failed False ['train[0]'] False",
    ]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("raise ValueError('no network')", "ValueError: no network"),
        ("os.kill(os.getpid(), 9)", "its process was killed by SIGKILL"),
        ("sys.exit(3)", "SystemExit: 3"),
        ("time.sleep(60)", "timed out after 0:00:00.500000"),
    ],
)
def test_a_hook_that_fails_is_told_as_such(stages: Stages, body: str, error: str) -> None:
    stages.write(f"import os, sys, time\ndef alert(event):\n    {body}\n")
    told = called(
        stages,
        "from datetime import timedelta\nfrom stage_runtime import HookFailed\n"
        "try:\n    call_hook('pipeline:alert', failure, hook='on_failure of train', timeout=timedelta(seconds=0.5))\n"
        "except HookFailed as failed:\n    print(str(failed).splitlines()[0])\n",
    )
    assert told.stdout.splitlines()[-1] == f"hook `on_failure of train` failed: {error}"


def test_a_hook_is_no_part_of_a_block_that_ends_its_attempts(stages: Stages) -> None:
    stages.write("def report(event):\n    print('told')\n")
    told = called(
        stages,
        "from stage_runtime import ending_attempts\n"
        "with ending_attempts():\n"
        "    from contextvars import copy_context\n"
        "    context = copy_context()\n"
        "context.run(call_hook, 'pipeline:report', ended, hook='on_exit')\n",
    )
    assert (told.stdout, told.stderr) == ("told\n", "")
