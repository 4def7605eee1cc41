"""Stage code of examples/retries/pipeline.py."""

from stage_runtime import Artifact


# Waits 1 s, 2 s, then never more than 3 s; each attempt is killed, children and all, when it takes longer than 30 s.
def fetch(source: str, outages: int, page: Artifact) -> int:
    """Download one page; returns its length."""
    import flaky_source

    text = flaky_source.get(source, outages, counter=page.uri + ".asked")
    with open(page.path, "w", encoding="utf-8") as file:
        file.write(text)
    return len(text)


def count(page: Artifact) -> int:
    """How many words the page has."""
    with open(page.path, encoding="utf-8") as file:
        return len(file.read().split())
