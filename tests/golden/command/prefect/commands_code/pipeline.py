"""Stage code of examples/command/pipeline.py."""

from stage_runtime import Artifact


def write(lines: list[str], text: Artifact) -> None:
    """Write the lines, unsorted."""
    with open(text.path, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def read(found: Artifact) -> str:
    """The line that was found."""
    with open(found.path, encoding="utf-8") as file:
        return file.read().rstrip("\n")
