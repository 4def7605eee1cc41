"""A module of a project that does not use the language: it travels as it is."""

from pathlib import Path

LINES: list[str] = []


def note_alert(log: str, line: str) -> None:
    LINES.append(line)
    with Path(log).open("a", encoding="utf-8") as file:
        file.write(f"alert {line}\n")
