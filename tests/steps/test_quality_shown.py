"""How the command line shows the final check (J8): in 80 columns, on a terminal and plain."""

from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from cvplus_workflow.cli_view import show_result

CHECKS = [
    {"id": "name-present", "verdict": "pass", "reason": "The CV states a name."},
    {"id": "phone-form", "verdict": "warn", "reason": "What stands as the number " + "is " * 20},
    {"id": "html-valid", "verdict": "fail", "reason": "HTML parse errors: 1."},
]
RESULT: dict[str, Any] = {
    "features": [],
    "unplaced": [],
    "quality": {"verdict": "fail", "score": 0.33, "checks": CHECKS},
}


def shown(result: dict[str, Any], *, terminal: bool) -> list[str]:
    out = Console(file=StringIO(), width=80, force_terminal=terminal, soft_wrap=not terminal)
    show_result(out, result, Path(), [])
    return str(out.file.getvalue()).splitlines()  # type: ignore[attr-defined]


def test_the_verdict_is_followed_by_a_row_for_each_check_not_passed_the_worst_first() -> None:
    assert [line.rstrip() for line in shown(RESULT, terminal=False)[1:]] == [
        "quality         fail, 1 of 3 checks passed",
        "                ✗ fail  html-valid  HTML parse errors: 1.",
        f"                ! warn  phone-form  What stands as the number {'is ' * 20}".rstrip(),
    ]


def test_on_a_terminal_rows_have_coloured_marks_and_reasons_break_under_themselves() -> None:
    lines = shown(RESULT, terminal=True)
    assert lines[1].startswith("\x1b[31mquality ")
    assert "\x1b[31m✗\x1b[0m html-valid HTML parse errors: 1." in lines[2]
    assert "\x1b[33m!\x1b[0m phone-form What stands" in lines[3]
    assert lines[4].startswith(" " * 29 + "is is")
    assert all(len(line.replace("\x1b[33m", "").replace("\x1b[0m", "")) <= 80 for line in lines[3:])


def test_a_result_without_any_doubt_is_one_line() -> None:
    sound = {"verdict": "pass", "score": 1.0, "checks": CHECKS[:1]}
    lines = shown({**RESULT, "quality": sound}, terminal=True)
    assert lines[1:] == ["\x1b[32mquality         \x1b[0mpass, 1 of 1 checks passed"]
