"""What is read as what, and what is refused."""

import base64
import hashlib
import time
from pathlib import Path

import docx_samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_samples import pdf_of, text_at

from cvplus_workflow.domain.jobs import MAX_SOURCE_BYTES
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.contract import JobSettings
from cvplus_workflow.steps.parse import Input, Output, run
from cvplus_workflow.steps.reading.text import letters, words
from cvplus_workflow.steps.registry import BUILT_IN

EXAMPLES = Path(__file__).parents[2] / "examples"
JANE = (EXAMPLES / "jane" / "resume.md").read_bytes()


def parse(content: bytes, file_name: str = "", media_type: str = "") -> Output:
    job = JobSettings(template="modern", file_name=file_name, media_type=media_type)
    output = run(Input(job=job, files={"source": content})).output
    assert isinstance(output, Output)
    return output


def refused(content: bytes, file_name: str = "", media_type: str = "") -> WorkflowError:
    with pytest.raises(WorkflowError) as caught:
        parse(content, file_name, media_type)
    return caught.value


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("jane/resume.pdf", "pdf"),
        ("jane/resume.txt", "text"),
        ("jobby/rendered.docx", "docx"),
        ("johnny/resume.pandoc.docx", "docx"),
        ("johndoe/John_Doe_ClassicTheme_CV.pdf", "pdf"),
        ("johndoe/John_Doe_ClassicTheme_CV.yaml", "yaml"),
    ],
)
def test_each_format_is_told_by_its_content_or_name(name: str, read_as: str) -> None:
    """J1: each corpus document is read, and says as what."""
    output = parse((EXAMPLES / name).read_bytes(), name)
    assert output.format == read_as
    assert output.placed_characters >= 0.95 * output.total_characters


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\x89PNG\r\n\x1a\n", "cv.png"),
        (b"name,role", "cv.csv"),
        (b"plain words", "cv.pdf"),
        (b"name: Ann", "cv.yaml"),
    ],
)
def test_other_formats_are_refused_by_name_of_what_is_supported(content: bytes, name: str) -> None:
    error = refused(content, name)
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, "unsupported-format")
    for supported in ("PDF", "DOCX", "JSON Resume", "Markdown"):
        assert supported in error.message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{\\rtf1 Ann}", "unsupported-format"),
        (docx_samples.compound("WordDocument"), "unsupported-format"),
        (docx_samples.compound("EncryptionInfo", "EncryptedPackage"), "encrypted"),
    ],
)
def test_what_older_word_processors_made_is_refused_with_what_to_do(
    content: bytes, reason: str
) -> None:
    error = refused(content, "cv.doc")
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, reason)
    assert "Save it" in error.message or "save it" in error.message


def test_a_page_is_decoded_as_its_meta_tag_says() -> None:
    page = '<html><head><meta charset="iso-8859-2"><body><h1>Łucja Wiśniewska</h1><p>Kraków'
    assert parse(page.encode("iso-8859-2"), "cv.html").cv.personal_info.name == "Łucja Wiśniewska"


def test_content_decides_before_the_name() -> None:
    pdf = (EXAMPLES / "jane" / "resume.pdf").read_bytes()
    assert parse(pdf, "resume.md").format == "pdf"
    assert parse((EXAMPLES / "jane" / "resume.json").read_bytes(), "cv.md").format == "json-resume"
    assert parse(b"<!DOCTYPE html><p>Ann</p>", "cv.md").format == "html"
    docx = (EXAMPLES / "jobby" / "rendered.docx").read_bytes()
    assert parse(docx, "cv.txt").format == "docx"


def test_the_name_or_media_type_or_headings_tell_markdown() -> None:
    assert parse(b"Ann Lee", "CV.Markdown").format == "markdown"
    assert parse(b"Ann Lee", "cv", "text/markdown; charset=utf-8").format == "markdown"
    assert parse(JANE).format == "markdown"
    assert parse(b"Ann Lee").format == "text"
    assert parse(b"Ann Lee", "cv", "text/plain").format == "text"


@pytest.mark.parametrize("content", [b"", b" \n\t", b"# ---\n", b"{}", b"\xef\xbb\xbf"])
def test_documents_without_text_are_refused(content: bytes) -> None:
    assert refused(content, "cv.md").reason in {"empty", "unsupported-format"}
    assert refused(b"", "cv.md").reason == "empty"


def test_large_documents_are_refused() -> None:
    assert refused(b"a" * (MAX_SOURCE_BYTES + 1), "cv.md").reason == "too-large"


def test_no_document_is_a_refusal() -> None:
    with pytest.raises(WorkflowError) as caught:
        run(Input(job=JobSettings(template="modern")))
    assert caught.value.reason == "missing-source"


def test_deep_nesting_is_refused() -> None:
    assert refused(b">" * 300 + b" text", "cv.md").reason == "too-deep"


LONG = "0123456789abcdef" * (20_000 // 16)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (f"Ann Lee\n\nSkills\n\n{LONG}\n".encode(), "cv.txt"),
        (f"<html><h1>Ann Lee</h1><p><b>{LONG}</b></p></html>".encode(), "cv.html"),
        (docx_samples.body_of(docx_samples.run("Ann Lee"), docx_samples.run(LONG)), "cv.docx"),
        (pdf_of([text_at(50, 700, "Ann Lee") + text_at(50, 600, LONG)]), "cv.pdf"),
    ],
    ids=["text", "html", "docx", "pdf"],
)
def test_a_dump_of_digits_is_refused_at_once(content: bytes, name: str) -> None:
    """J1: reading took the square of its length, 13 s for these 20 kB."""
    begun = time.process_time()
    error = refused(content, name)
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, "too-complex")
    assert "in a row" in error.message
    assert time.process_time() - begun < 4


def test_long_words_that_a_cv_may_have_are_read() -> None:
    """A photo in base64, a link with a query, a line to be filled in, a long word."""
    photo = base64.b64encode(hashlib.shake_256(b"photo").digest(6_000)).decode()
    link = "https://jobs.example.com/?" + "&".join(f"utm{n}=abcdefgh" for n in range(100))
    text = f"Ann Lee\n\nSkills\n\nPython\n{'Wort' * 50}\n{photo}\n{link}\n{'_' * 3_000}\n"
    output = parse(text.encode(), "cv.txt")
    left = letters(words(" ".join(each.text for each in output.unplaced)))
    assert output.placed_characters + left >= output.total_characters > 6_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, line_end: str) -> None:
    text = "# José Müller\n\n## Skills\n\n- C\n- Go\n".replace("\n", line_end)
    cv = parse(text.encode(encoding), "cv.md").cv
    assert cv.personal_info.name == "José Müller"
    assert cv.skills == {"general": ["C", "Go"]}


def test_spec() -> None:
    spec = BUILT_IN["parse", 1].spec
    assert (spec.isolated, spec.reads) == (True, ("source",))


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for name in ("cv.md", "cv.json", ""):
        try:
            parse(content, name).model_dump_json()
        except WorkflowError as error:
            assert error.code is Code.INVALID_ARGUMENT  # noqa: PT017
