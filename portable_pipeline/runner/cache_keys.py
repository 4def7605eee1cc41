"""What has to be the same for a stage to be the same (K1), as a hash.

| counts                                                    | does not                                            |
|-----------------------------------------------------------|-----------------------------------------------------|
| the text of its code with all the user's code it needs    | other stages' code, where it stands                 |
| names and types of what it takes, gives and writes        | retries, timeout, tags, owner, blocks around it     |
| its values; hash, size and kind of the artifacts it takes | their addresses, unless its code mentions `.uri`    |
| the interpreter's version, the packages installed for it  | environment variables, files it reads by their name |
| the pipeline's name, the stage's, ppc's version           | index of the item, run, date                        |
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from pydantic import JsonValue

from portable_pipeline.ir import ArtifactInput, Pipeline, Stage, meaning
from portable_pipeline.runner import environment
from portable_pipeline.runner.stage_code import stage_code
from portable_pipeline.runtime.artifacts import is_reference

#: Raised when what stands behind a key changes its meaning.
_FORMAT = 1
#: The text of code that asks an artifact for its address: what it gives may depend on that.
_ADDRESS = re.compile(r"\.uri\b")


class CacheKeys:
    """The keys of one run's stages.

    Args:
        python: The interpreter of the attempts; ours if None.
    """

    def __init__(self, pipeline: Pipeline, python: Path | None) -> None:
        self._pipeline = pipeline
        self._environment = _environment(python)
        self._version = version("portable-pipeline")  # reads files
        self._stages: dict[str, tuple[str, bool]] = {}

    def key(self, stage: Stage, inputs: Mapping[str, JsonValue], outputs: Mapping[str, str]) -> str:
        """The key of one attempt, as hexadecimal digits.

        Args:
            inputs: JSON values and references of artifacts by parameter.
            outputs: Addresses by parameter.
        """
        if stage.id not in self._stages:
            self._stages[stage.id] = self._definition(stage)
        definition, addresses = self._stages[stage.id]
        taken = [
            _content(inputs[each.name], addresses) if isinstance(each, ArtifactInput) else inputs[each.name]
            for each in stage.inputs
        ]
        return _hash([definition, taken, list(outputs.values()) if addresses else None])

    def _definition(self, stage: Stage) -> tuple[str, bool]:
        """A hash of all but its values, and whether addresses count."""
        code = stage_code(self._pipeline, stage)
        takes = [
            [each.name, each.artifact if isinstance(each, ArtifactInput) else meaning(each.type)]
            for each in stage.inputs
        ]
        writes = [[each.name, each.artifact] for each in stage.outputs]
        named = [self._pipeline.name, stage.id]
        parts = [_FORMAT, self._version, named, code, takes, writes, meaning(stage.result)]
        return _hash([*parts, self._pipeline.packages, self._environment]), bool(_ADDRESS.search(json.dumps(code)))


def _content(taken: JsonValue, addresses: bool) -> JsonValue:
    """What is in the artifacts rather than where they are; several where they were collected."""
    if isinstance(taken, list):
        return [_content(each, addresses) for each in taken]
    if addresses or not is_reference(taken):
        return taken
    assert isinstance(taken, dict)
    return {name: value for name, value in taken.items() if name != "uri"}


def _environment(python: Path | None) -> list[str]:
    if python is None or python == Path(sys.executable):
        return environment.installed()
    said = subprocess.run([python, environment.__file__], stdout=subprocess.PIPE, check=True, text=True).stdout
    found: list[str] = json.loads(said)
    return found


def _hash(value: object) -> str:
    # The order of keys counts: a stage can tell it.
    return hashlib.sha256(json.dumps(value, separators=(",", ":")).encode()).hexdigest()
