"""uv: which Python it is told to use, and what a user is told when it fails."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from portable_pipeline.diagnostics import Refused
from portable_pipeline.engines import installer


def answered(code: int, stdout: str = "", stderr: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess([], code, stdout, stderr)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("error: failed to write: No space left on device (os error 28)", "the disk is full"),
        ("error: Permission denied (os error 13)", "a folder cannot be written"),
        ("error: error sending request for url (https://index/simple/kfp/)", "the package index cannot be reached"),
        ("  x No solution found when resolving dependencies", "the requirements contradict each other, or one of them"),
        ("  x Failed to build `acme==1`", "a package could not be built or is not written as pip expects"),
        ("something else", "uv failed"),
    ],
)
def test_the_cause_is_named_and_uvs_own_words_are_kept(
    message: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installer, "_run_uv", lambda arguments: answered(2, stderr=f"\x1b[31m{message}\x1b[0m"))
    with pytest.raises(Refused) as refused:
        installer.install("the engine `kfp`", installer.base_python(), ["kfp"])
    (found,) = refused.value.diagnostics
    assert found.message.startswith(f"the engine `kfp` could not be installed: {reason}")
    assert message.strip() in found.advice
    assert "\x1b" not in found.advice


def test_the_python_that_runs_us_is_preferred() -> None:
    minor = sys.version_info.minor
    assert installer.find_python("kfp", (minor + 1, minor)) == installer.base_python()


def test_another_python_is_looked_for_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
        asked.append(arguments[-1])
        return answered(0, "/usr/bin/python3.3\n") if arguments[-1] == "3.3" else answered(2)

    monkeypatch.setattr(installer, "_run_uv", run)
    assert str(installer.find_python("kfp", (2, 3))) == "/usr/bin/python3.3"
    assert asked == ["3.2", "3.3", "3.3"]


def test_no_python_is_told_with_those_that_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installer, "_run_uv", lambda arguments: answered(2))
    with pytest.raises(Refused) as refused:
        installer.find_python("kfp", (2, 3))
    assert refused.value.diagnostics[0].message == "no Python for `kfp` was found: it runs on 3.2, 3.3"


def test_what_pip_was_told_about_its_index_holds_for_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, str] = {}

    def run(command: list[str], env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        seen.update(env)
        return answered(0)

    for name in ("UV_DEFAULT_INDEX", "UV_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://pip.example/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://more.example/simple")
    monkeypatch.setenv("UV_INDEX", "https://uv.example/simple")
    monkeypatch.setattr(subprocess, "run", run)
    installer.install("it", installer.base_python(), ["it"])
    assert seen["UV_DEFAULT_INDEX"] == "https://pip.example/simple"
    assert seen["UV_INDEX"] == "https://uv.example/simple"
    assert "UV_DEFAULT_INDEX" not in os.environ
