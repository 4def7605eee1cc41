"""Diagnostics and sources that the tests of the renderers share."""

from typing import ClassVar

from portable_pipeline.diagnostics import Diagnostic, Severity


class Sample(Diagnostic):
    """A diagnostic of the tests."""

    code: ClassVar[str] = "TEST1"
    title: ClassVar[str] = "`{name}` is wrong"
    label: ClassVar[str] = "this {name}"
    help: ClassVar[str] = "rename `{name}`\nor not"

    name: str = "it"


class SampleWarning(Diagnostic):
    """A warning of the tests."""

    code: ClassVar[str] = "TEST2"
    severity: ClassVar[Severity] = Severity.WARNING
    title: ClassVar[str] = "careful"


# They are no codes of the program: tests that look at all of those must not see them.
for _kind in (Sample, SampleWarning):
    del Diagnostic._by_code[_kind.code]


class Files(dict[str, str]):
    """Sources as a dict."""

    def text(self, file: str) -> str | None:
        return self.get(file)

    def shown(self, file: str) -> str:
        return f"src/{file}"
