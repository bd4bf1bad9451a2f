"""With privacy mode, no delivered file says whose the CV is (F12)."""

import json
import re
import subprocess
import unicodedata
import zlib
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2
import pytest

from tests.e2e.kill_trials import COMMAND, PATIENCE_S

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = ("career.ics", "cv.html", "cv.pdf", "result.json")


class Person(NamedTuple):
    """What a document says of its person: words that stand alone, and other details."""

    words: tuple[str, ...]
    details: tuple[str, ...]


RICHARD = Person(
    ("richard", "hendriks", "erlich", "bachman", "neutralthoughts", "dandymusicnl"),
    ("richard.hendriks@mail.com", "5554321", "555-4321", "broadway st", "94115"),
)
JANE = Person(("jane", "fullstacker"), ("jdoe@", "onecoolstartup", "9997777", "999-7777", "janef"))
PEOPLE = {
    "richard/sample.resume.json": RICHARD,
    "jane/resume.json": JANE,
    "jane/resume.md": JANE,
    "jobby/sample-resume.json": Person(
        ("jobby", "mcjobface", "neutralthoughts", "dandymusicnl"),
        ("help@", "sheetsresume", "sheetsgiggles.com", "5555555", "555-5555"),
    ),
    "johnny/resume.md": Person(("johnny", "githubuser"), ("email@", "000 000")),
    "jane/resume.pdf": JANE,
    "jane/resume.txt": JANE,
    "jobby/rendered.docx": Person(("jobby", "mcjobface"), ("help@", "5555555", "555-5555")),
    "johndoe/John_Doe_ClassicTheme_CV.yaml": Person(("john", "doe", "rendercv"), ("john.doe@",)),
    "johndoe/John_Doe_ClassicTheme_CV.pdf": Person(("john", "doe"), ("john.doe@",)),
}
LINK = re.compile(r"(?:https?://|mailto:|tel:|www\.)[\w.-]+")


def _made(folder: Path, cv: str, features: str) -> dict[str, str]:
    """What the files of a run say, by name, in lower case and without accents."""
    out = folder / "out"
    places = ["--data", str(folder / "data"), "--out", str(out)]
    address = ["--url", "https://cv.example.org/me", "--features", features]
    command = [COMMAND, "run", str(EXAMPLES / cv), *address, *places]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return {path.name: _plain(_said(path)) for path in sorted(out.iterdir())}


def _said(path: Path) -> str:
    if path.suffix == ".pdf":
        return "\n".join((_pdf_text(path), *_pdf_streams(path.read_bytes())))
    if path.suffix == ".png":
        return ""
    text = path.read_bytes().decode().replace("\r\n ", "")
    return _page_text(text) if path.suffix == ".html" else text


def _page_text(html: str) -> str:
    """The whole source with what its data addresses hold, but for the fonts."""
    calendars = re.findall(r"data:text/calendar;charset=utf-8;base64,([\w+/=]+)", html)
    held = [b64decode(each).decode().replace("\r\n ", "") for each in calendars]
    return "\n".join((unescape(re.sub(r"data:[\w/;=.-]+,[\w+/=]+", "", html)), *held))


def _pdf_text(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
        told = document.get_metadata_dict().items()
        return "\n".join([*pages, *(value for key, value in told if key not in _PROGRAM)])
    finally:
        document.close()


_PROGRAM = ("Creator", "Producer")


def _pdf_streams(content: bytes) -> Iterator[str]:
    """The raw file and its streams, where the targets of links stand."""
    for match in re.finditer(rb"/URI\s*\(([^)]*)\)", content):
        yield match[1].decode("latin-1")
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        with suppress(zlib.error):
            stream = zlib.decompress(match[1]).decode("latin-1")
            yield "\n".join(re.findall(r"/URI\s*\(([^)]*)\)", stream))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def _told(text: str, person: Person) -> list[str]:
    """What a file says of the person, and its links."""
    words = [word for word in person.words if re.search(rf"(?<![^\W_]){word}(?![^\W_])", text)]
    details = [detail for detail in person.details if detail in text]
    return [*words, *details, *LINK.findall(text)]


@pytest.mark.parametrize("cv", PEOPLE)
def test_no_file_of_a_masked_run_tells_of_the_person(cv: str, tmp_path: Path) -> None:
    said = _made(tmp_path, cv, "all,privacy-mode")
    assert set(FILES) <= said.keys()
    assert {name: _told(text, PEOPLE[cv]) for name, text in said.items()} == {
        name: [] for name in said
    }


def test_the_search_finds_everything_in_a_run_without_privacy_mode(tmp_path: Path) -> None:
    said = _made(tmp_path, "richard/sample.resume.json", "all")
    assert "Richard" in json.loads((tmp_path / "out/result.json").read_text())["cv"]["summary"]
    for name in ("cv.html", "cv.pdf", "result.json"):
        told = _told(said[name], RICHARD)
        missing = {*RICHARD.words, *RICHARD.details} - {*told, "5554321"}
        assert (missing, any("://" in each for each in told)) == (set(), True), name


def test_all_leaves_privacy_mode_out_and_the_result_tells_what_was_masked(tmp_path: Path) -> None:
    _made(tmp_path, "jane/resume.md", "all,privacy-mode")
    masked: dict[str, Any] = json.loads((tmp_path / "out/result.json").read_text())
    found = {each["id"]: each for each in masked["features"]}
    assert found["privacy-mode"]["data"]["detectedTypes"] == ["email", "link", "name", "phone"]
    assert {"cv", "unplaced"}.isdisjoint(found["privacy-mode"]["data"])
    assert masked["cv"]["personalInfo"]["name"] == "Name withheld"
    (tmp_path / "plain").mkdir()
    _made(tmp_path / "plain", "jane/resume.md", "all")
    plain = json.loads((tmp_path / "plain/out/result.json").read_text())
    chosen = {each["id"] for each in plain["features"]}
    assert chosen == found.keys() - {"privacy-mode"}
    assert {"skills-visualization", "contact-form", "calendar-integration"} <= chosen
