"""Layout of generated Python: ruff, with settings of our own, one call for all files."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from portable_pipeline.codegen.files import GeneratedFile

LINE_LENGTH = 100
_SETTINGS = (
    "--isolated",
    "--no-cache",
    "--quiet",
    "--config", f"line-length = {LINE_LENGTH}",
    "--config", 'lint.isort.known-first-party = ["*_code"]',
    "--config", 'target-version = "py310"',
)  # fmt: skip


def formatted(files: Sequence[GeneratedFile]) -> tuple[GeneratedFile, ...]:
    """The files, those marked `formatted` laid out, with sorted imports and none unused.

    Raises:
        RuntimeError: If one of them is no valid Python: a bug of ours.
    """
    ours = [index for index, each in enumerate(files) if each.formatted]
    if not ours:
        return tuple(files)
    with tempfile.TemporaryDirectory(prefix="ppc-") as folder:
        paths = {index: Path(folder, f"f{index}.py") for index in ours}
        for index, path in paths.items():
            path.write_text(files[index].text, encoding="utf-8", newline="\n")
        # An import may be there for what it does: only the user knows.
        linted = [str(path) for index, path in paths.items() if not files[index].holds_user_code]
        if linted:
            # In one go, an import would be split over lines for the names that are about to go.
            for rule in ("F401", "I"):
                _ruff("check", *_SETTINGS, "--select", rule, "--fix-only", *linted)
        _ruff("format", *_SETTINGS, folder)
        laid_out = {index: path.read_text(encoding="utf-8") for index, path in paths.items()}
    return tuple(replace(each, text=laid_out[index]) if index in laid_out else each for index, each in enumerate(files))


def _ruff(*arguments: str) -> None:
    from ruff import find_ruff_bin

    done = subprocess.run([find_ruff_bin(), *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"generated code is not valid Python: {done.stderr or done.stdout}")
