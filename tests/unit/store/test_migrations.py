"""Projects that earlier versions have left: what they say, how they go on, what a migration leaves when it fails."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from portable_pipeline.diagnostics import Refused
from portable_pipeline.ir import from_json
from portable_pipeline.outcome import Origin
from portable_pipeline.runner import resume_locally, run_locally
from portable_pipeline.store import Project, schema
from portable_pipeline.store.cached import successes

CASES = Path(__file__).parent / "cases"
#: The versions of which there is a project here; with a new schema comes a dump of the one before.
VERSIONS = range(1, len(schema.MIGRATIONS))
FAILED, GOOD = "20260105T020000Z-aaaaaa", "20260106T020000Z-bbbbbb"
TABLES = ("run", "stage", "attempt", "artifact", "event")


@pytest.fixture(params=VERSIONS)
def old(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project of that version."""
    monkeypatch.chdir(tmp_path)
    dump = (CASES / f"version_{request.param}.sql").read_text(encoding="utf-8").replace("ROOT", str(tmp_path))
    folder = tmp_path / ".ppc"
    folder.mkdir()
    database = sqlite3.connect(folder / "runs.db")
    database.executescript(dump)
    database.close()
    for day in ("2026-01-05", "2026-01-06"):
        made = tmp_path / "data" / day / "table.txt"
        made.parent.mkdir(parents=True)
        made.write_text("row\n" * 3, encoding="utf-8")
    return folder


@pytest.fixture
def opened(old: Path) -> Project:
    return Project(old)


def content(database: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """All rows, but for the pipelines: where they are is the schema's business."""
    columns = {each: [name for _, name, *_ in database.execute(f"PRAGMA table_info({each})")] for each in TABLES}
    return {
        each: sorted(database.execute(f"SELECT {', '.join(name for name in names if name != 'ir')} FROM {each}"))
        for each, names in columns.items()
    }


def plain(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "runs.db")


def shape(database: sqlite3.Connection) -> dict[str, object]:
    """The tables as SQLite sees them, however they came to be so."""
    names = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return {
        name: [
            sorted(database.execute(f"PRAGMA {about}({name})"))
            for about in ("table_info", "foreign_key_list", "index_list")
        ]
        for name in names
    }


def test_an_old_project_becomes_one_of_today_and_keeps_all(old: Path, tmp_path: Path) -> None:
    before = plain(old)
    expected, pipelines = content(before), dict(before.execute("SELECT id, ir FROM run"))
    before.close()
    assert [len(expected[each]) for each in TABLES] == [2, 8, len(expected["attempt"]), 2, len(expected["event"])]
    project = Project(old)
    assert content(project.database) == expected
    assert project.database.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)
    assert project.database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert project.database.execute("PRAGMA foreign_key_check").fetchall() == []
    new = Project(tmp_path / "new")
    assert shape(project.database) == shape(new.database)
    assert {run: project.pipeline(run) for run in pipelines} == {run: from_json(ir) for run, ir in pipelines.items()}
    new.close()
    project.close()


def test_what_it_says_is_what_it_said(opened: Project) -> None:
    assert [(each.id, each.state) for each in opened.runs()] == [(GOOD, "success"), (FAILED, "failed")]
    stages = {each.id: (each.state, each.attempts, each.returned.get("result")) for each in opened.stages(FAILED)}
    assert stages == {
        "write": ("success", 1, 3),
        "measure[0]": ("success", 1, 12),
        "measure[1]": ("failed", 2, None),
        "total": ("upstream_failed", 0, None),
    }
    failed = [each for each in opened.attempts(FAILED) if each.error]
    assert [(each.number, each.error) for each in failed] == [(n, "ValueError: not by 2") for n in (1, 2)]
    assert [each.kind for each in opened.history(FAILED)][-1] == "run_ended"
    opened.close()


def test_a_run_of_then_goes_on_today(opened: Project) -> None:
    Path("mended").touch()
    outcome = resume_locally(opened.pipeline(FAILED), FAILED)
    assert (outcome.state, outcome.stages[-1].result) == ("success", 36)
    began = [(each.stage, each.number) for each in opened.attempts(FAILED) if each.session == 2]
    assert began == [("measure[1]", 3), ("total", 1)]
    opened.close()


def test_what_it_had_for_later_runs_is_still_there(opened: Project, old: Path) -> None:
    database = plain(old)
    (version,) = database.execute("PRAGMA user_version").fetchone()
    keys = [key for (key,) in database.execute("SELECT DISTINCT key FROM cached")] if version > 1 else []
    database.close()
    found = [successes(opened, key, but="another") for key in keys]
    assert [[each.origin for each in one] for one in found] == [[Origin(FAILED, "write")] * 2] * (version > 1)
    origins = {each.id: each.cached for each in opened.stages(GOOD) if each.cached}
    assert origins == ({"write": Origin(FAILED, "write")} if version > 1 else {})
    opened.close()


def test_new_runs_cache_beside_the_old_ones_and_go_with_all_that_they_left(opened: Project) -> None:
    case = opened.pipeline(GOOD)
    case = case.model_copy(update={"stages": tuple(each.model_copy(update={"cache": True}) for each in case.stages)})
    Path("mended").touch()
    given = {"root": f"{Path.cwd()}/data"}
    first, again = (run_locally(case, given, date=day) for day in ("2026-01-07", "2026-01-08"))
    # Where the environment is that of the dump, the first one takes over what the old runs have left.
    expected = {each.id: each.cached or Origin(first.run_id, each.id) for each in first.stages}
    assert {each.id: each.cached for each in again.stages} == expected
    for run in [each.id for each in opened.runs()]:
        opened.delete(run)
    left = (*TABLES, "cached", "captured")
    assert [opened.database.execute(f"SELECT count(*) FROM {each}").fetchone() for each in left] == [(0,)] * len(left)
    opened.close()


def test_a_migration_that_fails_leaves_what_was_there(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = plain(old)
    expected = (content(before), shape(before), before.execute("PRAGMA user_version").fetchone())
    before.close()
    with monkeypatch.context() as broken:
        broken.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE more (n);\nDROP TABLE nothing"))
        with pytest.raises(Refused) as refused:
            Project(old).runs()
    assert [each.code for each in refused.value.diagnostics] == ["PPC480"]
    after = plain(old)
    assert (content(after), shape(after), after.execute("PRAGMA user_version").fetchone()) == expected
    after.close()
    assert len(Project(old).runs()) == 2


def test_who_comes_at_the_same_time_finds_it_migrated(old: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from portable_pipeline.store import Project; sys.stdin.readline();"
        "print([run.id for run in Project(Path(sys.argv[1])).runs()])"
    )
    command = [sys.executable, "-c", code, str(old)]
    others = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(4)
    ]
    for each in others:  # all have imported what they need by the time that the last one is told
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    assert [each.communicate(timeout=60)[0] for each in others] == [f"{[GOOD, FAILED]}\n"] * 4
