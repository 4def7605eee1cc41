"""Commands: what passes here is executed, what does not is refused at run time too."""

from hypothesis import given, settings
from hypothesis import strategies as st

from portable_pipeline.ir import RunDate
from portable_pipeline.ir.types import DATE
from portable_pipeline.runtime.artifacts import Artifact
from portable_pipeline.runtime.commands import argv
from tests.unit.validate.pipelines import a_command, a_pipeline, codes, reads, takes, writes

INPUTS = (takes("day", DATE, RunDate()), reads("data", "ingest", "out"))
VALUES = {"day": "2026-01-05", "data": Artifact("/d", "/d"), "out": Artifact("/o", "/o")}
PIECES = [
    "{",
    "}",
    "{{",
    "}}",
    "{day}",
    "{data}",
    "{data.path}",
    "{data.uri}",
    "{out.path}",
    "{dat}",
    "{day.path}",
    " ",
    "x",
]
WORDS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)


@settings(max_examples=300)
@given(WORDS | st.lists(WORDS, min_size=1, max_size=3).map(tuple))
def test_agrees_with_the_run_time(command: str | tuple[str, ...]) -> None:
    tool = a_command(command, inputs=INPUTS, outputs=(writes("/data/out"),))
    refused = set(codes(a_pipeline(tool))) & {"PPC132", "PPC133"}
    first = command if isinstance(command, str) else command[0]
    if not first.strip():
        assert refused
        return
    try:
        argv(command, VALUES)
    except ValueError:
        assert refused
    else:
        assert not refused
