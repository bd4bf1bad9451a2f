"""Files that are no readable DOCX are refused with a reason, and cost little (row J1)."""

import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import docx_samples as samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps.reading.docx_lines import read_docx_lines

SOUND = (Path(__file__).parents[2] / "examples" / "johnny" / "resume.pandoc.docx").read_bytes()


def reason(content: bytes) -> str:
    with pytest.raises(WorkflowError) as refused:
        read_docx_lines(content)
    assert refused.value.code == Code.INVALID_ARGUMENT
    return refused.value.reason


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (samples.compound("EncryptionInfo", "EncryptedPackage"), "encrypted"),
        (samples.compound("WordDocument"), "unsupported-format"),
        (b"{\\rtf1 Jane}", "unsupported-format"),
        (samples.workbook(), "unsupported-format"),
        (SOUND[: len(SOUND) // 2], "damaged"),
        (b"PK\x03\x04", "damaged"),
        (samples.repacked(SOUND, {"word/document.xml": b"<w:document"}), "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(
    content: bytes, expected: str
) -> None:
    assert reason(content) == expected


def test_an_old_document_is_refused_with_what_to_do() -> None:
    with pytest.raises(WorkflowError, match="DOCX or PDF"):
        read_docx_lines(samples.compound("WordDocument"))


def test_a_part_that_unpacks_to_too_much_is_refused() -> None:
    large = {"word/styles.xml": b"<s>" + b" " * 26 * 1024**2 + b"</s>"}
    assert reason(samples.repacked(SOUND, large)) == "zip-bomb"
    assert reason(samples.repacked(SOUND, large, zipfile.ZIP_STORED)) == "zip-bomb"


def test_a_dense_part_is_refused() -> None:
    dense = b"<s>" + b" " * 2 * 1024**2 + b"</s>"
    assert reason(samples.repacked(SOUND, {"word/styles.xml": dense})) == "zip-bomb"


def test_a_package_that_declares_too_much_is_refused_unread() -> None:
    media = {f"word/media/{n}.bin": bytes(26 * 1024**2) for n in range(4)}
    assert reason(samples.repacked(SOUND, media)) == "zip-bomb"


def test_a_size_that_a_package_understates_is_found_out() -> None:
    whole = samples.repacked(SOUND, {"word/styles.xml": b"<s>" + b" " * 10_000 + b"</s>"})
    size = (10_007).to_bytes(4, "little")
    assert whole.count(size) == 2
    assert reason(whole.replace(size, (100).to_bytes(4, "little"))) == "damaged"


def test_a_package_of_too_many_parts_is_refused() -> None:
    assert reason(samples.repacked(SOUND, {f"a/{n}": b"" for n in range(2_001)})) == "zip-bomb"


def test_entities_are_never_expanded() -> None:
    laughs = b'<!DOCTYPE d [<!ENTITY a "aaaa">]><w:document xmlns:w="x"><w:p>&a;</w:p></w:document>'
    assert reason(samples.repacked(SOUND, {"word/document.xml": laughs})) == "damaged"


def test_a_locked_archive_is_refused_as_encrypted() -> None:
    locked = bytearray(SOUND)
    with zipfile.ZipFile(BytesIO(SOUND)) as package:
        start = package.start_dir
    locked[start + 8] |= 1
    assert reason(bytes(locked)) == "encrypted"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=8))
def test_a_file_with_changed_bytes_is_read_or_refused(at: int, changed: bytes) -> None:
    with suppress(WorkflowError):
        read_docx_lines(SOUND[:at] + changed + SOUND[at + len(changed) :])
