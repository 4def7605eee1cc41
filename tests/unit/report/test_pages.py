"""What pages say, read from their text; how they look and behave is seen in a browser (tests/report)."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from portable_pipeline.ir import Branch, Compare, Constant, Operand, ParameterRef, Pipeline, Retry, Stage
from portable_pipeline.ir.types import INT
from portable_pipeline.outcome import Origin
from portable_pipeline.report import pipeline_page
from portable_pipeline.store import Journal, Project
from tests.unit.graph.pipelines import pipeline, stage
from tests.unit.report.runs import BODY, RUN, Night, looped, night, page, parameter

EVIL = "</script></style><img src=x onerror=alert(1)>"


class Read(HTMLParser):
    """The text of a page, and its tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def states(self) -> dict[str, str]:
        """The state of each section, by the id of its stage or item."""
        found: dict[str, str] = {}
        look = ""
        for tag, attributes in self.tags:
            css = (attributes.get("class") or "").split()
            if tag == "details" and ("stage" in css or "item" in css):
                look = css[1].removeprefix("s-")
            if (attributes.get("id") or "").startswith("stage-"):
                found[(attributes["id"] or "").removeprefix("stage-")] = look
        return found


def test_every_text_of_a_user_is_escaped(tmp_path: Path) -> None:
    drawn = Pipeline(
        name=EVIL, source=EVIL, description=EVIL, stages=(Stage(id="a", body=BODY, description=EVIL, owner=EVIL),)
    )
    with night(tmp_path, drawn, {"name": EVIL}, "failed") as run:
        run.stage("a", "failed", error=EVIL, log=f"{EVIL}\n")
    read = Read(page(tmp_path))
    assert [tag for tag, _ in read.tags if tag in ("img", "iframe", "object", "link")] == ["link"]
    assert [tag for tag, _ in read.tags].count("script") == 1
    assert not any(name.startswith("on") for _, attributes in read.tags for name in attributes)
    assert read.text.count("onerror=alert(1)>") >= 6
    assert not [tag for tag, _ in Read(pipeline_page(drawn)).tags if tag == "img"]


def test_secrets_are_nowhere(tmp_path: Path) -> None:
    drawn = Pipeline(name="p", source="p.py", stages=(Stage(id="a", body=BODY), Stage(id="b", body=BODY)))
    with night(tmp_path, drawn, {"api_token": "s3cr3t-value", "db": "postgresql://u:pa55word@h/d"}, "failed") as run:
        run.stage("a", "success", result={"password": "from-a-stage", "said": "from-a-stage"})
        run.stage("b", "failed", error="s3cr3t-value is wrong", log="I saw s3cr3t-value and from-a-stage\n")
    text = page(tmp_path)
    assert [each for each in ("s3cr3t-value", "pa55word", "from-a-stage") if each in text] == []
    assert text.count("•••••• (hidden)") >= 5


def test_the_default_of_a_secret_is_not_on_the_page_of_a_pipeline() -> None:
    secret = parameter("password").model_copy(update={"required": False, "default": "hunter22"})
    text = pipeline_page(Pipeline(name="p", source="p.py", parameters=(secret,), stages=(Stage(id="a", body=BODY),)))
    assert "hunter22" not in text


@pytest.mark.parametrize(
    ("ends", "noted", "look", "shown"),
    [
        ("running", "running", "interrupted", "interrupted"),
        ("interrupted", "queued", "interrupted", "queued"),
        ("interrupted", "up_for_retry", "interrupted", "interrupted"),
        ("cancelled", "cancelled", "cancelled", "cancelled"),
        ("success", "skipped", "success", "skipped"),
    ],
)
def test_runs_that_have_not_come_to_their_end(tmp_path: Path, ends: str, noted: str, look: str, shown: str) -> None:
    """No process holds these: what is noted as running was interrupted."""
    drawn = pipeline(stage("a"), stage("b", ["a"]))
    with night(tmp_path, drawn, ends=ends) as run:
        run.stage("a", "success", 1)
        run.stage("b", noted)
    read = Read(page(tmp_path))
    assert f'class="badge s-{look}"' in page(tmp_path)
    assert read.states() == {"a": "success", "b": shown}


def test_a_run_under_way_says_so_and_until_when(tmp_path: Path) -> None:
    with night(tmp_path, pipeline(stage("a"), stage("b", ["a"]), stage("c"))) as run:
        run.stage("a", "success", 1)
        run.stage("b", "running")
        run.journal.commit()
        read = Read(page(tmp_path))
    assert "Still running: this page shows how it was at" in read.text
    assert read.states() == {"a": "success", "b": "running", "c": "queued"}


def test_a_skipped_stage_says_why(tmp_path: Path) -> None:
    is_large = Compare(
        operator=">=",
        left=Operand(type=INT, value=ParameterRef(name="rows")),
        right=Operand(type=INT, value=Constant(value=3)),
    )
    drawn = Pipeline(
        name="p",
        source="p.py",
        parameters=(parameter("rows"),),
        stages=(Stage(id="a", body=BODY, block="when"), Stage(id="b", body=BODY, after=("a",))),
        blocks=(Branch(id="when", predicate=is_large),),
    )
    with night(tmp_path, drawn) as run:
        run.journal.note("branch_decided", "when", {"holds": False})
        run.stage("a", "skipped")
        run.stage("b", "skipped")
    text = Read(page(tmp_path)).text
    assert "rows >= 3 did not hold" in text
    assert "a was skipped" in text


def test_what_was_cached_says_so(tmp_path: Path) -> None:
    with night(tmp_path, pipeline(stage("a"))) as run:
        run.journal.returned("a", {"result": 1}, 0)
        run.journal.stage("a", "success", 0)
        run.journal.commit()
        run.journal.cached("a", "key", Origin("20260104T020000Z-000000", "a"))
    text = Read(page(tmp_path)).text
    assert "1 stage was not executed, but taken from the cache." in text
    assert text.count("cached from run 20260104T020000Z-000000") == 2


def test_what_was_kept_says_so_and_attempts_tell_their_session(tmp_path: Path) -> None:
    drawn = pipeline(stage("a"), stage("b", ["a"]))
    with night(tmp_path, drawn, ends="failed") as run:
        run.stage("a", "success", 1)
        run.stage("b", "failed", error="once")
    project = Project(tmp_path)
    journal = Journal.resume(project, project.run(RUN), drawn, {"a"})
    journal.note("stage_kept", "a", {"state": "success"})
    again = Night(project, journal)
    again.stage("b", "success", 2)
    journal.ended("success", None, degraded=False, hook_errors=())
    journal.commit()
    journal.close()
    project.close()
    text = Read(page(tmp_path)).text
    assert text.count("kept from an earlier session") == 1
    assert "1 stage of earlier sessions was kept." in text
    assert re.search(r"attempt 1 failed session 1, .* attempt 2 success session 2, ", text)


def test_a_thousand_items_are_one_row_and_the_failed_ones(tmp_path: Path) -> None:
    with night(tmp_path, looped(1000), ends="failed") as run:
        for index in range(1000):
            run.stage(f"train[{index}]", "failed" if index in (500, 900) else "success", index)
    text = page(tmp_path)
    read = Read(text)
    assert len(text) < 400_000
    shown = {name: look for name, look in read.states().items() if look == "failed"}
    assert shown == {"train": "failed", "train.500": "failed", "train.900": "failed"}
    assert "1,000 items: 2 failed, 998 success" in read.text
    assert "990 more items: 990 success, not shown here" in read.text
    assert len(re.findall('<rect class="bar s-', text)) < 300


def test_ten_thousand_stages_are_a_page_of_bounded_size(tmp_path: Path) -> None:
    names = [f"stage_{index}" for index in range(10_000)]
    with night(tmp_path, pipeline(*map(stage, names)), ends="failed") as run:
        for name in names:
            run.stage(name, "failed" if name.endswith("_7777") else "success", 1)
    text = page(tmp_path)
    read = Read(text)
    assert len(text) < 600_000
    assert read.states()["stage_7777"] == "failed"
    assert len(read.states()) == 100
    assert "9,900 more stages: 9,900 success, not shown here" in read.text
    assert "10,000 stages are too many for a drawing" in read.text


def test_many_attempts_are_the_last_ones(tmp_path: Path) -> None:
    with night(tmp_path, pipeline(stage("a")), ends="failed") as run:
        for number in range(1, 51):
            run.attempt("a", number, "failed", "again")
        run.journal.stage("a", "failed", 50)
    text = Read(page(tmp_path)).text
    assert f"42 earlier attempts: ppc show {RUN} --logs a" in text
    assert "attempt 43" in text
    assert "attempt 50" in text


def test_the_page_of_a_pipeline_has_the_settings_and_the_code() -> None:
    drawn = pipeline(
        stage("a", retries=3, timeout_s=90).model_copy(
            update={"retry": Retry(retries=3, delay=timedelta(seconds=5), backoff=2.0, jitter=0.1)}
        ),
        stage("b", ["a"], command=True),
    )
    text = Read(pipeline_page(drawn)).text
    assert "3, after 5 s, each wait 2 times the one before, up to 10% more at random" in text
    assert "timeout 90 s" in text
    assert "command true" in text
    assert pipeline_page(drawn) == pipeline_page(drawn)
