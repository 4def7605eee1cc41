from __future__ import annotations

from pathlib import Path

from portable_pipeline.redaction import Redactor
from portable_pipeline.report.logs import HEAD, PAGE, TAIL, excerpts
from portable_pipeline.report.wording import printed
from portable_pipeline.store import AttemptRecord, Project

PLAIN = Redactor([])


def attempt(stage: str) -> AttemptRecord:
    return AttemptRecord(stage, 1, 1, "success", 0.0, 1.0)


def written(folder: Path, text: str | bytes, stage: str = "train[0]") -> Project:
    project = Project(folder)
    log = project.log("run", stage, 1)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(text if isinstance(text, bytes) else text.encode())
    return project


def test_a_short_log_is_whole(tmp_path: Path) -> None:
    found = excerpts(written(tmp_path, "one\ntwo\n"), "run", [attempt("train[0]")], PLAIN)["train[0]", 1]
    assert (found.head, found.tail, found.left_out, found.size) == ("one\ntwo", "", 0, 8)


def test_of_a_long_log_the_beginning_and_the_end_are_shown_in_whole_lines(tmp_path: Path) -> None:
    lines = [f"line {number:06}" for number in range(100_000)]
    found = excerpts(written(tmp_path, "\n".join(lines)), "run", [attempt("train[0]")], PLAIN)["train[0]", 1]
    head, tail = found.head.split("\n"), found.tail.split("\n")
    assert lines[: len(head)] == head
    assert lines[-len(tail) :] == tail
    assert HEAD * 0.8 < len(found.head) <= HEAD + 512
    assert TAIL * 0.9 < len(found.tail) <= TAIL + 512
    assert found.left_out == found.size - HEAD - TAIL


def test_a_single_endless_line_is_cut(tmp_path: Path) -> None:
    found = excerpts(written(tmp_path, "x" * 10_000_000), "run", [attempt("train[0]")], PLAIN)["train[0]", 1]
    assert len(found.head) + len(found.tail) < HEAD + TAIL + 1024


def test_no_part_of_a_secret_is_left_where_a_log_is_cut(tmp_path: Path) -> None:
    secret = "0123456789" * 20
    redactor = Redactor([{"token": secret}])
    for shift in range(0, 400, 37):
        # Escape sequences make what is left of a text shorter than its bytes.
        text = "\x1b[31m" * 300 + "y" * (HEAD - 1500 + shift) + secret + "z" * 50_000 + secret + "y" * (TAIL - shift)
        found = excerpts(written(tmp_path, text), "run", [attempt("train[0]")], redactor)["train[0]", 1]
        assert "0123456789" not in found.head + found.tail
        assert "123" not in found.head[-600:] + found.tail[:600]


def test_a_full_page_says_only_how_much_is_left_out(tmp_path: Path) -> None:
    names = [f"s{number}" for number in range(PAGE // (HEAD + TAIL) + 30)]
    for name in names:
        project = written(tmp_path, "word\n" * 10_000, name)
    found = excerpts(project, "run", [attempt(name) for name in names], PLAIN)
    assert sum(len(each.head) + len(each.tail) for each in found.values()) < PAGE + HEAD + TAIL + 1024
    assert found[names[0], 1].tail
    last = found[names[-1], 1]
    assert (last.head, last.tail, last.left_out) == ("", "", 50_000)


def test_an_attempt_without_a_log_has_none(tmp_path: Path) -> None:
    assert excerpts(written(tmp_path, ""), "run", [attempt("train[0]"), attempt("other")], PLAIN) == {}


def test_what_terminals_do_with_output_is_done() -> None:
    assert printed("\x1b[1;31mred\x1b[0m \x1b]0;title\x07text\x1b[2K") == "red text"
    assert printed("10%\r50%\r100%\r\nnext") == "100%\nnext"
    assert printed("a\x00b\x07c\ud800d\u202ee\ufeff") == "abcd�e"
    assert printed(b"\xff\xfe bytes".decode(errors="replace")).endswith(" bytes")
