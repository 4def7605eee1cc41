"""Whatever a pipeline file holds: a diagnostic, never our traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from portable_pipeline.capture import NotCaptured, load
from portable_pipeline.diagnostics import Severity
from portable_pipeline.ir import to_json
from portable_pipeline.validate import validate

_STAGE = "@stage(timeout='5m')\ndef it(x: int = 1) -> int:\n    return x\n\n\n"
_HEAD = f"from typing import *\nfrom portable_pipeline import *\n\n\n{_STAGE}"
_PIPELINE = "@pipeline\ndef p():\n    it()\n"


def _body(text: str) -> str:
    return f"{_HEAD}@pipeline\ndef p():\n    {text}\n"


#: Code of the first error that each gives; the empty text where there is none.
FILES = {
    "empty": ("", "PPC004"),
    "null byte": ("x = '\0'\n", "PPC003"),
    "byte order mark": ("\ufeff" + _HEAD + _PIPELINE, ""),
    "carriage returns": ((_HEAD + _PIPELINE).replace("\n", "\r\n"), ""),
    "form feed": (f"{_HEAD}\x0c\n{_PIPELINE}", ""),
    "no end of line": ((_HEAD + _PIPELINE).rstrip(), ""),
    "long sum": (f"V = {'+'.join(['1'] * 900)}\n{_HEAD}".replace("return x", "return V") + _PIPELINE, ""),
    "long elif": (
        "def of(x):\n    if x == 0:\n        return 0\n"
        + "".join(f"    elif x == {each}:\n        return {each}\n" for each in range(600))
        + _HEAD.replace("return x", "return of(x)")
        + _PIPELINE,
        "",
    ),
    "exit": ("raise SystemExit(0)\n", "PPC008"),
    "exception without text": ("class E(Exception):\n    def __str__(self): raise ValueError\n\nraise E\n", "PPC008"),
    "base exception": ("class B(BaseException): ...\n\nraise B('x')\n", "PPC008"),
    "lambda": (_HEAD + "p = pipeline(lambda: it())\n", "PPC102"),
    "class": (_HEAD + "@pipeline\nclass p: ...\n", "PPC101"),
    "generator": (_HEAD + "@pipeline\ndef p():\n    yield it()\n", "PPC009"),
    "coroutine": (_HEAD + "@pipeline\nasync def p():\n    it()\n", "PPC009"),
    "stage of nothing": (_body("stage(None)()"), "PPC009"),
    "stage of a text": (_body("stage('x', timeout='5m')()"), "PPC070"),
    "stage of an object": (_body("stage(object(), timeout='5m')()"), "PPC070"),
    "bound method": (_body("stage([].append, timeout='5m')(1)"), "PPC063"),
    "builtin": (_body("stage(len, timeout='5m')([1])"), "PPC063"),
    "stage of a stage": (
        _HEAD.replace("@stage(", "@stage\n@stage(") + "@pipeline(timeout='5m')\ndef p():\n    it()\n",
        "",
    ),
    "hidden function": (_HEAD + "other = it\n" + _STAGE + "@pipeline\ndef p():\n    other()\n", "PPC086"),
    "address that is no text": (_body("w = stage(lambda o: 0, timeout='5m'); uri(3)"), "PPC101"),
    "command without sense": (
        _body("command(['a'], name='c', inputs={'a b': int, 'c': 3, 'if': str}, timeout='5m')(1, 2, '3')"),
        "PPC060",
    ),
    "half a character": (_body("it('\\ud800')"), "PPC046"),
    "half a character in a setting": (_HEAD + "@pipeline(owner='\\ud800')\ndef p():\n    it()\n", "PPC067"),
    "value that contains itself": (
        _HEAD.replace("x: int = 1", "x: list[Any]") + "@pipeline\ndef p():\n    L = []\n    L.append(L)\n    it(L)\n",
        "PPC046",
    ),
    "bound that is no number": (
        _HEAD + "@pipeline\ndef p(a: Annotated[int, Field(ge='x')] = 1):\n    it(a)\n",
        "PPC067",
    ),
    "handle as default": (_HEAD + "@pipeline\ndef p(a: int = run.date):\n    it(a)\n", "PPC046"),
    "handle copied": (_body("import copy; copy.deepcopy(it()); copy.copy(it())"), ""),
    "handle pickled": (_body("import pickle; pickle.dumps(it())"), "PPC009"),
    "handle as context": (_body("\n    with it(): pass"), "PPC009"),
    "handle in containers": (_body("it({it()}); it((it(), 1)); it({'a': [it()]})"), "PPC048"),
    "handle returned": (_body("return it()"), ""),
    "stages in a thread": (_body("import threading as t; a = t.Thread(target=it); a.start(); a.join()"), "PPC101"),
    "calls in other scopes": (_body("[it(each) for each in range(2)]; (lambda: it(3))()"), ""),
    "stars": (_body("it(*[1], **{'y': 2})"), "PPC040"),
}


@pytest.mark.parametrize("name", FILES)
def test_gives_diagnostics(name: str, tmp_path: Path) -> None:
    text, code = FILES[name]
    (tmp_path / "file.py").write_bytes(text.encode("utf-8"))
    try:
        captured = load(str(tmp_path / "file.py"))
        found = [*captured.diagnostics, *validate(captured.pipeline)]
        to_json(captured.pipeline)
    except NotCaptured as refused:
        found = list(refused.diagnostics)
    codes = [each.code for each in found if each.severity is Severity.ERROR]
    assert codes[:1] == ([code] if code else [])
