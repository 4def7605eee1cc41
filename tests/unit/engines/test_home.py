"""Where everything is kept, whoever the user is."""

from __future__ import annotations

import pwd
from pathlib import Path

import pytest

from portable_pipeline.diagnostics import Refused
from portable_pipeline.engines import home


def test_a_user_without_a_home_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def unknown(user: int) -> object:
        raise KeyError(user)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("HOME", "XDG_CACHE_HOME", home.HOME_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    for given in ("", "~/mine"):
        monkeypatch.setenv(home.HOME_VARIABLE, given)
        with pytest.raises(Refused, match="this user has no home folder") as refused:
            home.home()
        assert [each.code for each in refused.value.diagnostics] == ["PPC465"]
    monkeypatch.setenv(home.HOME_VARIABLE, "here")
    assert home.home() == tmp_path / "here"
    assert list(tmp_path.iterdir()) == []
