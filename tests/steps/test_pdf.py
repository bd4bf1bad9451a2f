"""The PDF of a page: its words, its size, and what it refuses to load."""

import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Literal

import pypdfium2 as pdfium
import pytest

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.fonts import embedded_fonts
from cvplus_workflow.steps.pdf import printed, shows_text

EMPTY_CONFIGURATION = "<?xml version='1.0'?><fontconfig></fontconfig>"

PRINT_WITHOUT_FONTS = """
from cvplus_workflow.errors import WorkflowError
from cvplus_workflow.steps.pdf import printed
try:
    printed("<p>Words without any font</p>", title="t", paper="a4")
except WorkflowError as error:
    print(error.code.value, error.reason)
"""


def page(text: str, more: str = "") -> str:
    fonts = embedded_fonts(text, "Lato", "Lato")
    return f"<style>{fonts.css} body {{ font-family: {fonts.body} }}</style>{more}<p>{text}</p>"


def text_of(content: bytes) -> str:
    document = pdfium.PdfDocument(content)
    return "\n".join(each.get_textpage().get_text_bounded() for each in document)


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_paper_has_its_size_in_points(
    paper: Literal["a4", "letter"], size: tuple[int, int]
) -> None:
    content = printed(page("Words"), title="t", paper=paper).content
    width, height = pdfium.PdfDocument(content)[0].get_size()
    assert (round(width), round(height)) == size


def test_the_title_is_in_the_metadata_and_no_time_is() -> None:
    content = printed(page("Words"), title="Jane Q. Fullstacker", paper="a4").content
    metadata = pdfium.PdfDocument(content).get_metadata_dict()
    assert metadata["Title"] == "Jane Q. Fullstacker"
    assert metadata["CreationDate"] == ""


def test_ligatures_do_not_hide_letters() -> None:
    content = printed(page("office efficient flow"), title="t", paper="a4").content
    assert "office efficient flow" in text_of(content)


def test_text_outside_the_family_is_shown_by_a_fallback() -> None:
    text = "Łódź Ελληνικά Привет 日本語"
    fonts = embedded_fonts(text, "Raleway", "Poppins")
    assert fonts.missing == ()
    html = f"<style>{fonts.css} p {{ font-family: {fonts.body} }}</style><p>{text}</p>"
    shown = text_of(printed(html, title="t", paper="a4").content)
    assert shown.split() == text.split()


def test_characters_without_a_glyph_are_named() -> None:
    assert embedded_fonts("a😀b", "Lato", "Lato").missing == ("😀",)


def test_accents_written_apart_are_found_as_one_glyph() -> None:
    assert embedded_fonts("e\u0301", "Lato", "Lato").missing == ()


def test_equal_pages_give_equal_bytes() -> None:
    html = page("Words")
    assert printed(html, title="t", paper="a4") == printed(html, title="t", paper="a4")


def test_pages_are_counted() -> None:
    html = page("Words", "<p style='break-after: page'>one</p>")
    assert printed(html, title="t", paper="a4").pages == 2


def test_nothing_is_fetched_from_the_network_or_the_disk(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    class Recorder(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    (tmp_path / "rule.css").write_text("p { display: none }")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        outside = (
            f"<img src='http://127.0.0.1:{server.server_port}/picture.png'>"
            f"<link rel='stylesheet' href='{(tmp_path / 'rule.css').as_uri()}'>"
        )
        content = printed(page("Words", outside), title="t", paper="a4").content
        server.shutdown()
    assert asked == []
    assert "Words" in text_of(content)
    assert "127.0.0.1" not in "".join(capfd.readouterr())


def test_a_pdf_without_text_is_an_error() -> None:
    with pytest.raises(WorkflowError) as caught:
        printed("<p></p>", title="t", paper="a4")
    assert (caught.value.code, caught.value.reason) == (Code.INTERNAL, "blank-pdf")


def test_a_system_without_fonts_is_noticed(tmp_path: Path) -> None:
    configuration = tmp_path / "fonts.conf"
    configuration.write_text(EMPTY_CONFIGURATION)
    done = subprocess.run(
        [sys.executable, "-c", PRINT_WITHOUT_FONTS],
        env={**os.environ, "FONTCONFIG_FILE": str(configuration)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["internal", "blank-pdf"]


def test_the_check_for_text_reads_content_streams() -> None:
    assert shows_text(printed(page("W"), title="t", paper="a4").content)
    assert not shows_text(b"%PDF-1.7\nstream\nnot compressed (x) Tj\nendstream")
