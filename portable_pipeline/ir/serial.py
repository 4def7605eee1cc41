"""The IR as versioned JSON and back, exactly; its JSON Schema; its hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import JsonValue

from portable_pipeline.ir.pipeline import Pipeline

#: Keys that say where something stands, not what it means: they do not count for the hash.
_PLACES = frozenset({"span", "line"})


def to_json(pipeline: Pipeline) -> str:
    """The pipeline as indented JSON, ending in a newline."""
    return pipeline.model_dump_json(indent=2) + "\n"


def from_json(text: str) -> Pipeline:
    """The pipeline that `to_json` wrote.

    Raises:
        pydantic.ValidationError: If the text is no such JSON.
    """
    return Pipeline.model_validate_json(text)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the IR."""
    return Pipeline.model_json_schema()


def digest(pipeline: Pipeline) -> str:
    """SHA-256 (hex) of what the pipeline means: moving it in its file does not change it."""
    meaning = _without_places(pipeline.model_dump(mode="json"))
    return hashlib.sha256(json.dumps(meaning, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _without_places(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _without_places(item) for key, item in value.items() if key not in _PLACES}
    return [_without_places(item) for item in value] if isinstance(value, list) else value
