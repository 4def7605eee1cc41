"""Hooks and words for them in a module that does not import the language itself: it travels as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import vocabulary
from recording import record_call

if TYPE_CHECKING:
    from portable_pipeline import RunEvent


def alert(event: vocabulary.FailureEvent) -> None:
    assert type(event) is vocabulary.FailureEvent
    record_call("alert", event)


def sign_off(event: RunEvent) -> None:
    record_call("sign_off", event)


def words(stage: str) -> str:
    event = vocabulary.FailureEvent("x2_words", "run", stage, 1, "no luck")
    return f"{event.stage}: {event.error}"
