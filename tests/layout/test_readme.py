"""What the README and the documents show can be typed in as it stands."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from cvplus_workflow.cli import commands
from tests.layout.tree import ROOT, name_of, texts

README = texts().get(ROOT / "README.md", "")
DOCUMENTS = [text for path, text in texts().items() if path.match("docs/*.md")]
BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELLS = ("bash", "console", "sh", "shell")
COMMAND = "cvplus-workflow"
OURS = (f"{COMMAND} ", "make ", "python ")
ENDLESS = {"emulate", "serve", "worker"}
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)


def _blocks(text: str, *languages: str) -> list[str]:
    return [block for language, block in BLOCK.findall(text) if language in languages]


def _lines(*pages: str) -> list[list[str]]:
    """The words of every line for one of `OURS`, without its prompt and comment, each once."""
    blocks = [block for text in pages for block in _blocks(text, *SHELLS)]
    written = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    ours = dict.fromkeys(line for line in written if line.startswith(OURS))
    return [shlex.split(line, comments=True) for line in ours]


def _commands(*pages: str) -> list[list[str]]:
    return [line[1:] for line in _lines(*pages) if line[0] == COMMAND]


def _scripts(*pages: str) -> dict[str, set[str]]:
    """The benchmarks that are shown, and the options that they are shown with."""
    shown: dict[str, set[str]] = {}
    for program, script, *words in _lines(*pages):
        if program == "python" and script.startswith("benchmarks/"):
            shown.setdefault(script, set()).update(w for w in words if w.startswith("--"))
    return shown


COMMANDS = _commands(README, *DOCUMENTS)
SCRIPTS = _scripts(README, *DOCUMENTS)
GOALS = [
    word
    for line in _lines(README, *DOCUMENTS)
    for word in line[1:]
    if line[0] == "make" and "=" not in word
]


def _runs(arguments: list[str]) -> bool:
    """Whether a line can run as it stands: it ends, and names no JOB and no file of the reader."""
    files = [word for word in arguments if re.search(r"\w\.(?:md|json|pdf|txt)$", word)]
    placeholders = [word for word in arguments if word.isupper()]
    absent = [word for word in files if not (ROOT / word).exists()]
    return not placeholders and not absent and arguments[0] not in ENDLESS


def _parse(command: Any, name: str, arguments: list[str], parent: Any = None) -> None:
    """Parse as the command line would, down to the subcommand; raises its usage error."""
    context = command.make_context(name, list(arguments), parent=parent)
    rest = [*context._protected_args, *context.args] if hasattr(command, "commands") else []
    if rest:
        inner, subcommand, following = command.resolve_command(context, rest)
        _parse(subcommand, inner, following, context)


def test_the_readme_shows_the_main_commands() -> None:
    shown = {arguments[0] for arguments in _commands(README)}
    assert {"run", "jobs", "doctor"} <= shown
    assert {"demo", "test"} <= set(GOALS)


@pytest.mark.parametrize("goal", GOALS)
def test_a_make_target_that_is_shown_exists(goal: str) -> None:
    assert goal in TARGETS


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_the_command_line_understands_a_line_that_is_shown(arguments: list[str]) -> None:
    _parse(typer.main.get_command(commands), COMMAND, arguments)


def test_the_check_of_lines_refuses_what_the_command_line_does_not_know() -> None:
    for arguments in (["run"], ["jobs", "shew"], ["run", "a.md", "--papers", "a4"]):
        with pytest.raises(Exception, match=r"Missing|No such") as raised:
            _parse(typer.main.get_command(commands), COMMAND, arguments)
        assert getattr(raised.value, "exit_code", 0) == 2


def _reader(folder: Path) -> dict[str, Any]:
    """How a reader in a clone of their own runs what they read."""
    for name in ("examples", "docs"):
        (folder / name).symlink_to(ROOT / name)
    environment = {**os.environ, "CVPLUS_DATA": str(folder / "data"), "NO_COLOR": "1"}
    return {"cwd": folder, "env": environment, "capture_output": True, "text": True, "timeout": 120}


@pytest.mark.parametrize("arguments", [line for line in COMMANDS if _runs(line)], ids=" ".join)
def test_a_line_that_is_shown_runs(arguments: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from cvplus_workflow.cli import main; main()", *arguments]
    ended = subprocess.run(command, **_reader(tmp_path))
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_benchmark_that_is_shown_knows_its_options(script: str) -> None:
    command = [sys.executable, script, "--help"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert {o for o in SCRIPTS[script] if not re.search(rf"{o}\b", ended.stdout)} == set()


@pytest.mark.parametrize("code", _blocks(README, "python"), ids=lambda code: code.split("\n")[0])
def test_a_python_snippet_of_the_readme_runs(code: str, tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", code], **_reader(tmp_path))
    assert ended.returncode == 0, ended.stderr


def test_every_file_that_a_document_links_to_exists() -> None:
    broken = [
        f"{name_of(path)}: {target}"
        for path, text in texts().items()
        if path.suffix == ".md" and "examples" not in path.parts
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert broken == []
