"""While it is proven that what is to be taken over is still what it was."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from portable_pipeline.ir import ItemKey, Pipeline, RunDate, Text, Uri
from portable_pipeline.runner import caching, run_locally
from portable_pipeline.store import Project
from tests.unit.runner.pipelines import item, loop, pipeline, stage
from tests.unit.runner.test_caching import CODE, files, origins, own_place, ran
from tests.unit.runner.virtual import World, good
from tests.unit.runner.virtual import run as run_virtually

__all__ = ["own_place"]


def test_many_artifacts_are_proven_side_by_side() -> None:
    def case(count: int) -> Pipeline:
        address = Uri(
            parts=(Text(text=str(Path("out").absolute()) + "/"), RunDate(), Text(text="/"), ItemKey(loop="loop"))
        )
        write = stage("write_each", takes={"x": item("loop")}, writes={"out": address}, block="loop", returns=False)
        return pipeline(
            CODE, write.model_copy(update={"cache": True}), blocks=(loop("loop", x=list(range(4, 4 + count))),)
        )

    run_locally(case(60), date="2026-01-05")
    again = run_locally(case(60), date="2026-01-06")
    assert len(origins(again)) == 60
    assert set(ran().values()) == {1}
    assert {int(each.name) + 4: each.read_text(encoding="utf-8") for each in Path("out/2026-01-06").iterdir()} == {
        number: str(number) for number in range(4, 64)
    }


def test_a_mistake_of_ours_is_told_and_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    run_locally(files(), date="2026-01-05")
    monkeypatch.setattr(caching, "taken_over", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        run_locally(files(), date="2026-01-05")


def test_the_rest_of_a_run_does_not_wait_for_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    proving = caching.taken_over

    def slow(*given: object) -> object:
        while "source" not in Path("log.txt").read_text(encoding="utf-8"):
            time.sleep(0.01)
        return proving(*given)  # type: ignore[arg-type]

    case = files()
    case = case.model_copy(
        update={"stages": (*case.stages, stage("source", after=["tick"]), stage("tick", function="work"))}
    )
    run_locally(case, date="2026-01-05")
    ran()
    Path("log.txt").touch()
    monkeypatch.setattr(caching, "taken_over", slow)
    assert run_locally(case, date="2026-01-06").state == "success"
    assert ran() == Counter(source=1, work=1)


def test_stages_that_are_not_cached_cost_nothing(tmp_path: Path) -> None:
    def asked(cached: int) -> tuple[list[str], list[str]]:
        """What is asked of the database and told to it, that about the cache apart."""
        stages = (stage(f"s{number}", cache=number < cached) for number in range(20))
        project = Project(tmp_path / str(cached))
        said: list[str] = []
        project.database.set_trace_callback(said.append)
        assert run_virtually(pipeline("", *stages), World(lambda *_: good()), project).state == "success"
        project.close()
        words = [" ".join(each.split()[:3]) for each in said]
        about = [each for each, whole in zip(words, said, strict=True) if "cached" in whole]
        return [each for each in words if each not in about], about

    (plain, nothing), (rest, lookups) = asked(0), asked(2)
    assert nothing == []
    assert Counter(each.split()[0] for each in lookups) == Counter(SELECT=2, INSERT=2)
    assert Counter(rest) == Counter(plain)
