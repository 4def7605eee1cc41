"""The IR as versioned JSON and back, exactly; its JSON Schema; its hash."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from portable_pipeline.ir.base import Node
from portable_pipeline.ir.pipeline import Pipeline

#: Fields that say where something stands, not what it means: they do not count for the hash.
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
    return hashlib.sha256(json.dumps(meaning(pipeline), sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def meaning(value: object) -> object:
    """A part of the IR as plain JSON values, without where it stands."""
    if isinstance(value, Node):
        # What stands at its default is left out, so that a field of a later version changes no hash.
        return {
            name: meaning(getattr(value, name))
            for name, field in type(value).model_fields.items()
            if name == "kind" or (name not in _PLACES and getattr(value, name) != field.default)
        }
    if isinstance(value, tuple):
        return [meaning(item) for item in value]
    return value // timedelta(microseconds=1) if isinstance(value, timedelta) else value
