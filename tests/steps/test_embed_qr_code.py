"""The QR code of a CV's address (F12)."""

import re
import zlib
from base64 import b64decode

import pypdfium2
import pytest
import segno
from example_cvs import JOB, after_parse, example_cv

from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.steps import assemble
from cvplus_workflow.steps.contract import Produced
from cvplus_workflow.steps.cv import ParsedCv, PersonalInfo
from cvplus_workflow.steps.embed_qr_code import LONGEST, PNG_FILE, QUIET_ZONE, Output, run
from cvplus_workflow.steps.inputs import AfterParse, MaskedDocument, ParsedCvInput, ParsedDocument
from cvplus_workflow.steps.registry import BUILT_IN

DOTS_PER_INCH = 300
MM_PER_INCH = 25.4
BLACK, WHITE = 0, 255


def produced(cv: ParsedCv, url: str = "") -> Produced:
    given = after_parse(cv)
    job = JOB.model_copy(update={"url": url})
    return run(given.model_copy(update={"job": job}))


def output_of(cv: ParsedCv, url: str = "") -> Output:
    output = produced(cv, url).output
    assert isinstance(output, Output)
    return output


def refusal_of(cv: ParsedCv, url: str = "") -> tuple[Code, str]:
    with pytest.raises(WorkflowError) as refused:
        produced(cv, url)
    return refused.value.code, refused.value.reason


def modules_of(url: str) -> list[bytes]:
    return [bytes(row) for row in segno.make(url, error="m", micro=False).matrix]


def drawn(fragment: str) -> list[bytes]:
    """The modules that the rectangles of the fragment's paths paint."""
    side = int(re.findall(r'viewBox="0 0 (\d+) \d+"', fragment)[0])
    dark = [bytearray(side) for _ in range(side)]
    for left, top, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", fragment):
        for column in range(int(left), int(left) + int(width)):
            dark[int(top)][column] = 1
    return [bytes(row) for row in dark]


def with_quiet_zone(matrix: list[bytes]) -> list[bytes]:
    side = len(matrix) + 2 * QUIET_ZONE
    margin = bytes(QUIET_ZONE)
    empty = [bytes(side)] * QUIET_ZONE
    return [*empty, *(margin + row + margin for row in matrix), *empty]


def printed_page(cv: ParsedCv, fragment: str) -> list[bytes]:
    """The rows of the first page of the finished CV, a byte of grey for each pixel."""
    outputs = {"parse": {"cv": cv}, "embed-qr-code": {"fragment": fragment}}
    given = assemble.Input.model_validate({"job": JOB, "outputs": outputs})
    document = pypdfium2.PdfDocument(assemble.run(given).files["cv.pdf"].content)
    bitmap = document[0].render(scale=DOTS_PER_INCH / 72, grayscale=True)
    content, stride = bytes(bitmap.buffer), bitmap.stride
    return [content[row * stride :][: bitmap.width] for row in range(bitmap.height)]


def black_box(page: list[bytes]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is blacker than ink; text is never quite black."""
    marks = bytes(1 if grey < 8 else 0 for grey in range(256))
    found = {top: row.translate(marks) for top, row in enumerate(page)}
    rows = {top: row for top, row in found.items() if 1 in row}
    left = min(row.index(1) for row in rows.values())
    right = max(row.rindex(1) for row in rows.values()) + 1
    return left, min(rows), right, max(rows) + 1


def png_pixels(content: bytes) -> list[bytes]:
    """Rows of 0 (black) and 1 of a PNG of one grey bit a pixel (RFC 2083)."""
    width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
    assert (content[24:26], width) == (b"\x01\x00", height)
    start = content.index(b"IDAT") + 4
    length = int.from_bytes(content[start - 8 : start - 4])
    lines = zlib.decompress(content[start : start + length])
    stride = (width + 7) // 8
    rows = [bytes(stride)]
    for at in range(0, len(lines), stride + 1):
        kind, line = lines[at], lines[at + 1 : at + 1 + stride]
        assert kind in {0, 2}
        above = rows[-1] if kind == 2 else bytes(stride)
        rows.append(bytes((one + other) % 256 for one, other in zip(line, above, strict=True)))
    return [bytes(row[at // 8] >> (7 - at % 8) & 1 for at in range(width)) for row in rows[1:]]


def test_the_address_is_the_website_that_the_cv_states() -> None:
    output = output_of(example_cv("jane"))
    assert (output.url, output.source) == ("http://janef.me/blog", "cv")


def test_a_given_address_goes_before_the_one_of_the_cv() -> None:
    output = output_of(example_cv("jane"), "https://cv.example/jane")
    assert (output.url, output.source) == ("https://cv.example/jane", "given")


def test_accounts_on_networks_are_no_website_so_the_step_is_refused() -> None:
    cv = example_cv("jobby")
    assert cv.personal_info.github
    assert refusal_of(cv) == (Code.FAILED_PRECONDITION, "missing-url")


@pytest.mark.parametrize("website", ["", "javascript:alert(1)", "my homepage", "••••"])
def test_a_website_that_is_no_web_address_is_none(website: str) -> None:
    cv = ParsedCv(personal_info=PersonalInfo(website=website))
    assert refusal_of(cv) == (Code.FAILED_PRECONDITION, "missing-url")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "jane", "https://a.example/" + "x" * LONGEST]
)
def test_a_given_address_that_fits_no_code_is_a_bad_argument(url: str) -> None:
    assert refusal_of(ParsedCv(), url)[0] is Code.INVALID_ARGUMENT


@pytest.mark.parametrize("length", [0, 120, LONGEST - 20])
def test_the_fragment_draws_the_standards_modules_in_a_quiet_zone(length: int) -> None:
    url = "https://cv.example/" + "x" * length
    output = output_of(ParsedCv(), url)
    assert drawn(output.fragment) == with_quiet_zone(modules_of(url))
    assert (output.quiet_zone, output.modules) == (4, len(modules_of(url)))
    assert output.width_mm / (output.modules + 8) >= 0.5
    assert output.width_mm >= 25


def test_letters_beyond_ascii_are_in_the_code_as_every_phone_reads_them() -> None:
    output = output_of(ParsedCv(), "https://müller.example/ü")
    assert output.url == "https://xn--mller-kva.example/%C3%BC"
    assert ">müller.example/ü</a>" in output.fragment


def test_the_png_holds_the_same_modules() -> None:
    made = produced(example_cv("jane"))
    content = made.files[PNG_FILE].content
    assert isinstance(made.output, Output)
    expected = with_quiet_zone(modules_of(made.output.url))
    pixels = png_pixels(content)
    scale = len(pixels) // len(expected)
    assert len(pixels) == len(expected) * scale
    centres = range(scale // 2, len(pixels), scale)
    assert [bytes(1 - pixels[y][x] for x in centres) for y in centres] == expected
    data = made.output.qr_code.qr_image_url.removeprefix("data:image/png;base64,")
    assert b64decode(data) == content


def test_the_record_says_what_the_code_opens_and_how_strong_it_is() -> None:
    output = output_of(example_cv("jane"))
    assert output.qr_code.metadata.title == "Jane Q. Fullstacker: QR code"
    assert output.qr_code.metadata.description == "QR code that opens http://janef.me/blog"
    assert (output.error_correction, output.recoverable_percent) == ("Q", 25)
    assert "<desc>QR code that opens http://janef.me/blog</desc>" in output.fragment


def test_a_phone_can_read_it_from_the_printed_page() -> None:
    """The code is at least 2 cm wide, in its quiet zone, every module where it belongs."""
    cv = example_cv("jane")
    output = output_of(cv)
    matrix = modules_of(output.url)
    page = printed_page(cv, output.fragment)
    left, top, right, bottom = black_box(page)
    pitch = (right - left) / len(matrix)
    assert (right - left) / DOTS_PER_INCH * MM_PER_INCH >= 18
    assert pitch * (len(matrix) + 8) / DOTS_PER_INCH * MM_PER_INCH == pytest.approx(25, abs=0.3)
    assert abs((right - left) - (bottom - top)) <= 2
    centres = [round((module + 0.5) * pitch) for module in range(len(matrix))]
    sampled = [bytes(page[top + y][left + x] for x in centres) for y in centres]
    assert sampled == [bytes(BLACK if dark else WHITE for dark in row) for row in matrix]
    # Pixels that the outermost modules cover in part are grey.
    left, top, right, bottom = left - 1, top - 1, right + 1, bottom + 1
    quiet = round(4 * pitch) - 2
    beside = [row[left - quiet : left] + row[right : right + quiet] for row in page[top:bottom]]
    above = [row[left - quiet : right + quiet] for row in page[top - quiet : top]]
    below = [row[left - quiet : right + quiet] for row in page[bottom : bottom + quiet]]
    assert set().union(*beside, *above, *below) == {WHITE}


def test_what_privacy_mode_masked_does_not_come_back() -> None:
    assert "privacy-mode" in BUILT_IN["embed-qr-code", 1].spec.after
    info = PersonalInfo(website="https://hidden.example")
    masked = MaskedDocument(cv=ParsedCv(personal_info=PersonalInfo(website="•••")))
    outputs = AfterParse(parse=ParsedDocument(cv=ParsedCv(personal_info=info)), privacy_mode=masked)
    job = JOB.model_copy(update={"url": "https://hidden.example"})
    with pytest.raises(WorkflowError, match="Privacy mode") as refused:
        run(ParsedCvInput(job=job, outputs=outputs))
    assert refused.value.reason == "missing-url"
