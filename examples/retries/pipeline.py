"""Retries: a source that is down for a moment.

The idea: a stage fails like any function, by an exception, and the policy stands in one line above it. What a failed
attempt wrote is gone before the next one starts.
"""

from portable_pipeline import Dataset, Input, Output, pipeline, stage, uri


# Waits 1 s, 2 s, then never more than 3 s; each attempt is killed, children and all, when it takes longer than 30 s.
@stage(retries=4, retry_delay="1s", backoff=2.0, max_delay="3s", timeout="30s")
def fetch(source: str, outages: int, page: Output[Dataset] = uri("{root}/{run_date}/page.txt")) -> int:
    """Download one page; returns its length."""
    import flaky_source

    text = flaky_source.get(source, outages, counter=page.uri + ".asked")
    with open(page.path, "w", encoding="utf-8") as file:
        file.write(text)
    return len(text)


@stage(timeout="30s")
def count(page: Input[Dataset]) -> int:
    """How many words the page has."""
    with open(page.path, encoding="utf-8") as file:
        return len(file.read().split())


@pipeline(owner="ingestion", tags=["example"])
def retries(root: str = "build/retries", source: str = "demo:page", outages: int = 2):
    """Ride out a short outage."""
    count(fetch(source=source, outages=outages))
