"""Nothing in the tree tells of a person, a machine, a registry or a secret."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.layout.tree import ROOT, name_of, texts

FICTIONAL = ("examples/", "tests/expected/")
"""Fictional CVs, and what is read from them; the licences there name their authors."""

MACHINE = {
    # Parts are joined so that this table does not find itself.
    "path": r"(?<![\w.:/-])/(?:" + "work|root|opt|mnt" + r")/\w|/(?:" + r"home|Users)/\w",
    "drive": r"\b[A-Z]:\\{1,2}" + r"(?:Users|work)\b",
    "index": "(?:extra-)?index" + r"-url|find" + "-links|--trusted" + "-host",
    "registry": r"(?:pypi\.(?:org|python)|files\." + r"pythonhosted|registry\.(?:npmjs|yarnpkg))",
}
SECRETS = {
    "private key": "-----BEGIN " + r"(?:[A-Z]+ )*PRIVATE KEY",
    "Google key": r"\bAIza" + r"[0-9A-Za-z_-]{35}",
    "AWS key": r"\b(?:AKIA|ASIA)" + r"[0-9A-Z]{16}\b",
    "GitHub token": r"\bgh[pousr]_" + r"[0-9A-Za-z]{36}",
    "Slack token": r"\bxox[abprs]-" + r"[0-9A-Za-z-]{10,}",
    "OpenAI or Anthropic key": r"\bsk-" + r"[0-9A-Za-z_-]{20,}",
    "JSON web token": r"\beyJ[\w-]{10,}\." + r"eyJ[\w-]{10,}\.[\w-]{10,}",
    "service account": r"\"private_key" + r"_id\"\s*:",
    "password": r"(?i)\b(?:password|passwd|secret|api_?key)\s*[:=]\s*[\"'][^\"'\s]{12,}[\"']",
}
E_MAIL = re.compile(r"[\w.+-]+@((?:[\w-]+\.)+[a-z]{2,})\b")
RESERVED = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|net|org))?|invalid|test|localhost)$")
"""Domains that belong to nobody, RFC 2606."""
CREDIT = re.compile(r"(?im)^\W*(?:@?author|maintainer|written by|created by|copyright)\b.*$")
OWN_CREDIT = "CVPlus Workflow contributors"


def _checked() -> dict[Path, str]:
    return {p: t for p, t in texts().items() if not name_of(p).startswith(FICTIONAL)}


def _hits(pattern: str, among: dict[Path, str]) -> list[str]:
    return [
        f"{name_of(path)}: {match.group()}"
        for path, text in among.items()
        for match in re.finditer(pattern, text)
    ]


@pytest.mark.parametrize("kind", MACHINE)
def test_no_file_tells_of_the_machine_that_it_was_written_on(kind: str) -> None:
    assert _hits(MACHINE[kind], _checked()) == []


def test_the_lock_file_of_node_packages_names_no_host() -> None:
    locks = {p: t for p, t in texts().items() if p.name == "package-lock.json"}
    assert _hits(r"\"resolved\": \"https?://[^\"]*", locks) == []


@pytest.mark.parametrize("kind", SECRETS)
def test_no_file_holds_a_secret(kind: str) -> None:
    assert _hits(SECRETS[kind], texts()) == []


def test_every_mail_address_belongs_to_nobody_or_to_a_fictional_person() -> None:
    fiction = "".join(t for p, t in texts().items() if name_of(p).startswith(FICTIONAL))
    real = [
        f"{name_of(path)}: {match.group()}"
        for path, text in _checked().items()
        for match in E_MAIL.finditer(text)
        if not RESERVED.search(match[1]) and match.group() not in fiction
    ]
    assert real == []


def test_nobody_is_credited_by_name_but_in_licences() -> None:
    credited = [
        f"{name_of(path)}: {match.group().strip()}"
        for path, text in _checked().items()
        if path.suffix != ".py" or "test" not in path.name
        for match in CREDIT.finditer(text)
        if OWN_CREDIT not in match.group() and re.search(r"[A-Z][a-z]+ [A-Z][a-z]+", match.group())
    ]
    assert credited == []


def test_no_file_names_those_who_committed_it() -> None:
    listed = subprocess.run(
        ["git", "log", "--format=%an%n%cn%n%ae%n%ce"], cwd=ROOT, capture_output=True, text=True
    )
    people = {line for line in listed.stdout.splitlines() if " " in line.strip() or "@" in line}
    assert [hit for person in people for hit in _hits(re.escape(person), _checked())] == []


def test_the_licence_names_the_contributors() -> None:
    assert OWN_CREDIT in texts()[ROOT / "LICENSE"]


def test_the_check_would_find_what_it_looks_for() -> None:
    found = {
        "path": "open('" + "/" + "home/jo/cv.md')",
        "drive": "C:" + "\\Users\\jo",
        "index": "--extra-index" + "-url x",
        "registry": "https://pypi" + ".org/simple",
    }
    assert [kind for kind, text in found.items() if not re.search(MACHINE[kind], text)] == []
    assert found.keys() == MACHINE.keys()
