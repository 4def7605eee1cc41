"""Strings that break naive generators, by what they break."""

from __future__ import annotations

NASTY: dict[str, str] = {
    "quotes": 'it\'s "quoted" and `ticked`',
    "triple": '""" \'\'\' \'\'\'""" \\"""',
    "braces": "{} {name} {{name}} }{ {0} %(x)s %s %% {",
    "jinja": "{{ 2 + 2 }} {{ ds }} {% raw %} {# gone #} {{ params.x }}",
    "shell": "$HOME ${HOME} $(id) `id` ; rm -rf / && true | cat > x",
    "kfp": "{{$.inputs.parameters['x']}} {{channel:task=a;name=b;type=String;}} {{$}} {{workflow.name}}",
    "backslashes": "C:\\new\\table \\n \\u0041 \\x41 \\N{DASH} \\",
    "lines": "first\nsecond\r\nthird\rfourth\n\n\ttab\x0b\x0c\x1c\u2028\u2029\x85end\n",
    "control": "\x00 nul, \x01, \x1b[31m red, \x7f",
    "words": "Grüße 日本語 עברית e\u0301 ﬁ \ufeff \u200b\u202e",
    "emoji": "🐍👩‍🚀\U0001f1e9\U0001f1ea",
    "empty": "",
    "spaces": "  leading and trailing \t ",
    "none": "None",
    "one": "1",
    "true": "true",
    "day": "2024-01-01",
    "json": '{"a": [1, null, "x"]}',
    "comment": "# noqa\n#!/bin/sh\n--flag -x @file",
    "number": "1e999 NaN 0x10 007 1_000",
}
