"""The command as a whole: help, exit codes, what is imported, what a user sees of our bugs."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from portable_pipeline.cli import steps
from portable_pipeline.cli.main import COMMANDS, ppc
from tests.unit.cli.conftest import Called

Ppc = Callable[..., Called]


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = dict(commands(ppc))


def test_help_lists_every_command(ppc: Ppc) -> None:
    called = ppc("--help")
    assert called.code == 0
    assert re.findall(r"^  ([a-z]+)  +[A-Z]", called.out, re.MULTILINE) == sorted(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_summary_in_the_list_is_the_commands_own(name: str) -> None:
    assert (ALL[name,].help or "").splitlines()[0] == COMMANDS[name][1]


@pytest.mark.parametrize("path", sorted(path for path, command in ALL.items() if not isinstance(command, click.Group)))
def test_every_command_and_option_is_explained(path: tuple[str, ...]) -> None:
    command = ALL[path]
    assert command.help
    options = [each for each in command.params if isinstance(each, click.Option)]
    if path[:1] != ("engines",):
        assert re.search(r"Examples:\n  .*ppc", command.epilog or "")
        assert all(each.help for each in options), path


def test_examples_of_the_help_are_commands_that_exist() -> None:
    for path, command in ALL.items():
        for line in re.findall(r"^ +ppc (.+)$", command.epilog or "", re.MULTILINE):
            words = line.split("#")[0].split(" | ")[0].split(">")[0].split()
            found = ALL[words[0],]
            rest = words[1:]
            if isinstance(found, click.Group):
                found, rest = ALL[words[0], rest[0]], rest[1:]
            found.make_context(words[0], rest, resilient_parsing=True)
            known = {name for each in found.params for name in each.opts}
            assert {word for word in rest if word.startswith("-")} <= known, (path, line)


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["chek", "x.py"], "there is no command `chek`; did you mean `check`?"),
        (["engines", "instal"], "there is no command `instal`; did you mean `install`?"),
        (["compile", "x.py", "--target", "airflow", "--ou", "y"], "Did you mean '--out'?"),
        (["explain", "PPC40"], "there is no code or rule `PPC40`; did you mean `PPC4"),
        (["explain", "R33"], "there is no code or rule `R33`; did you mean `R3`?"),
        (["compile", "x.py", "-t", "kfp", "-o", "y", "--degrade", "R2.jiter"], "did you mean `R2.jitter`?"),
        (["check", "x.py", "--output-format", "jsn"], "`jsn` is none of text, json, github; did you mean `json`?"),
        (["run", "x.py", "-p", "n"], "a parameter is written NAME=VALUE, not `n`"),
        (["ir"], "give a FILE, or --schema"),
        (["check"], "Missing argument 'FILE'"),
    ],
)
def test_a_wrong_call_gets_advice_and_exit_code_2(ppc: Ppc, arguments: list[str], advice: str) -> None:
    called = ppc(*arguments)
    assert called.code == 2
    assert advice in called.err
    assert called.out == ""


def test_an_unknown_target_is_a_diagnostic(ppc: Ppc, sample: Path) -> None:
    for arguments in (["check", "sample.py", "-t", "airfow"], ["run", "sample.py", "-e", "airfow"]):
        called = ppc(*arguments)
        assert called.code == 1
        assert "error[PPC402]: there is no target `airfow`" in called.out + called.err
        assert "did you mean `airflow`?" in called.out + called.err


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(steps, "checked", fail)


@pytest.mark.usefixtures("broken")
def test_a_bug_of_ours_is_a_diagnostic_with_the_traceback_in_a_file(ppc: Ppc) -> None:
    called = ppc("graph", "sample.py")
    assert called.code == 70
    assert "error[PPC900]: this is our bug: KeyError: 'surprise'" in called.err
    assert "Traceback" not in called.out + called.err
    kept = re.search(r"traceback in (\S+)", called.err)
    assert kept
    assert "KeyError: 'surprise'" in Path(kept[1]).read_text(encoding="utf-8")
    Path(kept[1]).unlink()


@pytest.mark.usefixtures("broken")
def test_a_bug_of_ours_is_shown_in_full_on_request(ppc: Ppc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PPC_TRACEBACK", "1")
    called = ppc("check", "sample.py")
    assert called.code == 70
    assert "Traceback (most recent call last)" in called.err
    Path(re.search(r"traceback in (\S+)", called.out)[1]).unlink()


@pytest.mark.usefixtures("broken")
def test_a_bug_of_ours_is_json_where_json_was_asked_for(ppc: Ppc) -> None:
    import json

    called = ppc("check", "sample.py", "--output-format", "json")
    assert called.code == 70
    assert [each["code"] for each in json.loads(called.out)] == ["PPC900"]


def test_ctrl_c_is_no_bug(ppc: Ppc, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(steps, "checked", interrupt)
    called = ppc("graph", "sample.py")
    assert (called.code, called.err.strip()) == (130, "interrupted")


@pytest.mark.parametrize(("output", "said"), [("/dev/full", "cannot write the output: No space left on device\n")])
def test_an_output_that_is_full_is_no_bug(output: str, said: str, sample: Path) -> None:
    program = "from portable_pipeline.cli import main; main()"
    for arguments in (["check", "sample.py"], ["check", "sample.py", "--output-format", "json"], ["ir", "sample.py"]):
        with Path(output).open("w") as full:
            command = [sys.executable, "-c", program, *arguments]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert (done.returncode, done.stderr) == (1, said)


def test_whoever_reads_may_stop_reading(sample: Path) -> None:
    program = "from portable_pipeline.cli import main; main()"
    for arguments in (["ir", "sample.py"], ["targets"]):
        command = [sys.executable, "-c", program, *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None and process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == ""
        assert process.returncode == 1


#: What must not be imported for a command: each costs as much as the command itself.
HEAVY = {"jinja2", "libcst", "pydantic", "rich", "ruff", "uv", "croniter", "platformdirs"}


@pytest.mark.parametrize(
    ("arguments", "free_of"),
    [
        (["--help"], HEAVY | {"portable_pipeline.dsl", "portable_pipeline.ir", "portable_pipeline.diagnostics"}),
        (["check", "--help"], HEAVY),
        (["completion", "bash"], HEAVY),
        (["check", "sample.py"], {"rich", "ruff", "uv", "jinja2", "platformdirs"}),
    ],
)
def test_a_command_imports_only_what_it_uses(arguments: list[str], free_of: set[str], sample: Path) -> None:
    program = (
        "import sys; from portable_pipeline.cli.main import run; "
        f"code = run({arguments!r}); print(code, *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    code, *modules = done.stderr.split()
    assert code == "0"
    assert free_of.isdisjoint(modules), free_of & set(modules)


@pytest.mark.parametrize(("shell", "word"), [("bash", "complete "), ("zsh", "compdef "), ("fish", "complete ")])
def test_completion(ppc: Ppc, shell: str, word: str) -> None:
    called = ppc("completion", shell)
    assert called.code == 0
    assert word in called.out
    assert "_PPC_COMPLETE" in called.out


@pytest.mark.parametrize(
    ("words", "incomplete", "offered"),
    [
        ([], "co", {"compile", "completion"}),
        (["check", "x.py", "--target"], "a", {"airflow"}),
        (["explain"], "R6", {"R6"}),
    ],
)
def test_what_a_shell_is_offered(words: list[str], incomplete: str, offered: set[str]) -> None:
    from click.shell_completion import ShellComplete

    found = ShellComplete(ppc, {}, "ppc", "_PPC_COMPLETE").get_completions(words, incomplete)
    assert {each.value for each in found} == offered
